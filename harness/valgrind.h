/* SPDX-License-Identifier: MIT
 *
 * Valgrind, for a program that was built to ask it (LOOPCHECK_VALGRIND). */
#ifndef LOOPCHECK_VALGRIND_H
#define LOOPCHECK_VALGRIND_H

#include <stdbool.h>
#include <stdint.h>

/* How many times slower a process is under it, at most, where it starts or runs code for the first
 * time; 1 where it is not. */
int64_t valgrind_slowness(void);
/* Looks for memory that nothing points to; what it finds it prints, and counts as errors. */
void valgrind_look_for_leaks(void);
/* The errors that it has found in this process so far. */
int32_t valgrind_errors(void);

#endif
