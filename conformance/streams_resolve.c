/* SPDX-License-Identifier: MIT
 *
 * Connections to what has a name: it is looked up, and nobody waits for that. */
#include "streams.h"

static void resolves(struct check *c)
{
    struct listener *l = stream_serve(c, NULL);
    struct loop_address remote = l->address.address;

    remote.host = "localhost";
    stream_finish(stream_connect(c, &remote));
}

/* "localhost" may well be ::1 first, where nobody listens. */
static void tries_each_address(struct check *c)
{
    struct listener *l = stream_serve(c, NULL);
    struct loop_address remote = l->address.address;

    remote.host = "localhost";
    remote.family = LOOP_ADDRESS_ANY;
    stream_finish(stream_connect(c, &remote));
}

/* Looks every millisecond whether the resolver was asked. */
struct lookout {
    struct check *check;
    struct endpoint *e;
    struct loop_address remote;
    int looks; /* while somebody waited for the resolver */
};

static void look(void *arg)
{
    struct lookout *l = arg;
    struct check *c = l->check;

    l->looks += peer_is_resolving();
    if (l->e->completions == 0)
        NEED_OK(c, "call_later", c->ops->call_later(c->loop, MILLISECONDS(1), look, l, NULL));
    check_notify(c);
}

/* A callback, so that a call that waits for the resolver is under the deadline. */
static void connect_by_name(void *arg)
{
    struct lookout *l = arg;
    struct check *c = l->check;
    struct loop_connection_options options = stream_options(&l->remote);

    NEED_OK(c, "create_connection",
            endpoint_connect(l->e, c->ops->create_connection, &options, true));
    look(l);
}

static bool looked_on(void *arg)
{
    const struct lookout *l = arg;

    return l->looks >= 5 || l->e->completions > 0;
}

struct endpoint *stream_resolving(struct check *c, const struct listener *server)
{
    struct lookout *l = check_alloc(c, sizeof *l);

    l->check = c;
    l->e = endpoint_new(c, "the client");
    l->remote = server->address.address;
    l->remote.host = "localhost";
    peer_hold_resolver(c);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, connect_by_name, l, NULL));
    RUN_UNTIL(c, looked_on, l, "timers while a name is resolved");
    if (l->e->completions > 0)
        check_skip(c, "the resolver of this loop is its own, and cannot be held up");
    return l->e;
}

static void resolves_aside(struct check *c)
{
    struct endpoint *e = stream_resolving(c, stream_serve(c, NULL));

    EXPECT_INT(c, "completions while the name is not resolved", e->completions, 0);
    peer_let_resolve();
    RUN_UNTIL(c, endpoint_completed, e, "the completion of a connection");
    EXPECT_STATUS(c, "the completion", e->status, LOOP_OK);
    stream_finish(e);
}

static void cancelled_resolving(struct check *c)
{
    struct endpoint *e = stream_resolving(c, stream_serve(c, NULL));

    c->ops->handle_cancel(c->loop, e->operation);
    RUN_UNTIL(c, endpoint_completed, e, "the completion of what was cancelled");
    EXPECT_STATUS(c, "the completion", e->status, LOOP_CANCELLED);
    peer_let_resolve();
    RUN_IDLE(c, MILLISECONDS(20));
    EXPECT_INT(c, "calls of connection_made", e->made, 0);
}

/* The harness closes the loop while the resolver is still held up, and lets it go then. */
static void close_resolving(struct check *c)
{
    struct endpoint *e = stream_resolving(c, stream_serve(c, NULL));

    EXPECT_INT(c, "completions while the name is not resolved", e->completions, 0);
    endpoints_expect_silence(c);
}

/* No name has an empty label, so no resolver asks anybody for it. CPython finds that out by itself,
 * with a UnicodeError, which is a ValueError. */
static void unknown_host(struct check *c)
{
    struct loop_address address = {
        .size = sizeof address, .family = LOOP_ADDRESS_INET, .host = "no..host", .port = 9};
    struct endpoint *e = endpoint_new(c, "the client");
    struct loop_connection_options options = stream_options(&address);
    loop_status status =
        stream_outcome(e, endpoint_connect(e, c->ops->create_connection, &options, false));

    EXPECT(c, status == LOOP_NAME_NOT_RESOLVED || status == LOOP_VALUE,
           "a connection to a name that cannot be came to status %d", (int)status);
    EXPECT_INT(c, "calls of connection_made", e->made, 0);
}

static const struct check_definition definitions[] = {
    {.id = "streams.resolves",
     .run = resolves,
     .rules = {"streams.resolves"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "transport_close"},
     .flags = CHECK_POOL},
    {.id = "streams.tries-each-address",
     .run = tries_each_address,
     .rules = {"streams.tries-each-address"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "transport_close"},
     .flags = CHECK_POOL},
    {.id = "streams.resolves-aside",
     .run = resolves_aside,
     .rules = {"streams.resolves-aside"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "transport_close",
               "call_later"},
     .flags = CHECK_POOL},
    {.id = "streams.cancelled-resolving",
     .run = cancelled_resolving,
     .rules = {"streams.cancelled-resolving"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "handle_cancel",
               "handle_release", "call_later"},
     .flags = CHECK_POOL},
    {.id = "streams.close-resolving",
     .run = close_resolving,
     .rules = {"streams.close-resolving"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "handle_release",
               "call_later"},
     .flags = CHECK_POOL},
    {.id = "streams.unknown-host",
     .run = unknown_host,
     .rules = {"streams.unknown-host"},
     .needs = {"create_connection"},
     .flags = CHECK_POOL},
};

CHECK_AREA_PART(streams, resolve, definitions);
