/* SPDX-License-Identifier: MIT
 *
 * Connections and the rest of the loop, the process and other loops. */
#include "streams.h"

#include <string.h>

static void no_delay(struct check *c)
{
    struct stream_ends ends = stream_ends(c);

    EXPECT(c, peer_no_delay(c, c->ops->transport_get_fd(ends.client->transport)),
           "TCP_NODELAY is not set at the connecting end");
    EXPECT(c, peer_no_delay(c, c->ops->transport_get_fd(ends.server->transport)),
           "TCP_NODELAY is not set at the accepted end");
}

static void not_inherited(struct check *c)
{
    struct stream_ends ends = stream_ends(c);

    EXPECT(c, !peer_inherited(c, c->ops->transport_get_fd(ends.client->transport)),
           "the connecting socket stays open over exec");
    EXPECT(c, !peer_inherited(c, c->ops->transport_get_fd(ends.server->transport)),
           "the accepted socket stays open over exec");
}

static void descriptor_taken(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);
    struct counter calls = {.check = c};
    loop_fd fd = c->ops->transport_get_fd(e->transport);

    EXPECT_STATUS(c, "add_reader of a transport's descriptor",
                  c->ops->add_reader(c->loop, fd, counter_call, &calls), LOOP_RUNTIME);
    EXPECT_STATUS(c, "add_writer of a transport's descriptor",
                  c->ops->add_writer(c->loop, fd, counter_call, &calls), LOOP_RUNTIME);
    EXPECT_STATUS(c, "remove_reader of a transport's descriptor",
                  c->ops->remove_reader(c->loop, fd), LOOP_RUNTIME);
    EXPECT_STATUS(c, "remove_writer of a transport's descriptor",
                  c->ops->remove_writer(c->loop, fd), LOOP_RUNTIME);
    scene_send(c, peer, "data");
    AWAIT_BYTES(e, 4);
    EXPECT_INT(c, "calls of the reader and the writer", calls.calls, 0);
    stream_finish(e);
}

static void idle(struct check *c)
{
    loop_fd paused_peer, ended_peer;
    struct stream_ends ends = stream_ends(c);
    struct endpoint *paused = stream_to_peer(c, &paused_peer);
    struct endpoint *ended = stream_to_peer(c, &ended_peer);

    stream_pause(paused);
    scene_send(c, paused_peer, "unread");
    ended->keeps_open = 1;
    scene_shutdown_write(c, ended_peer);
    RUN_UNTIL(c, endpoint_ended, ended, "eof_received");
    RUN_IDLE(c, MILLISECONDS(400));
    EXPECT_INT(c, "connections lost", ends.client->lost + ended->lost + paused->lost, 0);
}

/* Neither what it may not read nor what the peer does not take is a reason to look again. */
static void blocked_idle(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_narrow(c, &peer);

    stream_pause(e);
    scene_send(c, peer, "unread");
    stream_write(e, pattern_new(c, 2 * MEGABYTE), 2 * MEGABYTE);
    RUN_IDLE(c, MILLISECONDS(400));
    EXPECT_INT(c, "calls of connection_lost", e->lost, 0);
}

static void flooded(struct check *c)
{
    loop_fd loud_peer, quiet_peer;
    struct endpoint *loud = stream_to_peer(c, &loud_peer);
    struct endpoint *quiet = stream_to_peer(c, &quiet_peer);
    struct counter timer = {.check = c, .target = 1};

    loud->forgets = true;
    struct peer_flood *flood = peer_flood(c, loud_peer);
    AWAIT_BYTES(loud, 4 * MEGABYTE);
    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, MILLISECONDS(10), counter_call, &timer, NULL));
    RUN_UNTIL(c, counter_reached, &timer, "a timer beside a connection that always has data");
    scene_send(c, quiet_peer, "me too");
    AWAIT_BYTES(quiet, 6);
    AWAIT_BYTES(loud, loud->bytes + MEGABYTE);
    stream_abort(loud);
    EXPECT_LOST(loud, LOOP_OK);
    peer_flood_end(flood);
}

static void loop_closed(struct check *c)
{
    loop_fd peer, narrow_peer;
    struct stream_ends ends = stream_ends(c);
    struct endpoint *narrow = stream_narrow(c, &narrow_peer);
    struct endpoint *pending = endpoint_new(c, "the connection under way");
    struct loop_connection_options options = stream_options(&ends.listener->address.address);

    stream_from_peer(c, ends.listener, &peer);
    stream_write(narrow, pattern_new(c, 2 * MEGABYTE), 2 * MEGABYTE);
    stream_close(narrow);
    NEED_OK(c, "create_connection",
            endpoint_connect(pending, c->ops->create_connection, &options, false));
    endpoints_expect_silence(c);
    EXPECT_STATUS(c, "close", c->ops->close(c->loop), LOOP_OK);
    endpoints_release_all(c);
    EXPECT_STATUS(c, "a connection to the server of a closed loop",
                  peer_try(c, &ends.listener->address.address), LOOP_CONNREFUSED);
    EXPECT(c, scene_readable_now(c, peer), "the peer of a closed loop sees no end");
}

/* ---- two loops in two threads */

#define MESSAGE MEGABYTE

static void replies(struct endpoint *e, const void *data, size_t length)
{
    (void)data;
    (void)length;
    if (e->bytes == MESSAGE)
        stream_write(e, e->data, MESSAGE);
}

static void sets_replies(struct endpoint *e)
{
    e->on_data = replies;
}

static void asks(struct endpoint *e)
{
    stream_write(e, e->user, MESSAGE);
}

static void closes_at_the_end(struct endpoint *e, const void *data, size_t length)
{
    (void)data;
    (void)length;
    if (e->bytes == MESSAGE)
        stream_close(e);
}

static void stops_its_loop(struct endpoint *e)
{
    e->check->ops->stop(e->loop);
}

static void run_other(void *arg)
{
    struct endpoint *e = arg;
    struct check *c = e->check;

    EXPECT_STATUS(c, "run_forever of the other loop", c->ops->run_forever(e->loop), LOOP_OK);
}

static void two_loops(struct check *c)
{
    struct listener *l = stream_serve(c, sets_replies);
    struct endpoint *e = endpoint_new(c, "the client in another thread");
    struct loop_connection_options options = stream_options(&l->address.address);

    e->loop = check_open_loop(c);
    e->user = pattern_new(c, MESSAGE);
    e->on_made = asks;
    e->on_data = closes_at_the_end;
    e->on_lost = stops_its_loop;
    NEED_OK(c, "create_connection",
            endpoint_connect(e, c->ops->create_connection, &options, false));
    struct scene_thread *thread = scene_start(c, run_other, e);
    RUN_UNTIL(c, listener_lost, l, "the end of a connection between two loops");
    scene_join(c, thread);
    EXPECT_PATTERN(l->accepted[0], MESSAGE);
    EXPECT_PATTERN(e, MESSAGE);
    EXPECT_STATUS(c, "connection_lost", e->why, LOOP_OK);
}

static const struct check_definition definitions[] = {
    {.id = "streams.no-delay",
     .run = no_delay,
     .rules = {"streams.no-delay"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "transport_get_fd"}},
    {.id = "streams.not-inherited",
     .run = not_inherited,
     .rules = {"streams.not-inherited"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "transport_get_fd"}},
    {.id = "streams.descriptor-taken",
     .run = descriptor_taken,
     .rules = {"streams.descriptor-taken"},
     .needs = {"create_connection", "transport_get_fd", "add_reader", "add_writer", "remove_reader",
               "remove_writer", "transport_close"}},
    {.id = "streams.idle",
     .run = idle,
     .rules = {"streams.idle"},
     .needs = {"create_connection", "create_server", "server_get_sockname",
               "transport_pause_reading", "call_later"}},
    {.id = "streams.blocked-idle",
     .run = blocked_idle,
     .rules = {"streams.idle"},
     .needs = {"create_connection", "transport_write", "transport_pause_reading", "call_later"}},
    {.id = "streams.flooded",
     .run = flooded,
     .rules = {"streams.flooded"},
     .needs = {"create_connection", "transport_abort", "call_later"},
     .flags = CHECK_BUSY},
    {.id = "streams.loop-closed",
     .run = loop_closed,
     .rules = {"streams.loop-closed"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "transport_write",
               "transport_close", "transport_release", "server_release"}},
    {.id = "streams.two-loops",
     .run = two_loops,
     .rules = {"streams.two-loops"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "transport_write",
               "transport_close"}},
};

CHECK_AREA_PART(streams, loop, definitions);
