/* SPDX-License-Identifier: MIT
 *
 * What is refused as nonsense, what only a permission allows, and what cannot be had. */
#include "datagrams.h"

#include "kinds.h"

static void stream_socket(struct check *c)
{
    struct loop_datagram_options options = datagram_options(NULL, NULL);

    options.sock = scene_tcp(c).end;
    EXPECT_STATUS(c, "taking over a stream socket", datagram_outcome(c, &options), LOOP_VALUE);
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

static void unknown_host(struct check *c)
{
    struct loop_address to = {
        .size = sizeof to, .family = LOOP_ADDRESS_INET, .host = "no..host", .port = 9};
    struct loop_datagram_options options = datagram_options(NULL, &to);
    loop_status status = datagram_outcome(c, &options);

    EXPECT(c, status == LOOP_NAME_NOT_RESOLVED || status == LOOP_VALUE,
           "an endpoint to a name that cannot be came to status %d", (int)status);
}

static void other_calls(struct check *c)
{
    struct endpoint *e = datagram_bound(c, LOOP_ADDRESS_INET);

    kinds_expect_refused(c, e->transport, KIND_SENDS);
    stream_finish(e);
}

/* What the call itself does not refuse must come as an error. */
static void expect_unsent(struct endpoint *e, const struct loop_address *to, const char *what)
{
    int before = e->errors;

    if (datagram_try(e, "astray", 6, to) != LOOP_OK)
        return;
    for (int i = 0; i < 10 && e->errors == before; i++)
        RUN_ITERATIONS(e->check, 1);
    EXPECT(e->check, e->errors > before, "%s was taken without an error", what);
}

static void nowhere(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_bound(c, LOOP_ADDRESS_INET);
    struct loop_address beyond = m->address, other = peer_loopback(LOOP_ADDRESS_INET6, 9),
                        name = m->address;

    beyond.port += 65536;
    name.host = "no..host";
    expect_unsent(e, NULL, "a datagram to nobody");
    expect_unsent(e, &beyond, "a datagram to a port above 65535");
    expect_unsent(e, &other, "a datagram to another family");
    expect_unsent(e, &name, "a datagram to a name");
    datagram_say(e, "arrives", &m->address);
    AWAIT_LETTERS(m, 1);
    EXPECT_LETTER(m, 0, "arrives");
    stream_finish(e);
}

static void in_shortage(struct check *c)
{
    struct loop_address local = peer_loopback(LOOP_ADDRESS_INET, 0);
    struct loop_datagram_options options = datagram_options(&local, NULL);
    struct peer_shortage *shortage = peer_exhaust_descriptors(c);
    loop_status bound = datagram_outcome(c, &options), unbound;

    options.local = NULL;
    options.family = LOOP_ADDRESS_INET;
    unbound = datagram_outcome(c, &options);
    peer_end_shortage(shortage);
    EXPECT_STATUS(c, "an endpoint without a descriptor", bound, LOOP_MFILE);
    EXPECT_STATUS(c, "an endpoint of a family alone without a descriptor", unbound, LOOP_MFILE);
    stream_finish(datagram_bound(c, LOOP_ADDRESS_INET));
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
    {.id = "datagrams.unknown-host",
     .run = unknown_host,
     .rules = {"datagrams.unknown-host"},
     .needs = {"create_datagram_endpoint"},
     .flags = CHECK_POOL},
    {.id = "datagrams.in-shortage",
     .run = in_shortage,
     .rules = {"datagrams.in-shortage"},
     .needs = {"create_datagram_endpoint", "transport_close"}},
    {.id = "datagrams.other-calls",
     .run = other_calls,
     .rules = {"datagrams.other-calls"},
     .needs = {"create_datagram_endpoint", "transport_write", "transport_close"}},
    {.id = "datagrams.nowhere",
     .run = nowhere,
     .rules = {"datagrams.nowhere"},
     .needs = {"create_datagram_endpoint", "transport_sendto", "transport_close", "call_later"}},
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
