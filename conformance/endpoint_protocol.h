/* SPDX-License-Identifier: MIT
 *
 * Between endpoint.c and endpoint_protocol.c. */
#ifndef LOOPCHECK_ENDPOINT_PROTOCOL_H
#define LOOPCHECK_ENDPOINT_PROTOCOL_H

#include "endpoint.h"

/* Around each callback of the endpoint; `within`: it may come from inside another one. */
void protocol_enter(struct endpoint *e, const char *callback, bool within);
void protocol_leave(struct endpoint *e);
/* In place of protocol_enter, for a completion. */
void protocol_begin_callback(void);
bool protocol_is_inside(void); /* another callback of this thread */

void protocol_note(struct endpoint *e, char event, bool coalesce); /* in the log */
void protocol_fill(struct endpoint *e, struct loop_protocol *protocol);

bool endpoints_are_silent(void);
void *endpoint_grown(struct check *c, void *memory, size_t bytes); /* realloc; never NULL */

#endif
