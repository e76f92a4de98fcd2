/* SPDX-License-Identifier: MIT
 *
 * A closed loop starts nothing that would take it some time: no connection, no server, no child. */
#include "streams.h"

static loop_status never_made(void *arg, struct loop_protocol *protocol)
{
    struct check *c = arg;

    (void)protocol;
    EXPECT(c, false, "a closed loop calls a factory");
    return LOOP_FAILED;
}

static void never_connected(void *arg, loop_status status, struct loop_transport *transport)
{
    struct check *c = arg;

    (void)status;
    (void)transport;
    EXPECT(c, false, "a closed loop completes an operation");
}

static void never_serving(void *arg, loop_status status, struct loop_server *server)
{
    struct check *c = arg;

    (void)status;
    (void)server;
    EXPECT(c, false, "a closed loop completes an operation");
}

static void never_called(void *arg)
{
    struct check *c = arg;

    EXPECT(c, false, "a closed loop tells who waits for the end of a server");
}

static void close_loop(struct check *c)
{
    NEED_OK(c, "close", c->ops->close(c->loop));
}

/* What the platform has not at all may say so instead. */
static void expect_closed(struct check *c, const char *operation, loop_status status)
{
    if (loop_rule_refusing(c->variant, c->profile, operation, NULL) != NULL)
        NEED_OK(c, operation, status);
    EXPECT_STATUS(c, operation, status, check_rule(c, "lifecycle.closed-refuses")->status);
}

static const struct loop_address nowhere = {
    .size = sizeof nowhere, .family = LOOP_ADDRESS_INET, .host = "127.0.0.1", .port = 1};

static void refuses_streams(struct check *c)
{
    struct loop_connection_options to = {.size = sizeof to, .remote = nowhere, .sock = LOOP_NO_FD};
    struct loop_server_options at = {.size = sizeof at, .local = nowhere, .sock = LOOP_NO_FD};

    at.local.port = 0;
    close_loop(c);
    expect_closed(c, "create_connection",
                  c->ops->create_connection(c->loop, &to, never_made, c, never_connected, c, NULL));
    expect_closed(c, "create_server",
                  c->ops->create_server(c->loop, &at, never_made, c, never_serving, c, NULL));
}

/* The server was there before. */
static void refuses_waiting(struct check *c)
{
    struct listener *l = stream_serve(c, NULL);

    close_loop(c);
    expect_closed(c, "server_wait_closed", c->ops->server_wait_closed(l->server, never_called, c));
}

static void refuses_unix(struct check *c)
{
    struct loop_address path = {
        .size = sizeof path, .family = LOOP_ADDRESS_UNIX, .path = "closed", .path_length = 6};
    struct loop_connection_options to = {.size = sizeof to, .remote = path, .sock = LOOP_NO_FD};
    struct loop_server_options at = {.size = sizeof at, .local = path, .sock = LOOP_NO_FD};

    close_loop(c);
    expect_closed(
        c, "create_unix_connection",
        c->ops->create_unix_connection(c->loop, &to, never_made, c, never_connected, c, NULL));
    expect_closed(c, "create_unix_server",
                  c->ops->create_unix_server(c->loop, &at, never_made, c, never_serving, c, NULL));
}

static void refuses_datagrams(struct check *c)
{
    struct loop_datagram_options to = {.size = sizeof to, .remote = &nowhere, .sock = LOOP_NO_FD};

    close_loop(c);
    expect_closed(
        c, "create_datagram_endpoint",
        c->ops->create_datagram_endpoint(c->loop, &to, never_made, c, never_connected, c, NULL));
}

static void refuses_pipes(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);

    close_loop(c);
    expect_closed(
        c, "connect_read_pipe",
        c->ops->connect_read_pipe(c->loop, pair.end, never_made, c, never_connected, c, NULL));
    expect_closed(
        c, "connect_write_pipe",
        c->ops->connect_write_pipe(c->loop, pair.end, never_made, c, never_connected, c, NULL));
}

static void refuses_subprocesses(struct check *c)
{
    static const char *const program[] = {"true", NULL};
    struct loop_subprocess_options options = {
        .size = sizeof options, .argv = program, .command = "true"};

    close_loop(c);
    expect_closed(
        c, "subprocess_exec",
        c->ops->subprocess_exec(c->loop, &options, never_made, c, never_connected, c, NULL));
    expect_closed(
        c, "subprocess_shell",
        c->ops->subprocess_shell(c->loop, &options, never_made, c, never_connected, c, NULL));
}

static const struct check_definition definitions[] = {
    {.id = "lifecycle.closed-refuses-streams",
     .run = refuses_streams,
     .rules = {"lifecycle.closed-refuses"},
     .needs = {"create_connection", "create_server"}},
    {.id = "lifecycle.closed-refuses-waiting",
     .run = refuses_waiting,
     .rules = {"lifecycle.closed-refuses"},
     .needs = {"create_server", "server_wait_closed", "server_release"}},
    {.id = "lifecycle.closed-refuses-unix",
     .run = refuses_unix,
     .rules = {"lifecycle.closed-refuses"},
     .needs = {"create_unix_connection", "create_unix_server"}},
    {.id = "lifecycle.closed-refuses-datagrams",
     .run = refuses_datagrams,
     .rules = {"lifecycle.closed-refuses"},
     .needs = {"create_datagram_endpoint"}},
    {.id = "lifecycle.closed-refuses-pipes",
     .run = refuses_pipes,
     .rules = {"lifecycle.closed-refuses"},
     .needs = {"connect_read_pipe", "connect_write_pipe"}},
    {.id = "lifecycle.closed-refuses-subprocesses",
     .run = refuses_subprocesses,
     .rules = {"lifecycle.closed-refuses"},
     .needs = {"subprocess_exec", "subprocess_shell"}},
};

CHECK_AREA_PART(lifecycle, closed, definitions);
