/* SPDX-License-Identifier: MIT
 *
 * Connections and servers that are disturbed between two steps of their beginning or their end. */
#include "streams.h"

#include <string.h>

static void cancel_late(void *arg)
{
    struct endpoint *e = arg;

    e->check->ops->handle_cancel(e->loop, e->operation);
}

/* The connection is there; the iteration that tells of it comes next. */
static loop_status late_factory(void *arg, struct loop_protocol *protocol)
{
    struct endpoint *e = arg;
    struct check *c = e->check;

    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, cancel_late, e, NULL));
    return endpoint_factory(e, protocol);
}

/* Or too late, and then it is a connection as any other. */
static void expect_cancelled_late(struct endpoint *e)
{
    struct check *c = e->check;

    RUN_UNTIL(c, endpoint_completed, e, "the completion of what was cancelled");
    if (e->status == LOOP_OK) {
        stream_finish(e);
        return;
    }
    EXPECT_STATUS(c, "the completion", e->status, LOOP_CANCELLED);
    if (e->made > 0)
        EXPECT_LOST(e, LOOP_OK);
    RUN_IDLE(c, MILLISECONDS(10));
    EXPECT_INT(c, "completions", e->completions, 1);
    EXPECT_INT(c, "calls of connection_lost", e->lost, e->made);
}

static void connect_by(struct check *c, loop_protocol_factory factory)
{
    struct loop_address address;
    struct endpoint *e = endpoint_new(c, "the client");
    struct loop_connection_options options;

    peer_listen(c, LOOP_ADDRESS_INET, 8, &address);
    options = stream_options(&address);
    NEED_OK(c, "create_connection",
            c->ops->create_connection(c->loop, &options, factory, e, endpoint_connected, e,
                                      &e->operation));
    expect_cancelled_late(e);
}

static void cancelled_late(struct check *c)
{
    connect_by(c, late_factory);
}

static loop_status cancelling_factory(void *arg, struct loop_protocol *protocol)
{
    cancel_late(arg);
    return endpoint_factory(arg, protocol);
}

static void cancelled_in_factory(struct check *c)
{
    connect_by(c, cancelling_factory);
}

static void stop_other(void *arg)
{
    const struct endpoint *e = arg;

    e->check->ops->stop(e->loop);
}

/* A connection and a server of another loop, after so many of its iterations. */
static void close_at(struct check *c, const struct loop_address *to, int iterations)
{
    struct endpoint *e = endpoint_new(c, "the client");
    struct listener *l = listener_new(c, "the accepted end");
    struct loop_address any = peer_loopback(LOOP_ADDRESS_INET, 0);
    struct loop_connection_options connect = stream_options(to);
    struct loop_server_options serve = stream_server_options(&any);

    e->loop = l->loop = check_open_loop(c);
    NEED_OK(c, "create_connection",
            endpoint_connect(e, c->ops->create_connection, &connect, false));
    NEED_OK(c, "create_server", listener_serve(l, c->ops->create_server, &serve, false));
    for (int i = 0; i < iterations; i++) {
        NEED_OK(c, "call_soon", c->ops->call_soon(e->loop, stop_other, e, NULL));
        NEED_OK(c, "run_forever", c->ops->run_forever(e->loop));
    }
    e->calling = l->calling = true;
    NEED_OK(c, "close", c->ops->close(e->loop));
    e->calling = l->calling = false;
}

static void closed_at_each_step(struct check *c)
{
    struct loop_address to;

    peer_listen(c, LOOP_ADDRESS_INET, 16, &to);
    for (int iterations = 0; iterations < 8; iterations++)
        close_at(c, &to, iterations);
    endpoints_expect_silence(c);
}

/* What was buffered cannot be sent any more, which a loop learns without reading. */
static void reset_while_paused(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_narrow(c, &peer);

    stream_pause(e);
    stream_write(e, pattern_new(c, MEGABYTE), MEGABYTE); /* more than the system takes */
    RUN_ITERATIONS(c, 3);
    scene_reset(c, peer);
    RUN_UNTIL(c, endpoint_lost, e, "connection_lost of a paused connection that was reset");
    EXPECT(c, e->why == LOOP_CONNRESET || e->why == LOOP_PIPE, "connection_lost said status %d",
           (int)e->why);
    EXPECT_INT(c, "bytes received while paused", e->bytes, 0);
}

struct reports {
    struct check *check;
    int calls;
    loop_status status;
    bool message;
};

static void report(void *arg, const struct loop_exception_context *context)
{
    struct reports *r = arg;

    r->calls++;
    r->status = context->status;
    r->message = context->message != NULL && context->message[0] != '\0';
    check_notify(r->check);
}

static bool reported(void *arg)
{
    const struct reports *r = arg;

    return r->calls > 0;
}

static void reports_shortage(struct check *c)
{
    struct reports *r = check_alloc(c, sizeof *r);
    struct listener *l = stream_serve(c, NULL);
    struct peer_shortage *shortage;

    r->check = c;
    EXPECT_STATUS(c, "set_exception_handler", c->ops->set_exception_handler(c->loop, report, r),
                  LOOP_OK);
    peer_connect(c, &l->address.address);
    shortage = peer_exhaust_descriptors(c);
    RUN_UNTIL(c, reported, r, "a call of the exception handler");
    peer_end_shortage(shortage);
    EXPECT_STATUS(c, "the report", r->status, LOOP_MFILE);
    EXPECT(c, r->message, "the report has no message");
    EXPECT_STATUS(c, "set_exception_handler", c->ops->set_exception_handler(c->loop, NULL, NULL),
                  LOOP_OK);
}

/* The loop may have put off accepting; that is over now. A proactor accepts into a socket that it
 * made before, and so may have taken the first. */
static void closes_in_shortage(struct check *c)
{
    int ready = strcmp(c->variant->kind, "proactor") == 0;
    struct listener *l = stream_serve(c, NULL);
    loop_fd waiting[] = {peer_connect(c, &l->address.address),
                         peer_connect(c, &l->address.address)};
    struct peer_shortage *shortage = peer_exhaust_descriptors(c);

    (void)waiting;
    RUN_IDLE(c, MILLISECONDS(30));
    c->ops->server_close(l->server);
    peer_end_shortage(shortage);
    EXPECT(c, c->ops->server_is_serving(l->server) == 0, "a closed server serves");
    RUN_IDLE(c, MILLISECONDS(20));
    EXPECT_STATUS(c, "a connection to a closed server", peer_try(c, &l->address.address),
                  LOOP_CONNREFUSED);
    EXPECT(c, l->made <= ready, "%d of the connections that waited were made", l->made);
}

static void serve_cancelled(struct check *c)
{
    struct loop_address address, none = {.size = sizeof none};
    loop_fd fd = peer_listen(c, LOOP_ADDRESS_INET, 8, &address);
    struct listener *l = listener_new(c, "the accepted end");
    struct loop_server_options options = stream_server_options(&none);

    options.sock = fd;
    NEED_OK(c, "create_server", listener_serve(l, c->ops->create_server, &options, true));
    scene_forget(c, fd);
    c->ops->handle_cancel(c->loop, l->operation);
    RUN_UNTIL(c, listener_completed, l, "the completion of a server that was cancelled");
    if (l->status == LOOP_OK) /* it was too late */
        listener_release(l);
    else
        EXPECT_STATUS(c, "the completion", l->status, LOOP_CANCELLED);
    RUN_ITERATIONS(c, 3);
    EXPECT_STATUS(c, "a connection to the socket of a server that was cancelled",
                  peer_try(c, &address), LOOP_CONNREFUSED);
}

static void reuse_port(struct check *c)
{
    struct listener *one = listener_new(c, "an accepted end"), *other = listener_new(c, "another");
    struct listener *alone = listener_new(c, "nobody's");
    struct loop_address local = peer_loopback(LOOP_ADDRESS_INET, 0);
    struct loop_server_options options = stream_server_options(&local);

    options.flags = LOOP_REUSE_PORT;
    listener_serve_now(one, c->ops->create_server, "create_server", &options);
    options.local = one->address.address;
    listener_serve_now(other, c->ops->create_server, "create_server", &options);
    EXPECT_INT(c, "the second server's port", other->address.address.port,
               one->address.address.port);
    options.flags = 0;
    NEED_OK(c, "create_server", listener_serve(alone, c->ops->create_server, &options, false));
    RUN_UNTIL(c, listener_completed, alone, "the completion of a server");
    EXPECT_STATUS(c, "a server that does not ask to share", alone->status, LOOP_ADDRINUSE);
}

static const struct check_definition definitions[] = {
    {.id = "streams.cancelled-late",
     .run = cancelled_late,
     .rules = {"streams.cancelled-late"},
     .needs = {"create_connection", "handle_cancel", "handle_release", "transport_close",
               "call_later"}},
    {.id = "streams.cancelled-in-factory",
     .run = cancelled_in_factory,
     .rules = {"streams.cancelled-late"},
     .needs = {"create_connection", "handle_cancel", "handle_release", "transport_close",
               "call_later"}},
    {.id = "streams.closed-at-each-step",
     .run = closed_at_each_step,
     .rules = {"streams.closed-at-each-step"},
     .needs = {"create_connection", "create_server"}},
    {.id = "streams.reset-while-paused",
     .run = reset_while_paused,
     .rules = {"streams.reset-while-paused"},
     .needs = {"create_connection", "transport_write", "transport_pause_reading"}},
    {.id = "streams.reports-shortage",
     .run = reports_shortage,
     .rules = {"streams.reports-shortage"},
     .needs = {"create_server", "server_get_sockname", "set_exception_handler"}},
    {.id = "streams.closes-in-shortage",
     .run = closes_in_shortage,
     .rules = {"streams.closes-in-shortage"},
     .needs = {"create_server", "server_get_sockname", "server_close", "server_is_serving",
               "call_later"}},
    {.id = "streams.serve-cancelled",
     .run = serve_cancelled,
     .rules = {"streams.serve-cancelled"},
     .needs = {"create_server", "server_release", "handle_cancel", "handle_release"}},
    {.id = "streams.reuse-port",
     .run = reuse_port,
     .rules = {"streams.reuse-port"},
     .needs = {"create_server", "server_get_sockname"}},
};

CHECK_AREA_PART(streams, steps, definitions);
