/* SPDX-License-Identifier: MIT
 *
 * How connections end: by an EOF, a half-close, close, abort and reset. */
#include "streams.h"

#include <string.h>

static void end_of_file(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);

    scene_send(c, peer, "the end");
    scene_shutdown_write(c, peer);
    EXPECT_LOST(e, LOOP_OK);
    EXPECT_TEXT(e, "the end");
    EXPECT_LOG(e, "FMCdeL");
    struct peer *p = peer_start(c, peer);
    RUN_UNTIL(c, peer_ended, p, "the peer to see that the transport closed");
    EXPECT_STATUS(c, "the peer's view", p->broken, LOOP_OK);
}

static void keeps_open(struct endpoint *e)
{
    e->keeps_open = 1;
}

static void half_close(struct check *c)
{
    struct stream_ends ends = stream_ends_of(c, stream_serve(c, keeps_open));
    const size_t size = 100000;

    EXPECT(c, c->ops->transport_can_write_eof(ends.client->transport) != 0,
           "a TCP transport cannot write an EOF");
    stream_say(ends.client, "request");
    EXPECT_STATUS(c, "transport_write_eof", c->ops->transport_write_eof(ends.client->transport),
                  LOOP_OK);
    RUN_UNTIL(c, endpoint_ended, ends.server, "eof_received of the other end");
    EXPECT_TEXT(ends.server, "request");
    RUN_ITERATIONS(c, 5);
    EXPECT_INT(c, "calls of connection_lost of the end that keeps open", ends.server->lost, 0);
    stream_write(ends.server, pattern_new(c, size), size);
    AWAIT_BYTES(ends.client, size);
    EXPECT_PATTERN(ends.client, size);
    stream_finish(ends.server);
    EXPECT_LOST(ends.client, LOOP_OK);
}

static void end_after_buffer(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_narrow(c, &peer);
    struct peer *p = peer_start(c, peer);
    const size_t size = 2 * MEGABYTE;

    p->per_tick = 64 * 1024;
    stream_write(e, pattern_new(c, size), size);
    EXPECT_STATUS(c, "transport_write_eof", c->ops->transport_write_eof(e->transport), LOOP_OK);
    RUN_UNTIL(c, peer_ended, p, "the EOF after 2 MB");
    EXPECT_STATUS(c, "the peer's view", p->broken, LOOP_OK);
    PEER_EXPECT_PATTERN(p, size);
    peer_stop(p);
    scene_send(c, peer, "bye");
    AWAIT_BYTES(e, 3);
    scene_close(c, peer);
    EXPECT_LOST(e, LOOP_OK);
}

static void write_after_end(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);
    struct peer *p = peer_start(c, peer);

    EXPECT_STATUS(c, "transport_write_eof", c->ops->transport_write_eof(e->transport), LOOP_OK);
    EXPECT_STATUS(c, "a write after the EOF", c->ops->transport_write(e->transport, "x", 1),
                  LOOP_RUNTIME);
    EXPECT_STATUS(c, "a second EOF", c->ops->transport_write_eof(e->transport), LOOP_OK);
    RUN_UNTIL(c, peer_ended, p, "the EOF");
    PEER_EXPECT_TEXT(p, "");
    stream_finish(e);
}

static void close_flushes(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_narrow(c, &peer);
    struct peer *p = peer_start(c, peer);
    const size_t size = 3 * MEGABYTE;

    p->per_tick = 64 * 1024;
    stream_write(e, pattern_new(c, size), size);
    stream_close(e);
    RUN_UNTIL(c, peer_ended, p, "the end after 3 MB");
    EXPECT_STATUS(c, "the peer's view", p->broken, LOOP_OK);
    PEER_EXPECT_PATTERN(p, size);
    EXPECT_LOST(e, LOOP_OK);
    EXPECT_INT(c, "calls of eof_received", e->eofs, 0);
}

static void abort_drops(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_narrow(c, &peer);
    const size_t size = 3 * MEGABYTE;

    stream_write(e, pattern_new(c, size), size);
    RUN_ITERATIONS(c, 2);
    EXPECT_INT(c, "calls of connection_lost", e->lost, 0);
    stream_abort(e);
    EXPECT_LOST(e, LOOP_OK);
    struct peer *p = peer_start(c, peer);
    RUN_UNTIL(c, peer_ended, p, "the peer to see the end");
    EXPECT(c, p->bytes < size, "all was sent, although the transport was aborted");
}

/* Wine's select takes the error away that the read would then tell. */
static void reset(struct check *c)
{
    loop_fd peer;
    struct endpoint *e;

    if (strcmp(c->variant->kind, "selector") == 0)
        check_need_windows(c);
    e = stream_to_peer(c, &peer);
    scene_send(c, peer, "a");
    AWAIT_BYTES(e, 1);
    scene_reset(c, peer);
    EXPECT_LOST(e, LOOP_CONNRESET);
    EXPECT_INT(c, "calls of eof_received", e->eofs, 0);
    RUN_ITERATIONS(c, 3);
}

static void reset_while_writing(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_narrow(c, &peer);

    stream_write(e, pattern_new(c, 2 * MEGABYTE), 2 * MEGABYTE);
    RUN_ITERATIONS(c, 2);
    scene_reset(c, peer);
    RUN_UNTIL(c, endpoint_lost, e, "connection_lost after a reset");
    EXPECT(c, e->why == LOOP_CONNRESET || e->why == LOOP_PIPE,
           "connection_lost after a reset got status %d", (int)e->why);
    RUN_ITERATIONS(c, 3);
}

/* Writes every millisecond to a peer that is gone: first comes a reset, then a broken pipe. */
struct writer {
    struct check *check;
    struct endpoint *e;
};

static void write_on(void *arg)
{
    struct writer *w = arg;
    struct check *c = w->check;

    if (w->e->lost > 0)
        return;
    c->ops->transport_write(w->e->transport, "x", 1);
    NEED_OK(c, "call_later", c->ops->call_later(c->loop, MILLISECONDS(1), write_on, w, NULL));
    check_notify(c);
}

static void broken_pipe(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);
    struct writer writer = {c, e};

    stream_pause(e);
    scene_close(c, peer);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, write_on, &writer, NULL));
    RUN_UNTIL(c, endpoint_lost, e, "connection_lost of who writes to a peer that is gone");
    EXPECT(c, e->why == LOOP_CONNRESET || e->why == LOOP_PIPE, "connection_lost got status %d",
           (int)e->why);
    /* The timer that is still due looks at what lives in this function. */
    RUN_IDLE(c, MILLISECONDS(10));
}

static void lost_once(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);

    EXPECT_INT(c, "transport_is_closing", c->ops->transport_is_closing(e->transport) != 0, 0);
    stream_close(e);
    EXPECT_INT(c, "transport_is_closing", c->ops->transport_is_closing(e->transport) != 0, 1);
    stream_close(e);
    stream_abort(e);
    EXPECT_LOST(e, LOOP_OK);
    stream_close(e);
    stream_abort(e);
    RUN_ITERATIONS(c, 5);
    EXPECT_INT(c, "transport_is_closing", c->ops->transport_is_closing(e->transport) != 0, 1);
    EXPECT_INT(c, "calls of connection_lost", e->lost, 1);
}

static void write_after_close(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);
    struct peer *p = peer_start(c, peer);

    stream_close(e);
    EXPECT_STATUS(c, "a write after close", c->ops->transport_write(e->transport, "x", 1), LOOP_OK);
    EXPECT_LOST(e, LOOP_OK);
    EXPECT_STATUS(c, "a write after connection_lost", c->ops->transport_write(e->transport, "x", 1),
                  LOOP_OK);
    RUN_UNTIL(c, peer_ended, p, "the end");
    EXPECT_STATUS(c, "the peer's view", p->broken, LOOP_OK);
    PEER_EXPECT_TEXT(p, "");
}

static const struct check_definition definitions[] = {
    {.id = "streams.end-of-file",
     .run = end_of_file,
     .rules = {"streams.end-of-file"},
     .needs = {"create_connection", "call_later"}},
    {.id = "streams.half-close",
     .run = half_close,
     .rules = {"streams.half-close"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "transport_write",
               "transport_write_eof", "transport_can_write_eof", "transport_close"}},
    {.id = "streams.end-after-buffer",
     .run = end_after_buffer,
     .rules = {"streams.end-after-buffer"},
     .needs = {"create_connection", "transport_write", "transport_write_eof", "call_later"}},
    {.id = "streams.write-after-end",
     .run = write_after_end,
     .rules = {"streams.write-after-end"},
     .needs = {"create_connection", "transport_write", "transport_write_eof", "transport_close",
               "call_later"}},
    {.id = "streams.close-flushes",
     .run = close_flushes,
     .rules = {"streams.close-flushes"},
     .needs = {"create_connection", "transport_write", "transport_close", "call_later"}},
    {.id = "streams.abort-drops",
     .run = abort_drops,
     .rules = {"streams.abort-drops"},
     .needs = {"create_connection", "transport_write", "transport_abort", "call_later"}},
    {.id = "streams.reset",
     .run = reset,
     .rules = {"streams.reset"},
     .needs = {"create_connection"}},
    {.id = "streams.reset-while-writing",
     .run = reset_while_writing,
     .rules = {"streams.reset-while-writing"},
     .needs = {"create_connection", "transport_write"}},
    {.id = "streams.broken-pipe",
     .run = broken_pipe,
     .rules = {"streams.broken-pipe"},
     .needs = {"create_connection", "transport_write", "transport_pause_reading", "call_later"}},
    {.id = "streams.lost-once",
     .run = lost_once,
     .rules = {"streams.lost-once"},
     .needs = {"create_connection", "transport_close", "transport_abort", "transport_is_closing"}},
    {.id = "streams.write-after-close",
     .run = write_after_close,
     .rules = {"streams.write-after-close"},
     .needs = {"create_connection", "transport_write", "transport_close", "call_later"}},
};

CHECK_AREA_PART(streams, end, definitions);
