/* SPDX-License-Identifier: MIT
 *
 * How do a loop's connections come, and its bytes go? A selector hears when a thing can be done, and
 * does it; a proactor has it done, and hears when it is. What both are asked for is here; how it
 * comes about is in io_readiness.c, and in iocp_windows.h and what that leads to.
 *
 * Functions that return int return 0 or the system's error, and one whose status is LOOP_AGAIN where
 * the answer is not there yet. */
#ifndef REFERENCE_IO_H
#define REFERENCE_IO_H

#include "loop.h"
#include "socket.h"

/* What a proactor's system works on, or has done and nobody took yet. NULL is none; a selector never
 * has any. */
struct request;

/* The way of one transport's bytes. After LOOP_AGAIN the transport, if it is watched in that
 * direction, hears when it is time to try again, which it then does with the same bytes. */
struct carrier {
    int (*send)(struct loop_transport *transport, const void *data, size_t length, size_t *count);
    int (*receive)(struct loop_transport *transport, void *data, size_t length, size_t *count);
    /* `to` NULL: to the connected peer. */
    int (*send_to)(struct loop_transport *transport, const void *data, size_t length,
                   const struct address *to);
    int (*receive_from)(struct loop_transport *transport, void *data, size_t length, size_t *count,
                        struct address *from);
    /* `direction` is watched from now on, or is still after the transport has tried: what can be
     * begun is begun. NULL: its descriptor is watched instead. */
    loop_status (*proceed)(struct loop_transport *transport, enum direction direction);
};

struct io {
    const struct carrier *streams, *datagrams;

    int (*open)(struct loop *loop, uint32_t family, bool datagram,
                loop_fd *fd);                    /* as socket_open */
    int (*adopt)(struct loop *loop, loop_fd fd); /* a socket of the user's, as socket_adopt */

    /* With *pending `decided` is called when it is decided, and `connected` tells. */
    loop_status (*connect)(struct loop *loop, loop_fd fd, const struct address *address,
                           struct loop_handle *decided, struct request **request, bool *pending);
    int (*connected)(struct loop *loop, loop_fd fd, struct request **request);

    /* `arrived` is called when `accept` may have something, until give_up. */
    loop_status (*await)(struct loop *loop, loop_fd listener, struct loop_handle *arrived,
                         struct request **request);
    int (*accept)(struct loop *loop, loop_fd listener, struct loop_handle *arrived,
                  struct request **request, loop_fd *accepted);

    /* No longer connects, or awaits; harmless where that never began. `fd` may then be closed. */
    void (*give_up)(struct loop *loop, loop_fd fd, enum direction direction,
                    struct request **request);

    /* From any thread: ends the loop's wait. NULL: the loop has a wakeup for that. */
    void (*wake)(struct loop *loop);
};

extern const struct io io_readiness;

#endif
