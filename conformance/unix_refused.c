/* SPDX-License-Identifier: MIT
 *
 * What asyncio refuses as nonsense, before anything is made of it. */
#include "unix.h"

static void neither_path_nor_socket(struct check *c)
{
    struct loop_address none = {.size = sizeof none};

    EXPECT_STATUS(c, "connecting to neither path nor socket", unix_connect_to(c, &none),
                  LOOP_VALUE);
    EXPECT_STATUS(c, "serving neither path nor socket", unix_serve_at(c, &none), LOOP_VALUE);
    EXPECT_INT(c, "files made", unix_entries(c), 0);
}

/* A socket that was refused at the call is still the check's, and open. */
static void expect_refused(struct check *c, loop_fd fd, const char *what, loop_status at_call,
                           loop_status outcome)
{
    if (at_call == LOOP_OK)
        scene_forget(c, fd);
    else
        EXPECT(c, scene_is_open(c, fd), "the refused socket was closed");
    EXPECT_STATUS(c, what, outcome, LOOP_VALUE);
}

static void connect_with(struct check *c, const struct loop_address *to, loop_fd fd,
                         const char *what)
{
    struct loop_connection_options options = stream_options(to);
    struct endpoint *e = endpoint_new(c, "the client");
    loop_status status;

    options.sock = fd;
    status = endpoint_connect(e, c->ops->create_unix_connection, &options, false);
    expect_refused(c, fd, what, status, stream_outcome(e, status));
    EXPECT_INT(c, "calls of connection_made", e->made, 0);
}

static void serve_with(struct check *c, const struct loop_address *at, loop_fd fd, const char *what)
{
    struct loop_server_options options = stream_server_options(at);
    struct listener *l = listener_new(c, "the accepted end");
    loop_status status;

    options.sock = fd;
    status = listener_serve(l, c->ops->create_unix_server, &options, false);
    expect_refused(c, fd, what, status, unix_serving(l, status));
}

static void path_and_socket(struct check *c)
{
    struct loop_address at = unix_path(c, "s"), other = unix_path(c, "other");

    connect_with(c, &at, scene_sockets(c).end, "connecting to both path and socket");
    serve_with(c, &at, unix_bound(c, &other, false), "serving both path and socket");
    EXPECT_KIND(c, &at, UNIX_NOTHING);
}

static void inet_socket(struct check *c)
{
    struct loop_address address, none = {.size = sizeof none};

    connect_with(c, &none, scene_tcp(c).end, "taking over a TCP socket");
    serve_with(c, &none, peer_listen(c, LOOP_ADDRESS_INET, 8, &address), "serving a TCP socket");
}

static void datagram_socket(struct check *c)
{
    struct loop_address at = unix_path(c, "d"), none = {.size = sizeof none};

    connect_with(c, &none, unix_socket(c, true), "taking over a datagram socket");
    serve_with(c, &none, unix_bound(c, &at, true), "serving a datagram socket");
}

static const struct check_definition definitions[] = {
    {.id = "unix.neither-path-nor-socket",
     .run = neither_path_nor_socket,
     .rules = {"unix.neither-path-nor-socket"},
     .needs = {"create_unix_connection", "create_unix_server"}},
    {.id = "unix.path-and-socket",
     .run = path_and_socket,
     .rules = {"unix.path-and-socket"},
     .needs = {"create_unix_connection", "create_unix_server"}},
    {.id = "unix.inet-socket",
     .run = inet_socket,
     .rules = {"unix.inet-socket"},
     .needs = {"create_unix_connection", "create_unix_server"}},
    {.id = "unix.datagram-socket",
     .run = datagram_socket,
     .rules = {"unix.datagram-socket"},
     .needs = {"create_unix_connection", "create_unix_server"}},
};

CHECK_AREA_PART(unix, refused, definitions);
