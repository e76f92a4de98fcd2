/* SPDX-License-Identifier: MIT
 *
 * How connections begin: connected, accepted, taken over, refused, cancelled. */
#include "streams.h"

#include <string.h>

static void connects(struct check *c)
{
    struct loop_address address;
    loop_fd listener = peer_listen(c, LOOP_ADDRESS_INET, 8, &address);
    struct endpoint *client = endpoint_new(c, "the client");
    struct loop_connection_options options = stream_options(&address);

    NEED_OK(c, "create_connection",
            endpoint_connect(client, c->ops->create_connection, &options, true));
    RUN_UNTIL(c, endpoint_completed, client, "the completion of a connection");
    EXPECT_STATUS(c, "the completion", client->status, LOOP_OK);
    peer_accept(c, listener);
    RUN_ITERATIONS(c, 3);
    EXPECT_LOG(client, "FMC");
    EXPECT_INT(c, "transport_is_closing", c->ops->transport_is_closing(client->transport) != 0, 0);
    stream_finish(client);
}

/* A peer that has said everything and gone before the loop first looked. */
static void accepts_in_order(struct check *c)
{
    struct listener *l = stream_serve(c, NULL);
    loop_fd peer = peer_connect(c, &l->address.address);

    scene_send(c, peer, "hello");
    scene_shutdown_write(c, peer);
    RUN_UNTIL(c, listener_lost, l, "connection_lost of the accepted end");
    EXPECT_INT(c, "protocols made", l->accepts, 1);
    EXPECT_TEXT(l->accepted[0], "hello");
    EXPECT_LOG(l->accepted[0], "FMdeL");
}

static void takes_over_socket(struct check *c)
{
    struct scene_pair pair = scene_tcp(c);
    struct endpoint *e = endpoint_new(c, "the client");

    stream_take_over(e, pair.end);
    EXPECT_LOG(e, "FMC");
    scene_send(c, pair.peer, "question");
    AWAIT_BYTES(e, 8);
    EXPECT_TEXT(e, "question");
    stream_finish(e);
}

static void takes_over_inet6(struct check *c)
{
    struct loop_address address;
    struct endpoint *e = endpoint_new(c, "the client");
    loop_fd listener, end;

    peer_need_inet6(c);
    listener = peer_listen(c, LOOP_ADDRESS_INET6, 8, &address);
    end = peer_connect(c, &address);
    stream_take_over(e, end);
    scene_send(c, peer_accept(c, listener), "question");
    AWAIT_BYTES(e, 8);
    EXPECT_TEXT(e, "question");
    stream_finish(e);
}

static void serves_given_socket(struct check *c)
{
    struct loop_address address, none = {.size = sizeof none};
    loop_fd fd = peer_listen(c, LOOP_ADDRESS_INET, 8, &address);
    struct listener *l = listener_new(c, "the accepted end");
    struct loop_server_options options = stream_server_options(&none);

    options.sock = fd;
    NEED_OK(c, "create_server", listener_serve(l, c->ops->create_server, &options, false));
    scene_forget(c, fd);
    RUN_UNTIL(c, listener_completed, l, "the completion of a server");
    EXPECT_STATUS(c, "the completion", l->status, LOOP_OK);
    EXPECT_INT(c, "the server's port", l->address.address.port, address.port);
    loop_fd peer = peer_connect(c, &address);
    scene_send(c, peer, "hello");
    RUN_UNTIL(c, listener_made, l, "connection_made of the accepted end");
    AWAIT_BYTES(l->accepted[0], 5);
}

static void refused(struct check *c)
{
    struct loop_address address = peer_refusing(c, LOOP_ADDRESS_INET);
    struct endpoint *e = endpoint_new(c, "the client");
    struct loop_connection_options options = stream_options(&address);
    loop_status status =
        stream_outcome(e, endpoint_connect(e, c->ops->create_connection, &options, false));

    EXPECT_STATUS(c, "a connection to a port without a listener", status, LOOP_CONNREFUSED);
    RUN_IDLE(c, MILLISECONDS(20));
    EXPECT_INT(c, "calls of connection_made", e->made, 0);
}

static void refuses_once(struct endpoint *e)
{
    e->refuses = e->listener->accepts == 1 ? LOOP_NO_MEMORY : LOOP_OK;
}

static void factory_refuses(struct check *c)
{
    struct listener *l = stream_serve(c, refuses_once);
    struct endpoint *e = endpoint_new(c, "the client");
    struct loop_connection_options options = stream_options(&l->address.address);
    struct peer *p = peer_start(c, peer_connect(c, &l->address.address));
    loop_fd peer;

    RUN_UNTIL(c, peer_ended, p, "the end of a connection whose factory refuses");
    peer_stop(p);
    EXPECT_INT(c, "connections made", l->made, 0);
    stream_from_peer(c, l, &peer);
    e->refuses = LOOP_NO_MEMORY;
    NEED_OK(c, "create_connection",
            endpoint_connect(e, c->ops->create_connection, &options, false));
    RUN_UNTIL(c, endpoint_completed, e, "the completion of a connection whose factory refuses");
    EXPECT_STATUS(c, "the completion", e->status, LOOP_NO_MEMORY);
    EXPECT_INT(c, "calls of connection_made", e->made, 0);
}

static void cancelled(struct check *c)
{
    struct loop_address address;
    struct endpoint *e = endpoint_new(c, "the client");

    peer_listen(c, LOOP_ADDRESS_INET, 0, &address);
    peer_fill_backlog(c, &address);
    struct loop_connection_options options = stream_options(&address);
    NEED_OK(c, "create_connection", endpoint_connect(e, c->ops->create_connection, &options, true));
    RUN_ITERATIONS(c, 5);
    EXPECT_INT(c, "completions of a connection under way", e->completions, 0);
    c->ops->handle_cancel(c->loop, e->operation);
    c->ops->handle_cancel(c->loop, e->operation);
    RUN_UNTIL(c, endpoint_completed, e, "the completion of what was cancelled");
    EXPECT_STATUS(c, "the completion", e->status, LOOP_CANCELLED);
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of connection_made", e->made, 0);
}

static void inet6(struct check *c)
{
    struct loop_address local = peer_loopback(LOOP_ADDRESS_INET6, 0);
    struct listener *l = listener_new(c, "the accepted end");
    struct loop_server_options options = stream_server_options(&local);
    struct kept_address name = {.calls = 0};

    peer_need_inet6(c);
    listener_serve_now(l, c->ops->create_server, "create_server", &options);
    EXPECT_INT(c, "the family of the server's address", l->address.address.family,
               LOOP_ADDRESS_INET6);
    struct stream_ends ends = stream_ends_of(c, l);
    stream_say(ends.client, "six");
    AWAIT_BYTES(ends.server, 3);
    c->ops->transport_get_peername(ends.client->transport, keep_address, &name);
    EXPECT(c, strcmp(name.host, "::1") == 0, "the peer's address is %s", name.host);
    EXPECT_INT(c, "the peer's port", name.address.port, l->address.address.port);
    stream_finish(ends.client);
}

static void local_address(struct check *c)
{
    struct listener *l = stream_serve(c, NULL);
    struct loop_address local = peer_loopback(LOOP_ADDRESS_INET, 0);
    struct endpoint *e = endpoint_new(c, "the client");
    struct loop_connection_options options = stream_options(&l->address.address);
    struct kept_address name = {.calls = 0};

    local.host = "127.0.0.2";
    peer_need_host(c, local.host);
    options.local = &local;
    endpoint_connect_now(e, c->ops->create_connection, "create_connection", &options);
    RUN_UNTIL(c, listener_made, l, "connection_made of the accepted end");
    c->ops->transport_get_peername(l->accepted[0]->transport, keep_address, &name);
    EXPECT(c, strcmp(name.host, local.host) == 0, "the client's address is %s, not %s", name.host,
           local.host);
}

static loop_status name_of(struct endpoint *e,
                           loop_status (*get)(struct loop_transport *,
                                              void (*)(void *, const struct loop_address *),
                                              void *),
                           struct kept_address *name)
{
    *name = (struct kept_address){.calls = 0};
    loop_status status = get(e->transport, keep_address, name);

    EXPECT_INT(e->check, "calls with the address", name->calls, status == LOOP_OK ? 1 : 0);
    return status;
}

static void expect_same(struct check *c, const struct kept_address *one,
                        const struct kept_address *other)
{
    EXPECT_INT(c, "address families", one->address.family, other->address.family);
    EXPECT(c, strcmp(one->host, other->host) == 0, "the addresses are %s and %s", one->host,
           other->host);
    EXPECT_INT(c, "ports of the two ends", one->address.port, other->address.port);
}

static void names(struct check *c)
{
    struct stream_ends ends = stream_ends(c);
    struct kept_address one, other;

    EXPECT_STATUS(c, "sockname", name_of(ends.client, c->ops->transport_get_sockname, &one),
                  LOOP_OK);
    EXPECT_STATUS(c, "peername", name_of(ends.server, c->ops->transport_get_peername, &other),
                  LOOP_OK);
    expect_same(c, &one, &other);
    name_of(ends.client, c->ops->transport_get_peername, &one);
    name_of(ends.server, c->ops->transport_get_sockname, &other);
    expect_same(c, &one, &other);
    expect_same(c, &one, &ends.listener->address);
}

static const struct check_definition definitions[] = {
    {.id = "streams.connects",
     .run = connects,
     .rules = {"streams.connects"},
     .needs = {"create_connection", "transport_is_closing", "transport_close"}},
    {.id = "streams.accepts-in-order",
     .run = accepts_in_order,
     .rules = {"streams.accepts-in-order"},
     .needs = {"create_server", "server_get_sockname"}},
    {.id = "streams.takes-over-socket",
     .run = takes_over_socket,
     .rules = {"streams.takes-over-socket"},
     .needs = {"create_connection", "transport_close"}},
    {.id = "streams.takes-over-inet6",
     .run = takes_over_inet6,
     .rules = {"streams.takes-over-socket"},
     .needs = {"create_connection", "transport_close"}},
    {.id = "streams.serves-given-socket",
     .run = serves_given_socket,
     .rules = {"streams.serves-given-socket"},
     .needs = {"create_server", "server_get_sockname"}},
    {.id = "streams.refused",
     .run = refused,
     .rules = {"streams.refused"},
     .needs = {"create_connection", "call_later"}},
    {.id = "streams.factory-refuses",
     .run = factory_refuses,
     .rules = {"streams.factory-refuses"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "call_later"}},
    {.id = "streams.cancelled",
     .run = cancelled,
     .rules = {"streams.cancelled"},
     .needs = {"create_connection", "handle_cancel", "handle_release"}},
    {.id = "streams.inet6",
     .run = inet6,
     .rules = {"streams.inet6"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "transport_write",
               "transport_get_peername", "transport_close"}},
    {.id = "streams.local-address",
     .run = local_address,
     .rules = {"streams.local-address"},
     .needs = {"create_connection", "create_server", "server_get_sockname",
               "transport_get_peername"}},
    {.id = "streams.names",
     .run = names,
     .rules = {"streams.names"},
     .needs = {"create_connection", "create_server", "server_get_sockname",
               "transport_get_sockname", "transport_get_peername"}},
};

CHECK_AREA(streams, definitions);
