/* SPDX-License-Identifier: MIT */
#ifndef REFERENCE_PROCESS_H
#define REFERENCE_PROCESS_H

#include "spawn.h"
#include "transport.h"

/* The transport of a child that runs, with our ends of its pipes (LOOP_NO_FD: no pipe); takes both
 * over. On failure the child is killed, and the pipes stay the caller's. */
loop_status process_make(struct loop *loop, const struct child *child, const loop_fd pipes[3],
                         const struct loop_protocol *protocol, struct loop_transport **transport);

#endif
