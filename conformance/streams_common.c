/* SPDX-License-Identifier: MIT */
#include "streams.h"

#include <string.h>

struct loop_connection_options stream_options(const struct loop_address *remote)
{
    return (struct loop_connection_options){
        .size = sizeof(struct loop_connection_options), .remote = *remote, .sock = LOOP_NO_FD};
}

struct loop_server_options stream_server_options(const struct loop_address *local)
{
    return (struct loop_server_options){
        .size = sizeof(struct loop_server_options), .local = *local, .sock = LOOP_NO_FD};
}

struct endpoint *stream_connect(struct check *c, const struct loop_address *to)
{
    struct endpoint *e = endpoint_new(c, "the client");
    struct loop_connection_options options = stream_options(to);

    endpoint_connect_now(e, c->ops->create_connection, "create_connection", &options);
    return e;
}

struct listener *stream_serve(struct check *c, void (*prepare)(struct endpoint *e))
{
    struct listener *l = listener_new(c, "the accepted end");
    struct loop_address local = peer_loopback(LOOP_ADDRESS_INET, 0);
    struct loop_server_options options = stream_server_options(&local);

    l->prepare = prepare;
    listener_serve_now(l, c->ops->create_server, "create_server", &options);
    return l;
}

struct stream_ends stream_ends_of(struct check *c, struct listener *listener)
{
    struct stream_ends ends = {.listener = listener};
    int expected = listener->made + 1;

    ends.client = stream_connect(c, &listener->address.address);
    listener->target = expected;
    RUN_UNTIL(c, listener_made, listener, "connection_made of the accepted end");
    ends.server = listener->accepted[listener->accepts - 1];
    return ends;
}

struct stream_ends stream_ends(struct check *c)
{
    return stream_ends_of(c, stream_serve(c, NULL));
}

struct endpoint *stream_to_peer(struct check *c, loop_fd *peer)
{
    struct loop_address address;
    loop_fd listener = peer_listen(c, LOOP_ADDRESS_INET, 8, &address);
    struct endpoint *e = stream_connect(c, &address);

    *peer = peer_accept(c, listener);
    scene_close(c, listener);
    return e;
}

void stream_take_over(struct endpoint *e, loop_fd fd)
{
    struct check *c = e->check;
    struct loop_address none = {.size = sizeof none};
    struct loop_connection_options options = stream_options(&none);

    options.sock = fd;
    NEED_OK(c, "create_connection",
            endpoint_connect(e, c->ops->create_connection, &options, false));
    scene_forget(c, fd);
    RUN_UNTIL(c, endpoint_completed, e, "the completion for a connected socket");
    NEED_OK(c, "create_connection", e->status);
}

static struct scene_pair narrow_pair(struct check *c)
{
    struct scene_pair pair = scene_tcp(c);

    /* Much less than the MTU of the loopback interface would stall TCP itself. */
    peer_bound_buffers(c, pair.end, 128 * 1024);
    peer_bound_buffers(c, pair.peer, 128 * 1024);
    return pair;
}

struct endpoint *stream_narrow(struct check *c, loop_fd *peer)
{
    struct scene_pair pair = narrow_pair(c);
    struct endpoint *e = endpoint_new(c, "the client");

    stream_take_over(e, pair.end);
    *peer = pair.peer;
    return e;
}

/* For a while the system goes on moving what it took to the peer's side. */
static size_t fill_for_good(struct check *c, loop_fd fd)
{
    size_t filled = 0;

    for (int quiet = 0; quiet < 4;) {
        size_t more = scene_fill(c, fd);

        filled += more;
        quiet = more == 0 ? quiet + 1 : 0;
        check_block(MILLISECONDS(2));
    }
    return filled;
}

struct endpoint *stream_full(struct check *c, loop_fd *peer, size_t *filled)
{
    struct scene_pair pair = narrow_pair(c);
    struct endpoint *e = endpoint_new(c, "the client");

    *filled = fill_for_good(c, pair.end);
    stream_take_over(e, pair.end);
    *peer = pair.peer;
    return e;
}

struct endpoint *stream_from_peer(struct check *c, struct listener *listener, loop_fd *peer)
{
    *peer = peer_connect(c, &listener->address.address);
    listener->target = listener->made + 1;
    RUN_UNTIL(c, listener_made, listener, "connection_made of the accepted end");
    return listener->accepted[listener->accepts - 1];
}

loop_status stream_outcome(struct endpoint *e, loop_status status)
{
    struct check *c = e->check;

    if (status != LOOP_OK) {
        RUN_ITERATIONS(c, 3);
        EXPECT_INT(c, "completions after the call itself failed", e->completions, 0);
        return status;
    }
    RUN_UNTIL(c, endpoint_completed, e, "the completion of a connection");
    return e->status;
}

void stream_write(struct endpoint *e, const void *data, size_t length)
{
    EXPECT_STATUS(e->check, "transport_write",
                  e->check->ops->transport_write(e->transport, data, length), LOOP_OK);
}

void stream_say(struct endpoint *e, const char *text)
{
    stream_write(e, text, strlen(text));
}

void stream_close(struct endpoint *e)
{
    e->calling = true;
    e->check->ops->transport_close(e->transport);
    e->calling = false;
}

void stream_abort(struct endpoint *e)
{
    e->calling = true;
    e->check->ops->transport_abort(e->transport);
    e->calling = false;
}

void stream_pause(struct endpoint *e)
{
    e->calling = true;
    e->check->ops->transport_pause_reading(e->transport);
    e->calling = false;
}

void stream_resume(struct endpoint *e)
{
    e->calling = true;
    e->check->ops->transport_resume_reading(e->transport);
    e->calling = false;
}

size_t stream_buffered(struct endpoint *e)
{
    return e->check->ops->transport_get_write_buffer_size(e->transport);
}

void stream_finish(struct endpoint *e)
{
    stream_close(e);
    EXPECT_LOST(e, LOOP_OK);
}
