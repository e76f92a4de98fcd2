/* SPDX-License-Identifier: MIT
 *
 * Ending a connection from inside each of its callbacks. */
#include "streams.h"

#include <string.h>

static void ends_it(struct endpoint *e)
{
    void (*end)(struct endpoint *) = *(void (**)(struct endpoint *))e->user;

    end(e);
}

static void ends_on_data(struct endpoint *e, const void *data, size_t length)
{
    (void)data;
    (void)length;
    ends_it(e);
}

static void inside_made(struct check *c, void (*end)(struct endpoint *))
{
    struct loop_address address;
    struct endpoint *e = endpoint_new(c, "the client that ends in connection_made");
    loop_fd listener = peer_listen(c, LOOP_ADDRESS_INET, 8, &address);
    struct loop_connection_options options = stream_options(&address);

    e->user = &end;
    e->on_made = ends_it;
    NEED_OK(c, "create_connection",
            endpoint_connect(e, c->ops->create_connection, &options, false));
    EXPECT_LOST(e, LOOP_OK);
    RUN_UNTIL(c, endpoint_completed, e, "the completion of a connection that was ended at once");
    scene_close(c, listener);
}

static void inside_data(struct check *c, void (*end)(struct endpoint *))
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);

    e->name = "the client that ends in data_received";
    e->user = &end;
    e->on_data = ends_on_data;
    scene_fill(c, peer);
    EXPECT_LOST(e, LOOP_OK);
    RUN_ITERATIONS(c, 3);
    EXPECT_LOG(e, "FMCdL");
}

static void inside_eof(struct check *c, void (*end)(struct endpoint *), int keeps_open)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);

    e->name = "the client that ends in eof_received";
    e->user = &end;
    e->keeps_open = keeps_open;
    e->on_eof = ends_it;
    scene_shutdown_write(c, peer);
    EXPECT_LOST(e, LOOP_OK);
    RUN_ITERATIONS(c, 3);
    EXPECT_LOG(e, "FMCeL");
}

static void inside_lost(struct check *c, void (*end)(struct endpoint *))
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);

    e->name = "the client that ends in connection_lost";
    e->user = &end;
    e->on_lost = ends_it;
    e->releases_when_lost = true;
    scene_shutdown_write(c, peer);
    EXPECT_LOST(e, LOOP_OK);
    RUN_ITERATIONS(c, 3);
}

static void end_inside(struct check *c, void (*end)(struct endpoint *))
{
    inside_made(c, end);
    inside_data(c, end);
    inside_eof(c, end, 0);
    inside_eof(c, end, 1);
    inside_lost(c, end);
}

static void close_inside(struct check *c)
{
    end_inside(c, stream_close);
}

static void abort_inside(struct check *c)
{
    end_inside(c, stream_abort);
}

static void inside_pause(struct check *c, void (*end)(struct endpoint *))
{
    loop_fd peer;
    struct endpoint *e = stream_narrow(c, &peer);

    e->name = "the client that ends in pause_writing";
    e->user = &end;
    e->on_pause = ends_it;
    stream_write(e, pattern_new(c, 2 * MEGABYTE), 2 * MEGABYTE);
    struct peer *p = peer_start(c, peer);
    EXPECT_LOST(e, LOOP_OK);
    RUN_UNTIL(c, peer_ended, p, "the end");
    peer_stop(p);
    if (end == stream_close)
        PEER_EXPECT_PATTERN(p, 2 * MEGABYTE);
}

static void inside_resume(struct check *c, void (*end)(struct endpoint *))
{
    loop_fd peer;
    struct endpoint *e = stream_narrow(c, &peer);
    struct peer *p = peer_start(c, peer);

    e->name = "the client that ends in resume_writing";
    e->user = &end;
    e->on_resume = ends_it;
    stream_write(e, pattern_new(c, 2 * MEGABYTE), 2 * MEGABYTE);
    EXPECT_LOST(e, LOOP_OK);
    RUN_UNTIL(c, peer_ended, p, "the end");
    peer_stop(p);
    if (end == stream_close)
        PEER_EXPECT_PATTERN(p, 2 * MEGABYTE);
    EXPECT_INT(c, "calls of connection_lost", e->lost, 1);
}

static void end_inside_flow(struct check *c)
{
    inside_pause(c, stream_close);
    inside_pause(c, stream_abort);
    inside_resume(c, stream_close);
    inside_resume(c, stream_abort);
}

static const struct check_definition definitions[] = {
    {.id = "streams.close-inside",
     .run = close_inside,
     .rules = {"streams.close-inside"},
     .needs = {"create_connection", "transport_close"}},
    {.id = "streams.abort-inside",
     .run = abort_inside,
     .rules = {"streams.abort-inside"},
     .needs = {"create_connection", "transport_abort"}},
    {.id = "streams.end-inside-flow",
     .run = end_inside_flow,
     .rules = {"streams.end-inside-flow"},
     .needs = {"create_connection", "transport_write", "transport_set_write_buffer_limits",
               "transport_close", "transport_abort", "call_later"}},
};

CHECK_AREA_PART(streams, inside, definitions);
