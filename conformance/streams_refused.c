/* SPDX-License-Identifier: MIT
 *
 * What is refused as nonsense, before anything is made of it. */
#include "kinds.h"
#include "streams.h"

/* What came of it, at the call or at completion. A socket that was refused at the call is still the
 * check's, and open. */
static loop_status connecting(struct check *c, const struct loop_connection_options *options)
{
    struct endpoint *e = endpoint_new(c, "the client");
    loop_status status = endpoint_connect(e, c->ops->create_connection, options, false);

    if (status == LOOP_OK && options->sock != LOOP_NO_FD)
        scene_forget(c, options->sock);
    else if (options->sock != LOOP_NO_FD)
        EXPECT(c, scene_is_open(c, options->sock), "the refused socket was closed");
    status = stream_outcome(e, status);
    EXPECT_INT(c, "calls of connection_made", e->made, status == LOOP_OK);
    return status;
}

static loop_status serving(struct check *c, const struct loop_server_options *options)
{
    struct listener *l = listener_new(c, "the accepted end");
    loop_status status = listener_serve(l, c->ops->create_server, options, false);

    if (status != LOOP_OK)
        return status;
    if (options->sock != LOOP_NO_FD)
        scene_forget(c, options->sock);
    RUN_UNTIL(c, listener_completed, l, "the completion of a server");
    return l->status;
}

static loop_status connecting_with(struct check *c, loop_fd fd, const struct loop_address *to)
{
    struct loop_address none = {.size = sizeof none};
    struct loop_connection_options options = stream_options(to != NULL ? to : &none);

    options.sock = fd;
    return connecting(c, &options);
}

static loop_status serving_with(struct check *c, loop_fd fd, const struct loop_address *at)
{
    struct loop_address none = {.size = sizeof none};
    struct loop_server_options options = stream_server_options(at != NULL ? at : &none);

    options.sock = fd;
    return serving(c, &options);
}

static void socket_and_address(struct check *c)
{
    struct loop_address to, at, any = peer_loopback(LOOP_ADDRESS_INET, 0);

    peer_listen(c, LOOP_ADDRESS_INET, 8, &to);
    EXPECT_STATUS(c, "connecting to an address with a connected socket",
                  connecting_with(c, scene_tcp(c).end, &to), LOOP_VALUE);
    EXPECT_STATUS(c, "serving an address with a socket that listens",
                  serving_with(c, peer_listen(c, LOOP_ADDRESS_INET, 8, &at), &any), LOOP_VALUE);
}

static void datagram_socket(struct check *c)
{
    EXPECT_STATUS(c, "taking over a datagram socket",
                  connecting_with(c, scene_datagram_socket(c), NULL), LOOP_VALUE);
    EXPECT_STATUS(c, "serving a datagram socket", serving_with(c, scene_datagram_socket(c), NULL),
                  LOOP_VALUE);
}

static void not_a_socket(struct check *c)
{
    EXPECT_STATUS(c, "taking over the end of a pipe", connecting_with(c, scene_pipe(c).end, NULL),
                  LOOP_NOTSOCK);
    EXPECT_STATUS(c, "serving the end of a pipe", serving_with(c, scene_pipe(c).end, NULL),
                  LOOP_NOTSOCK);
}

/* If it were taken at the call, what fails later would close it under its transport. */
static void socket_taken(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer), *other = endpoint_new(c, "the second client");
    struct loop_address none = {.size = sizeof none};
    struct loop_connection_options options = stream_options(&none);
    loop_status status;

    options.sock = c->ops->transport_get_fd(e->transport);
    status = endpoint_connect(other, c->ops->create_connection, &options, false);
    EXPECT(c, status == LOOP_RUNTIME || status == LOOP_EXIST,
           "taking over the socket of a transport came to status %d", (int)status);
    scene_send(c, peer, "data");
    AWAIT_BYTES(e, 4);
    stream_finish(e);
}

/* 65536 more than a port at which somebody listens. */
static void port_beyond(struct check *c)
{
    struct loop_address to;
    loop_fd listener = peer_listen(c, LOOP_ADDRESS_INET, 8, &to);
    struct loop_connection_options options;
    struct loop_server_options serve;

    to.port += 65536;
    options = stream_options(&to);
    EXPECT_STATUS(c, "connecting to a port above 65535", connecting(c, &options), LOOP_VALUE);
    EXPECT(c, !peer_can_accept(c, listener), "the port was taken for another one");
    to.port = 65536;
    serve = stream_server_options(&to);
    EXPECT_STATUS(c, "serving a port above 65535", serving(c, &serve), LOOP_VALUE);
}

static void local_in_use(struct check *c)
{
    struct loop_address to, local;
    struct loop_connection_options options;

    peer_listen(c, LOOP_ADDRESS_INET, 8, &to);
    peer_listen(c, LOOP_ADDRESS_INET, 8, &local);
    options = stream_options(&to);
    options.local = &local;
    EXPECT_STATUS(c, "connecting from an address in use", connecting(c, &options), LOOP_ADDRINUSE);
}

/* Nobody is connected to from an address that nobody asked for. */
static void local_family(struct check *c)
{
    struct loop_address to, local = peer_loopback(LOOP_ADDRESS_INET6, 0);
    loop_fd listener = peer_listen(c, LOOP_ADDRESS_INET, 8, &to);
    struct loop_connection_options options = stream_options(&to);

    options.local = &local;
    EXPECT(c, connecting(c, &options) != LOOP_OK,
           "a connection over IPv4 was made from an address of IPv6");
    EXPECT(c, !peer_can_accept(c, listener), "the peer was connected to");
}

/* For documentation: no machine has it. */
static void not_here(struct check *c)
{
    struct loop_address at = peer_loopback(LOOP_ADDRESS_INET, 0);
    struct loop_server_options options;

    at.host = "192.0.2.1";
    options = stream_server_options(&at);
    EXPECT_STATUS(c, "serving an address of another machine", serving(c, &options),
                  LOOP_ADDRNOTAVAIL);
}

static void other_calls(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);

    kinds_expect_refused(c, e->transport, KIND_WRITES | KIND_ENDS);
    scene_send(c, peer, "data");
    AWAIT_BYTES(e, 4);
    stream_finish(e);
}

static void tells_os_error(struct check *c)
{
    struct loop_address to = peer_refusing(c, LOOP_ADDRESS_INET);
    struct loop_connection_options options = stream_options(&to);

    EXPECT_INT(c, "the system's error before any", c->ops->last_os_error(c->loop), 0);
    EXPECT(c, connecting(c, &options) != LOOP_OK, "connected to a port without a listener");
    EXPECT(c, c->ops->last_os_error(c->loop) != 0, "the system's error is not told");
}

static const struct check_definition definitions[] = {
    {.id = "streams.socket-and-address",
     .run = socket_and_address,
     .rules = {"streams.socket-and-address"},
     .needs = {"create_connection", "create_server"}},
    {.id = "streams.datagram-socket",
     .run = datagram_socket,
     .rules = {"streams.datagram-socket"},
     .needs = {"create_connection", "create_server"}},
    {.id = "streams.not-a-socket",
     .run = not_a_socket,
     .rules = {"streams.not-a-socket"},
     .needs = {"create_connection", "create_server"}},
    {.id = "streams.socket-taken",
     .run = socket_taken,
     .rules = {"streams.socket-taken"},
     .needs = {"create_connection", "transport_get_fd", "transport_close"}},
    {.id = "streams.port-beyond",
     .run = port_beyond,
     .rules = {"streams.port-beyond"},
     .needs = {"create_connection", "create_server"}},
    {.id = "streams.local-in-use",
     .run = local_in_use,
     .rules = {"streams.local-in-use"},
     .needs = {"create_connection"}},
    {.id = "streams.local-family",
     .run = local_family,
     .rules = {"streams.local-family"},
     .needs = {"create_connection"}},
    {.id = "streams.not-here",
     .run = not_here,
     .rules = {"streams.not-here"},
     .needs = {"create_server"}},
    {.id = "streams.other-calls",
     .run = other_calls,
     .rules = {"streams.other-calls"},
     .needs = {"create_connection", "transport_sendto", "transport_close"}},
    {.id = "streams.tells-os-error",
     .run = tells_os_error,
     .rules = {"streams.tells-os-error"},
     .needs = {"create_connection", "last_os_error"}},
};

CHECK_AREA_PART(streams, refused, definitions);
