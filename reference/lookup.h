/* SPDX-License-Identifier: MIT
 *
 * What is asked of the system's resolver. */
#ifndef REFERENCE_LOOKUP_H
#define REFERENCE_LOOKUP_H

#include "transport.h"

struct lookup;

/* Copies what it needs; NULL without memory. `flags`: RESOLVE_*. */
struct lookup *lookup_make(const struct loop_address *address, unsigned flags);
void lookup_free(struct lookup *lookup); /* NULL is harmless */
/* True if no name has to be looked up; then *addresses has the answer, NULL without memory. */
bool lookup_at_once(struct lookup *lookup, struct addresses **addresses);
/* May block, and may be called in any thread. NULL without memory. */
struct addresses *lookup_do(struct lookup *lookup);

#endif
