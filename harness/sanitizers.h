/* SPDX-License-Identifier: MIT */
#ifndef LOOPCHECK_SANITIZERS_H
#define LOOPCHECK_SANITIZERS_H

#include <stdatomic.h>
#include <stdint.h>

/* Each error that a sanitizer reports from now on is counted there. */
void sanitizers_count_in(_Atomic int32_t *count);

/* How many it has reported in this process, and Valgrind with it. */
int32_t sanitizers_reports(void);

/* TSan starts a thread of its own beside a process's first; this lets it do so now. */
void sanitizers_start_threads(void);

#endif
