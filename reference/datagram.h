/* SPDX-License-Identifier: MIT */
#ifndef REFERENCE_DATAGRAM_H
#define REFERENCE_DATAGRAM_H

#include "transport.h"

/* A datagram socket's transport, which takes over `fd`; on failure (no memory) it does not. `peer`
 * is where all goes that is sent to nobody else; NULL: the socket's own peer, if it has one. */
struct loop_transport *datagram_make(struct loop *loop, loop_fd fd, const struct address *peer,
                                     const struct loop_protocol *protocol);

#endif
