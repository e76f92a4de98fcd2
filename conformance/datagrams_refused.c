/* SPDX-License-Identifier: MIT
 *
 * What asyncio refuses as nonsense, and what only a permission allows. */
#include "datagrams.h"

static void stream_socket(struct check *c)
{
    struct loop_datagram_options options = datagram_options(NULL, NULL);
    struct endpoint *e = endpoint_new(c, "the endpoint");
    loop_status status;

    options.sock = scene_tcp(c).end;
    status = endpoint_datagrams(e, &options, false);
    if (status == LOOP_NOT_IMPLEMENTED)
        NEED_OK(c, "create_datagram_endpoint", status);
    if (status == LOOP_OK)
        scene_forget(c, options.sock);
    else
        EXPECT(c, scene_is_open(c, options.sock), "the refused socket was closed");
    EXPECT_STATUS(c, "taking over a stream socket", stream_outcome(e, status), LOOP_VALUE);
    EXPECT_INT(c, "calls of connection_made", e->made, 0);
}

static void no_address(struct check *c)
{
    struct loop_datagram_options options = datagram_options(NULL, NULL);

    EXPECT_STATUS(c, "an endpoint without address and family", datagram_outcome(c, &options),
                  LOOP_VALUE);
}

static void two_families(struct check *c)
{
    struct loop_address local = peer_loopback(LOOP_ADDRESS_INET, 0);
    struct loop_address remote = peer_loopback(LOOP_ADDRESS_INET6, 9);
    struct loop_datagram_options options = datagram_options(&local, &remote);

    EXPECT_STATUS(c, "an endpoint between two families", datagram_outcome(c, &options), LOOP_VALUE);
}

static void socket_and_address(struct check *c)
{
    struct loop_address local = peer_loopback(LOOP_ADDRESS_INET, 0);
    struct loop_datagram_options options = datagram_options(&local, NULL);

    options.sock = scene_datagram_socket(c);
    EXPECT_STATUS(c, "an endpoint of both a socket and an address", datagram_outcome(c, &options),
                  LOOP_VALUE);
}

static void broadcast_refused(struct check *c)
{
    struct loop_address to = datagram_broadcast(c);
    struct loop_datagram_options options = datagram_options(NULL, &to);

    EXPECT_STATUS(c, "an endpoint to a broadcast address without permission",
                  datagram_outcome(c, &options), LOOP_ACCES);
}

/* It is not connected: answers come from other addresses than the one that was asked. */
static void broadcast_allowed(struct check *c)
{
    struct loop_address to = datagram_broadcast(c);
    struct loop_address local = peer_loopback(LOOP_ADDRESS_INET, 0);
    struct loop_datagram_options options = datagram_options(&local, &to);
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e;

    options.flags = LOOP_ALLOW_BROADCAST;
    e = datagram_open(c, &options);
    EXPECT(c, datagram_broadcasts(c, c->ops->transport_get_fd(e->transport)),
           "the socket has no permission to broadcast");
    struct loop_address own = datagram_address(e);
    mailbox_send(m, "answer", 6, &own);
    AWAIT_DATAGRAMS(e, 1);
    datagram_expect_from(e, 0, &m->address);
    EXPECT_STATUS(c, "sendto of another address than the remote one",
                  datagram_try(e, "astray", 6, &m->address), LOOP_VALUE);
    stream_finish(e);
}

static const struct check_definition definitions[] = {
    {.id = "datagrams.stream-socket",
     .run = stream_socket,
     .rules = {"datagrams.stream-socket"},
     .needs = {"create_datagram_endpoint"}},
    {.id = "datagrams.no-address",
     .run = no_address,
     .rules = {"datagrams.no-address"},
     .needs = {"create_datagram_endpoint"}},
    {.id = "datagrams.two-families",
     .run = two_families,
     .rules = {"datagrams.two-families"},
     .needs = {"create_datagram_endpoint"}},
    {.id = "datagrams.socket-and-address",
     .run = socket_and_address,
     .rules = {"datagrams.socket-and-address"},
     .needs = {"create_datagram_endpoint"}},
    {.id = "datagrams.broadcast-refused",
     .run = broadcast_refused,
     .rules = {"datagrams.broadcast-refused"},
     .needs = {"create_datagram_endpoint"}},
    {.id = "datagrams.broadcast-allowed",
     .run = broadcast_allowed,
     .rules = {"datagrams.broadcast-allowed"},
     .needs = {"create_datagram_endpoint", "transport_sendto", "transport_get_fd",
               "transport_get_sockname", "transport_close", "call_later"}},
};

CHECK_AREA_PART(datagrams, refused, definitions);
