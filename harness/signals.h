/* SPDX-License-Identifier: MIT */
#ifndef LOOPCHECK_SIGNALS_H
#define LOOPCHECK_SIGNALS_H

#include <stddef.h>

enum { SIGNALS_END = 65 };

/* "SIGSEGV", or "signal 35". */
void signals_name(int number, char *name, size_t size);

/* Default dispositions and an empty mask, as a fresh program would have them. */
void signals_reset(void);

#endif
