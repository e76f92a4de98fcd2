/* SPDX-License-Identifier: MIT
 *
 * Loops that lose, cut, swap and misreport datagrams. */
#include "datagrams.h"

#include <string.h>

static struct {
    unsigned char bytes[65536];
    size_t length;
} held;

/* Number 101 comes after number 102. */
static loop_status swap(struct relay *r, const void *data, size_t length,
                        const struct loop_address *to)
{
    loop_status status;

    if (r->sent == 101 && length <= sizeof held.bytes) {
        memcpy(held.bytes, data, length);
        held.length = length;
        return LOOP_OK;
    }
    status = relay_send(r, data, length, to);
    return r->sent == 102 ? relay_send(r, held.bytes, held.length, to) : status;
}
RELAY_FAULT(spoil_order, .send = swap)

static void cut_middling(struct relay *r, const void *data, size_t length,
                         const struct loop_address *from)
{
    relay_datagram(r, data, length > 1472 && length <= 9000 ? 1472 : length, from);
}
RELAY_FAULT(spoil_boundaries, .datagram = cut_middling)

static void cut_large(struct relay *r, const void *data, size_t length,
                      const struct loop_address *from)
{
    relay_datagram(r, data, length > 9100 ? 9100 : length, from);
}
RELAY_FAULT(spoil_largest, .datagram = cut_large)

static loop_status drop_oversized(struct relay *r, const void *data, size_t length,
                                  const struct loop_address *to)
{
    return length > 65507 ? LOOP_OK : relay_send(r, data, length, to);
}
RELAY_FAULT(spoil_oversized, .send = drop_oversized)

static void end_refused(struct relay *r, loop_status why)
{
    relay_error(r, why);
    if (why == LOOP_CONNREFUSED)
        relay_inner->transport_abort(r->transport);
}
RELAY_FAULT(spoil_refused, .error = end_refused)

static void end_at_empty(struct relay *r, const void *data, size_t length,
                         const struct loop_address *from)
{
    if (length > 0)
        relay_datagram(r, data, length, from);
    else
        relay_inner->transport_close(r->transport);
}
RELAY_FAULT(spoil_empty, .datagram = end_at_empty)

static loop_status drop_empty(struct relay *r, const void *data, size_t length,
                              const struct loop_address *to)
{
    return length == 0 ? LOOP_OK : relay_send(r, data, length, to);
}
RELAY_FAULT(spoil_no_empty, .send = drop_empty)

static loop_status send_empty(struct relay *r, const void *data, size_t length,
                              const struct loop_address *to)
{
    if (length == 0)
        os_send_nothing(relay_inner->transport_get_fd(r->transport));
    return relay_send(r, data, length, to);
}
RELAY_FAULT(spoil_any_empty, .send = send_empty)

static loop_status refuse_naming(struct relay *r, const void *data, size_t length,
                                 const struct loop_address *to)
{
    return r->remote && to != NULL ? LOOP_VALUE : relay_send(r, data, length, to);
}
RELAY_FAULT(spoil_naming, .send = refuse_naming)

static loop_status ignore_naming(struct relay *r, const void *data, size_t length,
                                 const struct loop_address *to)
{
    return relay_send(r, data, length, r->remote && r->flags == 0 ? NULL : to);
}
RELAY_FAULT(spoil_another, .send = ignore_naming)

/* As asyncio does it with what is no error of the system's. */
static loop_status end_at_nowhere(struct relay *r, const void *data, size_t length,
                                  const struct loop_address *to)
{
    loop_status status = relay_send(r, data, length, to);

    if (status != LOOP_OK && !r->remote)
        relay_inner->transport_abort(r->transport);
    return status;
}
RELAY_FAULT(spoil_nowhere, .send = end_at_nowhere)

const struct fault datagrams_data_faults[] = {
    {.id = "datagrams.swapped",
     .summary = "Two datagrams in a row change places",
     .checks = {"datagrams.order"},
     .spoil = spoil_order},
    {.id = "datagrams.cut",
     .summary = "A datagram is cut where an Ethernet frame would end",
     .checks = {"datagrams.boundaries"},
     .spoil = spoil_boundaries},
    {.id = "datagrams.large-cut",
     .summary = "A very large datagram is cut",
     .checks = {"datagrams.largest"},
     .spoil = spoil_largest},
    {.id = "datagrams.oversized-dropped",
     .summary = "A datagram that is too large is dropped without a word",
     .checks = {"datagrams.oversized"},
     .spoil = spoil_oversized},
    {.id = "datagrams.refusal-ends",
     .summary = "An endpoint ends when a datagram is refused",
     .checks = {"datagrams.refused"},
     .spoil = spoil_refused},
    {.id = "datagrams.empty-ends",
     .summary = "An empty datagram is taken for the end",
     .checks = {"datagrams.empty-received"},
     .spoil = spoil_empty},
    {.id = "datagrams.empty-dropped",
     .summary = "An empty datagram is not sent where it should be",
     .checks = {"datagrams.empty-sent"},
     .asyncio = "3.13",
     .spoil = spoil_no_empty},
    {.id = "datagrams.empty-let-through",
     .summary = "An empty datagram is sent where it should not be",
     .checks = {"datagrams.empty-not-sent"},
     .spoil = spoil_any_empty},
    {.id = "datagrams.naming-refused",
     .summary = "A connected endpoint may not name its peer",
     .checks = {"datagrams.to-connected-peer"},
     .spoil = spoil_naming},
    {.id = "datagrams.naming-ignored",
     .summary = "A connected endpoint sends to its peer whomever it is told to send to",
     .checks = {"datagrams.to-another"},
     .spoil = spoil_another},
    {.id = "datagrams.nowhere-ends",
     .summary = "An endpoint ends when it is told to send to where nothing can go",
     .checks = {"datagrams.nowhere"},
     .spoil = spoil_nowhere},
    {.id = NULL},
};
