/* SPDX-License-Identifier: MIT
 *
 * Loops that lose their way when they are disturbed. */
#include "streams_wire.h"

/* ---- cancelling, and closing, what is under way */

enum { MOST = 64 };
static struct wire_operation *under_way[MOST];
static int count;

static loop_status begin(struct wire_operation *o, struct loop_connection_options *options)
{
    (void)options;
    if (count < MOST)
        under_way[count++] = o;
    return LOOP_OK;
}

static void end(struct wire_operation *o, loop_status status, struct loop_transport *transport)
{
    for (int i = 0; i < count; i++) {
        if (under_way[i] == o)
            under_way[i] = under_way[--count];
    }
    wire_connected(o, status, transport);
}

static loop_status complete_and_close(struct loop *loop)
{
    for (int i = 0; i < count; i++) {
        if (under_way[i]->loop == loop)
            wire_connected(under_way[i], LOOP_CANCELLED, NULL);
    }
    return wire_inner->close(loop);
}
WIRE_FAULT_OF(spoil_close, close, complete_and_close, .connect = begin, .connected = end)

static bool cancelled;

static void cancel_no_server(struct loop *loop, struct loop_handle *handle)
{
    const struct wire_operation *o = wire_operation_of(handle);

    if (o == NULL || o->connected != NULL)
        wire_inner->handle_cancel(loop, handle);
    else
        cancelled = true;
}

static void serves_unseen(struct wire_operation *o, loop_status status, struct loop_server *server)
{
    if (cancelled)
        wire_serving(o, LOOP_CANCELLED, NULL);
    else
        wire_serving(o, status, server);
}
WIRE_FAULT_OF(spoil_serve_cancel, handle_cancel, cancel_no_server, .serving = serves_unseen)

static bool has_protocol(const struct wire_operation *o)
{
    for (const struct wire *w = wire_first; w != NULL; w = w->next) {
        if (w->operation == o)
            return true;
    }
    return false;
}

static void unnamed_if_late(struct wire_operation *o, loop_status status,
                            struct loop_transport *transport)
{
    wire_connected(o, status == LOOP_CANCELLED && has_protocol(o) ? LOOP_FAILED : status,
                   transport);
}
WIRE_FAULT(spoil_cancel, .connected = unnamed_if_late)

/* ---- what goes unheard */

static void lost_unless_paused(struct wire *w, loop_status why)
{
    if (why == LOOP_OK || w->pauses == 0 || w->writes == 0)
        wire_lost(w, why);
}
WIRE_FAULT(spoil_reset, .lost = lost_unless_paused)

static loop_status ignore_handler(struct loop *loop, loop_exception_handler handler, void *arg)
{
    (void)loop;
    (void)handler;
    (void)arg;
    return LOOP_OK;
}

static void spoil_handler(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    (void)inner;
    spoilt->set_exception_handler = ignore_handler;
}

/* ---- servers */

static void close_if_possible(struct loop_server *server)
{
    if (os_has_descriptors())
        wire_inner->server_close(server);
}
WIRE_FAULT_OF(spoil_shortage, server_close, close_if_possible, .serve = NULL)

static loop_status share_no_port(struct wire_operation *o, struct loop_server_options *options)
{
    (void)o;
    options->flags &= ~(uint32_t)LOOP_REUSE_PORT;
    return LOOP_OK;
}
WIRE_FAULT(spoil_reuse, .serve = share_no_port)

const struct fault streams_steps_faults[] = {
    {.id = "streams.serves-though-cancelled",
     .summary = "A server that was cancelled says so, and serves",
     .checks = {"streams.serve-cancelled"},
     .spoil = spoil_serve_cancel},
    {.id = "streams.close-completes",
     .summary = "Closing a loop completes the connections that are under way",
     .checks = {"streams.closed-at-each-step", "streams.close-resolving"},
     .spoil = spoil_close},
    {.id = "streams.cancelled-late-unnamed",
     .summary = "A connection that is cancelled when it has a protocol completes with FAILED",
     .checks = {"streams.cancelled-late", "streams.cancelled-in-factory"},
     .spoil = spoil_cancel},
    {.id = "streams.paused-hears-no-reset",
     .summary = "A connection whose reading was paused is not told that writing failed",
     .checks = {"streams.reset-while-paused"},
     .spoil = spoil_reset},
    {.id = "streams.handler-ignored",
     .summary = "The exception handler is never called",
     .checks = {"streams.reports-shortage"},
     .spoil = spoil_handler},
    {.id = "streams.shortage-keeps-serving",
     .summary = "A server cannot be closed while there are no descriptors",
     .checks = {"streams.closes-in-shortage"},
     .spoil = spoil_shortage},
    {.id = "streams.port-not-shared",
     .summary = "Two servers cannot share a port",
     .checks = {"streams.reuse-port"},
     .spoil = spoil_reuse},
    {.id = NULL},
};
