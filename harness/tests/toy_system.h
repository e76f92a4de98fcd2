/* SPDX-License-Identifier: MIT
 *
 * What the toy loop asks of its system. */
#ifndef LOOPCHECK_TOY_SYSTEM_H
#define LOOPCHECK_TOY_SYSTEM_H

#include <stddef.h>

#include "loop_abi.h"

enum { TOY_READERS = 4096 };

struct toy_watch {
    loop_fd fd;
    int ready; /* non-zero: readable, at its end, or broken */
};

int64_t toy_now(void); /* ns */

/* Waits up to that many milliseconds for any of at most TOY_READERS; zero if it cannot. */
int toy_wait(struct toy_watch *watches, size_t count, int milliseconds);

#endif
