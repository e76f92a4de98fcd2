/* SPDX-License-Identifier: MIT
 *
 * Loops that take calls which a transport or a handle of that kind does not have. */
#include "fault.h"

static const struct loop_operations *inner;

static loop_status unless_type(loop_status status)
{
    return status == LOOP_TYPE ? LOOP_OK : status;
}

static loop_status write_any(struct loop_transport *transport, const void *data, size_t length)
{
    return unless_type(inner->transport_write(transport, data, length));
}

static loop_status send_any(struct loop_transport *transport, const void *data, size_t length,
                            const struct loop_address *to)
{
    return unless_type(inner->transport_sendto(transport, data, length, to));
}

static void spoil_transports(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->transport_write = write_any;
    spoilt->transport_sendto = send_any;
}

static loop_status when_of_any(struct loop *loop, struct loop_handle *handle, int64_t *when)
{
    return unless_type(inner->handle_when(loop, handle, when));
}

static void spoil_when(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->handle_when = when_of_any;
}

const struct fault streams_kinds_faults[] = {
    {.id = "streams.other-calls-taken",
     .summary = "Calls that a transport does not have succeed",
     .checks = {"streams.other-calls", "datagrams.other-calls", "pipes.other-calls",
                "subprocess.other-calls"},
     .spoil = spoil_transports},
    {.id = NULL},
};

const struct fault timers_kinds_faults[] = {
    {.id = "timers.when-of-any",
     .summary = "handle_when succeeds for any handle",
     .checks = {"timers.when-of-no-timer"},
     .spoil = spoil_when},
    {.id = NULL},
};
