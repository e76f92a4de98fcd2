/* SPDX-License-Identifier: MIT
 *
 * Servers: where they listen, whom they serve, how they survive, and when they close. */
#include "streams.h"

#include <string.h>

static void server_port(struct check *c)
{
    struct listener *one = stream_serve(c, NULL), *other = stream_serve(c, NULL);
    struct kept_address address = {.calls = 0};

    EXPECT(c, one->address.address.port != 0, "a server at port 0 does not tell its port");
    EXPECT(c, one->address.address.port != other->address.address.port,
           "two servers have the same port");
    EXPECT(c, strcmp(one->address.host, "127.0.0.1") == 0, "the server's address is %s",
           one->address.host);
    EXPECT_STATUS(c, "peer_try", peer_try(c, &one->address.address), LOOP_OK);
    EXPECT_STATUS(c, "server_get_sockname past the last",
                  c->ops->server_get_sockname(one->server, 1, keep_address, &address),
                  LOOP_NOT_FOUND);
    EXPECT_INT(c, "calls with an address past the last", address.calls, 0);
    RUN_UNTIL(c, listener_lost, one, "the end of the connection");
    listener_release(one);
    RUN_ITERATIONS(c, 3);
    EXPECT_STATUS(c, "peer_try of the server that is left", peer_try(c, &other->address.address),
                  LOOP_OK);
    RUN_UNTIL(c, listener_lost, other, "the end of the other connection");
}

static void every_interface(struct check *c)
{
    struct listener *l = listener_new(c, "the accepted end");
    struct loop_address every = {.size = sizeof every, .host = ""};
    struct loop_server_options options = stream_server_options(&every);
    size_t count = 0;

    listener_serve_now(l, c->ops->create_server, "create_server", &options);
    for (;; count++) {
        struct kept_address at = {.calls = 0};
        struct loop_address to;

        if (c->ops->server_get_sockname(l->server, count, keep_address, &at) != LOOP_OK)
            break;
        EXPECT(c, strcmp(at.host, "0.0.0.0") == 0 || strcmp(at.host, "::") == 0,
               "a server of every interface has the address %s", at.host);
        to = peer_loopback(at.address.family, at.address.port);
        EXPECT_STATUS(c, "a connection to it", peer_try(c, &to), LOOP_OK);
    }
    EXPECT(c, count > 0, "a server of every interface has no address");
    l->target = (int)count;
    RUN_UNTIL(c, listener_lost, l, "the end of all connections");
}

static void address_in_use(struct check *c)
{
    struct loop_address address;

    peer_listen(c, LOOP_ADDRESS_INET, 8, &address);
    struct listener *l = listener_new(c, "the accepted end");
    struct loop_server_options options = stream_server_options(&address);
    loop_status status = listener_serve(l, c->ops->create_server, &options, false);
    if (status == LOOP_OK) {
        RUN_UNTIL(c, listener_completed, l, "the completion of a server");
        status = l->status;
    }
    EXPECT_STATUS(c, "a server at a port in use", status, LOOP_ADDRINUSE);
    RUN_IDLE(c, MILLISECONDS(20));
}

/* The server's side closes first, and so keeps the port in TIME_WAIT. */
static void port_again(struct check *c)
{
    struct stream_ends ends = stream_ends(c);
    struct loop_address address = ends.listener->address.address;
    struct listener *again = listener_new(c, "the accepted end");
    struct loop_server_options options = stream_server_options(&address);

    stream_finish(ends.server);
    EXPECT_LOST(ends.client, LOOP_OK);
    c->ops->server_close(ends.listener->server);
    RUN_ITERATIONS(c, 3);
    listener_serve_now(again, c->ops->create_server, "create_server", &options);
    EXPECT_INT(c, "the port", again->address.address.port, address.port);
    stream_finish(stream_connect(c, &address));
}

static void answer(struct endpoint *e, const void *data, size_t length)
{
    stream_write(e, data, length);
}

static void sets_answer(struct endpoint *e)
{
    e->on_data = answer;
    e->releases_when_lost = true;
}

enum { CLIENTS = 100 };

static void hundred_clients(struct check *c)
{
    struct listener *l = stream_serve(c, sets_answer);
    struct loop_connection_options options = stream_options(&l->address.address);
    struct endpoint *clients[CLIENTS];

    scene_need_descriptors(c, 2 * CLIENTS + 50);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = endpoint_new(c, "a client");
        NEED_OK(c, "create_connection",
                endpoint_connect(clients[i], c->ops->create_connection, &options, false));
    }
    for (int i = 0; i < CLIENTS; i++) {
        char text[2] = {(char)('!' + i % 90), '\0'};

        RUN_UNTIL(c, endpoint_completed, clients[i], "the completion of each connection");
        EXPECT_STATUS(c, "a completion", clients[i]->status, LOOP_OK);
        stream_say(clients[i], text);
    }
    for (int i = 0; i < CLIENTS; i++) {
        char text[2] = {(char)('!' + i % 90), '\0'};

        AWAIT_BYTES(clients[i], 1);
        EXPECT_TEXT(clients[i], text);
        stream_finish(clients[i]);
    }
    l->target = CLIENTS;
    RUN_UNTIL(c, listener_lost, l, "the end of all accepted connections");
    EXPECT_INT(c, "connections accepted", l->made, CLIENTS);
}

static bool somebody_heard(void *arg)
{
    const struct listener *l = arg;

    for (int i = 0; i < l->accepts; i++)
        if (l->accepted[i]->bytes == 12)
            return true;
    return false;
}

/* Those that were reset may never be accepted, or be lost as soon as they are. */
static void gone_before_accept(struct check *c)
{
    struct listener *l = stream_serve(c, NULL);

    for (int i = 0; i < 5; i++)
        scene_reset(c, peer_connect(c, &l->address.address));
    RUN_ITERATIONS(c, 10);
    scene_send(c, peer_connect(c, &l->address.address), "still there?");
    RUN_UNTIL(c, somebody_heard, l, "what a client says after five that were reset");
    EXPECT(c, c->ops->server_is_serving(l->server) != 0, "the server serves no more");
}

static void server_close(struct check *c)
{
    struct stream_ends ends = stream_ends(c);
    struct listener *l = ends.listener;

    EXPECT(c, c->ops->server_is_serving(l->server) != 0, "a server does not serve");
    c->ops->server_close(l->server);
    EXPECT(c, c->ops->server_is_serving(l->server) == 0, "a closed server serves");
    RUN_ITERATIONS(c, 5);
    EXPECT_STATUS(c, "a connection to a closed server", peer_try(c, &l->address.address),
                  LOOP_CONNREFUSED);
    c->ops->server_close(l->server);
    RUN_ITERATIONS(c, 5);
    stream_say(ends.client, "we go on");
    AWAIT_BYTES(ends.server, 8);
    stream_say(ends.server, "so we do");
    AWAIT_BYTES(ends.client, 8);
    EXPECT_INT(c, "connections lost", l->lost + ends.client->lost, 0);
    stream_finish(ends.client);
}

static void on_closed(void *arg)
{
    struct listener *l = arg;

    EXPECT(l->check, !l->calling, "server_wait_closed completed inside its call");
    l->closures++;
    check_notify(l->check);
}

static void wait_closed(struct listener *l)
{
    struct check *c = l->check;

    l->calling = true;
    loop_status status = c->ops->server_wait_closed(l->server, on_closed, l);
    l->calling = false;
    NEED_OK(c, "server_wait_closed", status);
}

static void wait_closed_at_once(struct check *c)
{
    struct stream_ends ends = stream_ends(c);

    c->ops->server_close(ends.listener->server);
    wait_closed(ends.listener);
    RUN_UNTIL(c, listener_closed, ends.listener, "the completion of server_wait_closed");
    EXPECT_INT(c, "connections lost", ends.listener->lost, 0);
    stream_finish(ends.client);
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "completions of server_wait_closed", ends.listener->closures, 1);
}

static void wait_closed_waits(struct check *c)
{
    struct stream_ends ends = stream_ends(c);

    c->ops->server_close(ends.listener->server);
    wait_closed(ends.listener);
    RUN_IDLE(c, MILLISECONDS(50));
    EXPECT_INT(c, "completions while a connection is open", ends.listener->closures, 0);
    stream_finish(ends.client);
    RUN_UNTIL(c, listener_closed, ends.listener, "the completion of server_wait_closed");
    EXPECT_INT(c, "connections lost", ends.listener->lost, 1);
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "completions of server_wait_closed", ends.listener->closures, 1);
}

static void count_closure(void *arg)
{
    int *closures = arg;

    (*closures)++;
}

/* Two others have asked before, and while it serves none is told. */
static void wait_closed_all(struct check *c)
{
    struct listener *l = stream_serve(c, NULL);
    int closures[2] = {0, 0};

    for (int i = 0; i < 2; i++)
        NEED_OK(c, "server_wait_closed",
                c->ops->server_wait_closed(l->server, count_closure, &closures[i]));
    wait_closed(l);
    RUN_ITERATIONS(c, 5);
    EXPECT_INT(c, "completions while the server serves", closures[0] + closures[1] + l->closures,
               0);
    c->ops->server_close(l->server);
    RUN_UNTIL(c, listener_closed, l, "the completion of the last server_wait_closed");
    RUN_ITERATIONS(c, 3);
    for (int i = 0; i < 2; i++)
        EXPECT_INT(c, "completions of an earlier server_wait_closed", closures[i], 1);
}

static void survives_shortage(struct check *c)
{
    struct listener *l = stream_serve(c, sets_answer);
    struct counter timer = {.check = c, .target = 1};
    loop_fd early = peer_connect(c, &l->address.address);
    struct peer_shortage *shortage = peer_exhaust_descriptors(c);

    (void)early;
    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, MILLISECONDS(10), counter_call, &timer, NULL));
    RUN_UNTIL(c, counter_reached, &timer, "a timer while no connection can be accepted");
    RUN_IDLE(c, MILLISECONDS(400));
    EXPECT(c, c->ops->server_is_serving(l->server) != 0, "the server gave up");
    peer_end_shortage(shortage);
    struct peer *p = peer_start(c, peer_connect(c, &l->address.address));
    peer_send(p, "again", 5);
    PEER_RECEIVE(p, 5);
    PEER_EXPECT_TEXT(p, "again");
}

static const struct check_definition definitions[] = {
    {.id = "streams.server-port",
     .run = server_port,
     .rules = {"streams.server-port"},
     .needs = {"create_server", "server_get_sockname", "server_release"}},
    {.id = "streams.every-interface",
     .run = every_interface,
     .rules = {"streams.every-interface"},
     .needs = {"create_server", "server_get_sockname"},
     .flags = CHECK_POOL},
    {.id = "streams.address-in-use",
     .run = address_in_use,
     .rules = {"streams.address-in-use"},
     .needs = {"create_server", "call_later"}},
    {.id = "streams.port-again",
     .run = port_again,
     .rules = {"streams.port-again"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "server_close",
               "transport_close"}},
    {.id = "streams.hundred-clients",
     .run = hundred_clients,
     .rules = {"streams.hundred-clients"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "transport_write",
               "transport_close"}},
    {.id = "streams.gone-before-accept",
     .run = gone_before_accept,
     .rules = {"streams.gone-before-accept"},
     .needs = {"create_server", "server_get_sockname", "server_is_serving"}},
    {.id = "streams.server-close",
     .run = server_close,
     .rules = {"streams.server-close"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "server_close",
               "server_is_serving", "transport_write", "transport_close"}},
    {.id = "streams.wait-closed-at-once",
     .run = wait_closed_at_once,
     .rules = {"streams.wait-closed-at-once"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "server_close",
               "server_wait_closed", "transport_close"}},
    {.id = "streams.wait-closed-waits",
     .run = wait_closed_waits,
     .rules = {"streams.wait-closed-waits"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "server_close",
               "server_wait_closed", "transport_close", "call_later"}},
    {.id = "streams.wait-closed-all",
     .run = wait_closed_all,
     .rules = {"streams.wait-closed-all"},
     .needs = {"create_server", "server_close", "server_wait_closed"}},
    {.id = "streams.survives-shortage",
     .run = survives_shortage,
     .rules = {"streams.survives-shortage"},
     .needs = {"create_server", "server_get_sockname", "server_is_serving", "transport_write",
               "call_later"}},
};

CHECK_AREA_PART(streams, server, definitions);
