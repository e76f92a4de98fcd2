/* SPDX-License-Identifier: MIT
 *
 * Loops that begin connections wrongly. */
#include <string.h>

#include "descriptors_watch.h"
#include "streams_wire.h"

static void complete_twice(struct wire_operation *o, loop_status status,
                           struct loop_transport *transport)
{
    wire_connected(o, status, transport);
    if (status == LOOP_OK && o->handle != NULL)
        wire_connected(o, status, transport);
}
WIRE_FAULT(spoil_twice, .connected = complete_twice)

static void data_before_made(struct wire *w)
{
    if (w->accepted && os_unread(wire_fd(w)) > 0)
        wire_data(w, "h", 1);
    wire_made(w);
}
WIRE_FAULT(spoil_order, .made = data_before_made)

static void lose_first_byte(struct wire *w, const void *data, size_t length)
{
    size_t lost = !w->accepted && w->operation->sock != LOOP_NO_FD && w->pieces == 1 ? 1 : 0;

    if (length > lost)
        wire_data(w, (const char *)data + lost, length - lost);
}
WIRE_FAULT(spoil_taken_over, .data = lose_first_byte)

static loop_status refuse_given(struct wire_operation *o, struct loop_server_options *options)
{
    (void)o;
    return options->sock != LOOP_NO_FD ? LOOP_INVAL : LOOP_OK;
}
WIRE_FAULT(spoil_given, .serve = refuse_given)

static void unname_refusal(struct wire_operation *o, loop_status status,
                           struct loop_transport *transport)
{
    wire_connected(o, status == LOOP_CONNREFUSED ? LOOP_FAILED : status, transport);
}
WIRE_FAULT(spoil_refusal, .connected = unname_refusal)

static void unname_factory(struct wire_operation *o, loop_status status,
                           struct loop_transport *transport)
{
    wire_connected(o, status == LOOP_NO_MEMORY ? LOOP_FAILED : status, transport);
}
WIRE_FAULT(spoil_factory, .connected = unname_factory)

static void ignore_cancel(struct loop *loop, struct loop_handle *handle)
{
    if (wire_operation_of(handle) == NULL)
        wire_inner->handle_cancel(loop, handle);
}
WIRE_FAULT_OF(spoil_cancel, handle_cancel, ignore_cancel, .connect = NULL)

static loop_status refuse_inet6(struct wire_operation *o, struct loop_server_options *options)
{
    (void)o;
    return options->local.family == LOOP_ADDRESS_INET6 ? LOOP_AFNOSUPPORT : LOOP_OK;
}
WIRE_FAULT(spoil_inet6, .serve = refuse_inet6)

static loop_status forget_local(struct wire_operation *o, struct loop_connection_options *options)
{
    (void)o;
    options->local = NULL;
    return LOOP_OK;
}
WIRE_FAULT(spoil_local, .connect = forget_local)

static loop_status confuse_names(struct loop_transport *transport,
                                 void (*receive)(void *arg, const struct loop_address *address),
                                 void *arg)
{
    const struct wire *w = wire_of(transport);

    return w != NULL && w->accepted ? wire_inner->transport_get_peername(transport, receive, arg)
                                    : wire_inner->transport_get_sockname(transport, receive, arg);
}
WIRE_FAULT_OF(spoil_names, transport_get_sockname, confuse_names, .connect = NULL)

const struct fault streams_faults[] = {
    {
        .id = "streams.completes-twice",
        .summary = "A connection whose handle was asked for completes twice",
        .checks = {"streams.connects"},
        .spoil = spoil_twice,
    },
    {
        .id = "streams.data-before-made",
        .summary = "What waits at an accepted connection is told before connection_made",
        .checks = {"streams.accepts-in-order"},
        .spoil = spoil_order,
    },
    {
        .id = "streams.taken-over-loses-byte",
        .summary = "A socket that was taken over loses its first byte",
        .checks = {"streams.takes-over-socket", "streams.takes-over-inet6"},
        .spoil = spoil_taken_over,
    },
    {
        .id = "streams.given-socket-refused",
        .summary = "No server takes a socket that listens already",
        .checks = {"streams.serves-given-socket"},
        .spoil = spoil_given,
    },
    {
        .id = "streams.refusal-unnamed",
        .summary = "A refused connection completes with FAILED",
        .checks = {"streams.refused"},
        .spoil = spoil_refusal,
    },
    {
        .id = "streams.factory-unnamed",
        .summary = "What a factory answered is completed with FAILED",
        .checks = {"streams.factory-refuses"},
        .spoil = spoil_factory,
    },
    {
        .id = "streams.cancel-ignored",
        .summary = "A connection under way cannot be cancelled",
        .checks = {"streams.cancelled"},
        .spoil = spoil_cancel,
    },
    {
        .id = "streams.no-inet6",
        .summary = "Nothing is served over IPv6",
        .checks = {"streams.inet6"},
        .spoil = spoil_inet6,
    },
    {
        .id = "streams.local-ignored",
        .summary = "The local address is ignored",
        .checks = {"streams.local-address"},
        .spoil = spoil_local,
    },
    {
        .id = "streams.names-confused",
        .summary = "An accepted connection tells its peername as its sockname",
        .checks = {"streams.names"},
        .spoil = spoil_names,
    },
    {.id = NULL},
};
