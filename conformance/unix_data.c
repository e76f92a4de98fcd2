/* SPDX-License-Identifier: MIT
 *
 * Bytes over Unix sockets, and how their connections end. */
#include <string.h>

#include "unix.h"

static const size_t much = 3 * MEGABYTE;

/* The loop's client, and a peer of the check's. */
static struct endpoint *client_of_peer(struct check *c, struct peer **p)
{
    struct loop_address at = unix_path(c, "s");
    loop_fd listener = unix_listen(c, &at);
    struct endpoint *e = unix_connect(c, &at);

    *p = peer_start(c, peer_accept(c, listener));
    return e;
}

static void answer(struct endpoint *e)
{
    stream_say(e, "pong");
    stream_close(e);
}

static void sets_answer(struct endpoint *e)
{
    e->keeps_open = 1;
    e->on_eof = answer;
}

static void half_close(struct check *c)
{
    struct stream_ends ends = unix_ends(c, sets_answer);

    stream_say(ends.client, "ping");
    EXPECT_STATUS(c, "transport_write_eof", c->ops->transport_write_eof(ends.client->transport),
                  LOOP_OK);
    RUN_UNTIL(c, endpoint_lost, ends.client, "connection_lost of the client");
    RUN_UNTIL(c, endpoint_lost, ends.server, "connection_lost of the accepted end");
    EXPECT_TEXT(ends.server, "ping");
    EXPECT_TEXT(ends.client, "pong");
    EXPECT_INT(c, "calls of the client's eof_received", ends.client->eofs, 1);
    EXPECT_STATUS(c, "the client's connection_lost", ends.client->why, LOOP_OK);
}

static void peer_closes(struct check *c)
{
    struct peer *p;
    struct endpoint *e = client_of_peer(c, &p);

    p->ends = true;
    peer_send(p, "last words", 10);
    EXPECT_LOST(e, LOOP_OK);
    EXPECT_TEXT(e, "last words");
    EXPECT_LOG(e, "FMCdeL");
}

static void megabytes(struct check *c)
{
    struct stream_ends ends = unix_ends(c, NULL);
    unsigned char *bytes = pattern_new(c, much);

    stream_write(ends.client, bytes, much);
    stream_write(ends.server, bytes, much);
    AWAIT_BYTES(ends.client, much);
    AWAIT_BYTES(ends.server, much);
    EXPECT_PATTERN(ends.client, much);
    EXPECT_PATTERN(ends.server, much);
    stream_finish(ends.client);
}

static void close_flushes(struct check *c)
{
    struct peer *p;
    struct endpoint *e = client_of_peer(c, &p);

    p->per_tick = 128 * 1024;
    stream_write(e, pattern_new(c, much), much);
    EXPECT(c, stream_buffered(e) > 0, "3 MB were written, and nothing is buffered");
    stream_close(e);
    RUN_UNTIL(c, peer_ended, p, "the end of the connection at the peer");
    PEER_EXPECT_PATTERN(p, much);
    EXPECT_LOST(e, LOOP_OK);
}

static void abort_drops(struct check *c)
{
    struct peer *p;
    struct endpoint *e = client_of_peer(c, &p);

    p->per_tick = PEER_DEAF;
    stream_write(e, pattern_new(c, much), much);
    EXPECT(c, stream_buffered(e) > 0, "3 MB were written, and nothing is buffered");
    stream_abort(e);
    EXPECT_LOST(e, LOOP_OK);
    p->per_tick = 0;
    RUN_UNTIL(c, peer_ended, p, "the end of the connection at the peer");
    EXPECT(c, p->bytes < much, "an aborted connection sent all that was buffered");
}

/* What is written reaches nobody, and must end neither the process nor the loop. */
static void peer_gone(struct check *c)
{
    struct loop_address at = unix_path(c, "s");
    loop_fd listener = unix_listen(c, &at);
    struct endpoint *e = unix_connect(c, &at);
    loop_fd peer = peer_accept(c, listener);

    e->keeps_open = 1;
    RUN_ITERATIONS(c, 2);
    scene_close(c, peer);
    stream_say(e, "to nobody");
    stream_say(e, "to nobody again");
    for (int i = 0; i < 50 && e->lost == 0; i++) {
        RUN_ITERATIONS(c, 1);
        if (e->lost == 0)
            stream_say(e, "and again");
    }
    RUN_UNTIL(c, endpoint_lost, e, "connection_lost after the peer has gone");
    RUN_IDLE(c, MILLISECONDS(20));
}

static void say_hello(struct endpoint *e)
{
    stream_say(e, "hello");
}

static void greets(struct endpoint *e)
{
    e->on_made = say_hello;
}

enum { CLIENTS = 100 };

static void hundred_clients(struct check *c)
{
    struct loop_address at = unix_path(c, "s");
    struct loop_connection_options to = stream_options(&at);
    struct loop_server_options options = stream_server_options(&at);
    struct listener *l = listener_new(c, "the accepted end");
    struct endpoint *client[CLIENTS];

    options.backlog = 128;
    l->prepare = greets;
    listener_serve_now(l, c->ops->create_unix_server, "create_unix_server", &options);
    for (int i = 0; i < CLIENTS; i++) {
        client[i] = endpoint_new(c, "one of many clients");
        NEED_OK(c, "create_unix_connection",
                endpoint_connect(client[i], c->ops->create_unix_connection, &to, false));
    }
    for (int i = 0; i < CLIENTS; i++) {
        AWAIT_BYTES(client[i], 5);
        EXPECT_TEXT(client[i], "hello");
        stream_close(client[i]);
    }
    l->target = CLIENTS;
    RUN_UNTIL(c, listener_lost, l, "connection_lost of all accepted ends");
    EXPECT_INT(c, "connections accepted", l->made, CLIENTS);
}

static void server_close(struct check *c)
{
    struct stream_ends ends = unix_ends(c, NULL);
    struct loop_address at = unix_path(c, "s");

    c->ops->server_close(ends.listener->server);
    c->ops->server_close(ends.listener->server);
    RUN_ITERATIONS(c, 3);
    EXPECT(c, unix_try(c, &at) != LOOP_OK, "a closed server takes a connection");
    stream_say(ends.client, "still here");
    AWAIT_BYTES(ends.server, 10);
    EXPECT_TEXT(ends.server, "still here");
    stream_finish(ends.client);
    EXPECT_LOST(ends.server, LOOP_OK);
}

/* One connection, from the beginning to the end of both its ends, and one that fails. */
static void round_trip(struct check *c, struct listener *l, const struct loop_address *at,
                       const struct loop_address *nowhere)
{
    struct endpoint *e = unix_connect(c, at);

    RUN_UNTIL(c, listener_made, l, "connection_made of the accepted end");
    stream_say(e, "hello");
    stream_finish(e);
    RUN_UNTIL(c, listener_lost, l, "connection_lost of the accepted end");
    l->target++;
    EXPECT(c, unix_connect_to(c, nowhere) != LOOP_OK, "a missing path was connected to");
    RUN_ITERATIONS(c, 5);
}

static void descriptors_return(struct check *c)
{
    struct loop_address at = unix_path(c, "s"), nowhere = unix_path(c, "nowhere");
    struct listener *l = unix_serve(c, &at, NULL);
    int before;

    l->target = 1;
    round_trip(c, l, &at, &nowhere);
    before = unix_descriptors();
    for (int i = 0; i < 20; i++)
        round_trip(c, l, &at, &nowhere);
    EXPECT_INT(c, "open descriptors after 20 more connections", unix_descriptors(), before);
}

static const struct check_definition definitions[] = {
    {.id = "unix.half-close",
     .run = half_close,
     .rules = {"unix.half-close"},
     .needs = {"create_unix_connection", "create_unix_server", "transport_write",
               "transport_write_eof", "transport_close"}},
    {.id = "unix.peer-closes",
     .run = peer_closes,
     .rules = {"unix.peer-closes"},
     .needs = {"create_unix_connection", "call_later"}},
    {.id = "unix.megabytes",
     .run = megabytes,
     .rules = {"unix.megabytes"},
     .needs = {"create_unix_connection", "create_unix_server", "transport_write",
               "transport_close"}},
    {.id = "unix.close-flushes",
     .run = close_flushes,
     .rules = {"unix.close-flushes"},
     .needs = {"create_unix_connection", "transport_write", "transport_get_write_buffer_size",
               "transport_close", "call_later"}},
    {.id = "unix.abort-drops",
     .run = abort_drops,
     .rules = {"unix.abort-drops"},
     .needs = {"create_unix_connection", "transport_write", "transport_get_write_buffer_size",
               "transport_abort", "call_later"}},
    {.id = "unix.peer-gone",
     .run = peer_gone,
     .rules = {"unix.peer-gone"},
     .needs = {"create_unix_connection", "transport_write", "call_later"}},
    {.id = "unix.hundred-clients",
     .run = hundred_clients,
     .rules = {"unix.hundred-clients"},
     .needs = {"create_unix_connection", "create_unix_server", "transport_write",
               "transport_close"}},
    {.id = "unix.server-close",
     .run = server_close,
     .rules = {"unix.server-close"},
     .needs = {"create_unix_connection", "create_unix_server", "server_close", "transport_write",
               "transport_close"}},
    {.id = "unix.descriptors-return",
     .run = descriptors_return,
     .rules = {"unix.descriptors-return"},
     .needs = {"create_unix_connection", "create_unix_server", "transport_write",
               "transport_close"}},
};

CHECK_AREA_PART(unix, data, definitions);
