/* SPDX-License-Identifier: MIT */
#ifndef LOOPCHECK_SIGNALS_H
#define LOOPCHECK_SIGNALS_H

#include <stddef.h>

enum { SIGNALS_END = 65 };

/* "SIGSEGV", or "signal 35". */
void signals_name(int number, char *name, size_t size);

/* Default dispositions and an empty mask, as a fresh program would have them. */
void signals_reset(void);

/* Remembers the dispositions, and has them again, with an empty mask: a library that sets some when
 * it is loaded (an interpreter) finds them so in the check's process. */
void signals_keep(void);
void signals_restore(void);

#endif
