/* SPDX-License-Identifier: MIT
 *
 * Loops that resolve no name, not all of it, or that wait for the resolver. */
#include <string.h>

#include "streams_wire.h"

static bool is_name(const struct loop_address *address)
{
    return address->host != NULL && strcmp(address->host, "localhost") == 0;
}

static loop_status resolve_nothing(struct wire_operation *o,
                                   struct loop_connection_options *options)
{
    (void)o;
    return is_name(&options->remote) && options->remote.family == LOOP_ADDRESS_INET
               ? LOOP_NAME_NOT_RESOLVED
               : LOOP_OK;
}
WIRE_FAULT(spoil_resolver, .connect = resolve_nothing)

static loop_status resolve_inside(struct wire_operation *o, struct loop_connection_options *options)
{
    if (is_name(&options->remote) && options->remote.family == LOOP_ADDRESS_INET)
        os_resolve(options->remote.host);
    (void)o;
    return LOOP_OK;
}
WIRE_FAULT(spoil_aside, .connect = resolve_inside)

static void ignore_cancel_of_name(struct loop *loop, struct loop_handle *handle)
{
    const struct wire_operation *o = wire_operation_of(handle);

    if (o == NULL || !o->by_name)
        wire_inner->handle_cancel(loop, handle);
}
WIRE_FAULT_OF(spoil_cancel_name, handle_cancel, ignore_cancel_of_name, .connect = NULL)

/* IPv6 is what a name with addresses of both families usually has first. */
static loop_status first_only(struct wire_operation *o, struct loop_connection_options *options)
{
    (void)o;
    if (is_name(&options->remote) && options->remote.family == LOOP_ADDRESS_ANY)
        options->remote.family = LOOP_ADDRESS_INET6;
    return LOOP_OK;
}
WIRE_FAULT(spoil_addresses, .connect = first_only)

static void unname_unknown(struct wire_operation *o, loop_status status,
                           struct loop_transport *transport)
{
    wire_connected(o, status == LOOP_NAME_NOT_RESOLVED ? LOOP_CONNREFUSED : status, transport);
}
WIRE_FAULT(spoil_unknown, .connected = unname_unknown)

static int by_name; /* connections under way */

static loop_status begin_by_name(struct wire_operation *o, struct loop_connection_options *options)
{
    (void)options;
    by_name += o->by_name;
    return LOOP_OK;
}

static void end_by_name(struct wire_operation *o, loop_status status,
                        struct loop_transport *transport)
{
    by_name -= o->by_name;
    wire_connected(o, status, transport);
}

static loop_status wait_and_close(struct loop *loop)
{
    if (by_name > 0)
        os_resolve("localhost");
    return wire_inner->close(loop);
}
WIRE_FAULT_OF(spoil_close, close, wait_and_close, .connect = begin_by_name,
              .connected = end_by_name)

const struct fault streams_resolve_faults[] = {
    {
        .id = "streams.no-resolver",
        .summary = "No name is resolved to an IPv4 address",
        .checks = {"streams.resolves"},
        .spoil = spoil_resolver,
    },
    {
        .id = "streams.resolves-inside",
        .summary = "create_connection waits for the resolver",
        .checks = {"streams.resolves-aside", "streams.cancelled-resolving"},
        .spoil = spoil_aside,
    },
    {
        .id = "streams.cancel-of-name-ignored",
        .summary = "A connection by name cannot be cancelled",
        .checks = {"streams.cancelled-resolving"},
        .spoil = spoil_cancel_name,
    },
    {
        .id = "streams.first-address-only",
        .summary = "Of the addresses of a name only the first is tried",
        .checks = {"streams.tries-each-address"},
        .spoil = spoil_addresses,
    },
    {
        .id = "streams.unknown-refused",
        .summary = "An unknown name completes as a refused connection",
        .checks = {"streams.unknown-host"},
        .spoil = spoil_unknown,
    },
    {
        .id = "streams.close-waits-for-resolver",
        .summary = "Closing a loop waits until the resolver has answered",
        .checks = {"streams.close-resolving", "streams.child-closes-resolving"},
        .spoil = spoil_close,
    },
    {.id = NULL},
};
