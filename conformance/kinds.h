/* SPDX-License-Identifier: MIT
 *
 * The calls that the kinds of transports have. */
#ifndef LOOPCHECK_KINDS_H
#define LOOPCHECK_KINDS_H

#include "check.h"

enum { KIND_WRITES = 1, KIND_ENDS = 2, KIND_SENDS = 4, KIND_RUNS = 8 };

/* That every call but those of `has` is refused by this transport: TYPE, or NOT_IMPLEMENTED. */
void kinds_expect_refused(struct check *c, struct loop_transport *transport, unsigned has);

#endif
