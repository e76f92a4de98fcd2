/* SPDX-License-Identifier: MIT
 *
 * What the checks of streams share: connections of each make. */
#ifndef LOOPCHECK_STREAMS_H
#define LOOPCHECK_STREAMS_H

#include "endpoint.h"
#include "peer.h"

#define MEGABYTE ((size_t)1024 * 1024)

struct loop_connection_options stream_options(const struct loop_address *remote);
struct loop_server_options stream_server_options(const struct loop_address *local);

/* The loop connects to `to`, and it is done. */
struct endpoint *stream_connect(struct check *c, const struct loop_address *to);
/* The loop serves a port of its choice on 127.0.0.1; `prepare` may be NULL. */
struct listener *stream_serve(struct check *c, void (*prepare)(struct endpoint *e));

/* Both ends are the loop's. */
struct stream_ends {
    struct endpoint *client;
    struct endpoint *server;
    struct listener *listener;
};
struct stream_ends stream_ends(struct check *c);
struct stream_ends stream_ends_of(struct check *c, struct listener *listener);

/* The loop's client, connected to a socket of the check's. */
struct endpoint *stream_to_peer(struct check *c, loop_fd *peer);
/* The same by a socket that was connected before, whose buffers take little: what the peer does not
 * read soon stays in the transport. */
struct endpoint *stream_narrow(struct check *c, loop_fd *peer);
/* The same, and nothing more can be sent until the peer reads the `filled` bytes that wait. */
struct endpoint *stream_full(struct check *c, loop_fd *peer, size_t *filled);
/* Lets the loop take over `fd`, a connected socket. */
void stream_take_over(struct endpoint *e, loop_fd fd);
/* A connection of the check's that the listener accepted; the newest. */
struct endpoint *stream_from_peer(struct check *c, struct listener *listener, loop_fd *peer);

/* The loop connects to the server by a name, and the resolver is held up: until peer_let_resolve, or
 * until the loop is closed. Skips the check for a loop whose resolver cannot be. */
struct endpoint *stream_resolving(struct check *c, const struct listener *server);

/* What the call returned, or what came of it at its completion. */
loop_status stream_outcome(struct endpoint *e, loop_status status);

/* Transport operations that must call nothing back before they return. */
void stream_write(struct endpoint *e, const void *data, size_t length);
void stream_say(struct endpoint *e, const char *text);
void stream_close(struct endpoint *e);
void stream_abort(struct endpoint *e);
void stream_pause(struct endpoint *e);
void stream_resume(struct endpoint *e);
size_t stream_buffered(struct endpoint *e);

/* Closes it, waits for connection_lost, and sees that it was in good order. */
void stream_finish(struct endpoint *e);
#define EXPECT_LOST(e, expected)                                                                   \
    do {                                                                                           \
        RUN_UNTIL((e)->check, endpoint_lost, (e), "connection_lost");                              \
        EXPECT_STATUS((e)->check, "connection_lost", (e)->why, (expected));                        \
    } while (0)

#define EXPECT_LOG(e, expected)                                                                    \
    EXPECT((e)->check, strcmp((e)->log, (expected)) == 0, "the order of calls was %s, not %s",     \
           (e)->log, (expected))

#endif
