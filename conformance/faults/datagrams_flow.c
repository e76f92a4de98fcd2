/* SPDX-License-Identifier: MIT
 *
 * Loops that do not know how to wait with datagrams, or how to end. */
#include "datagrams.h"

#include <stdlib.h>
#include <string.h>

static void say_nothing(struct relay *r, bool pause)
{
    (void)r;
    (void)pause;
}
RELAY_FAULT(spoil_flow, .flow = say_nothing)

static size_t count_headers(struct loop_transport *transport)
{
    const struct relay *r = relay_of(transport);

    return relay_inner->transport_get_write_buffer_size(transport) +
           (r != NULL && r->sent > 0 ? 8 : 0);
}
RELAY_FAULT_OF(spoil_size, transport_get_write_buffer_size, count_headers, .made = NULL)

static void spin_while_buffered(void *arg)
{
    struct relay *r = arg;

    if (!r->lost && r->transport != NULL && relay_buffered(r) > 0)
        relay_inner->call_soon(r->loop, spin_while_buffered, r, NULL);
}

static loop_status send_and_spin(struct relay *r, const void *data, size_t length,
                                 const struct loop_address *to)
{
    loop_status status = relay_send(r, data, length, to);

    if (r->sent == 50)
        relay_inner->call_soon(r->loop, spin_while_buffered, r, NULL);
    return status;
}
RELAY_FAULT(spoil_wait, .send = send_and_spin)

static void close_hard(struct relay *r)
{
    if (relay_buffered(r) > 0)
        relay_inner->transport_abort(r->transport);
    else
        relay_inner->transport_close(r->transport);
}
RELAY_FAULT(spoil_close, .close = close_hard)

static void abort_softly(struct relay *r)
{
    relay_inner->transport_close(r->transport);
}
RELAY_FAULT(spoil_abort, .abort = abort_softly)

/* What must wait goes where the one before it went. */
static loop_status send_after_another(struct relay *r, const void *data, size_t length,
                                      const struct loop_address *to)
{
    static char path[256];
    static struct loop_address before;
    bool by_path = to != NULL && to->family == LOOP_ADDRESS_UNIX && to->path_length < sizeof path;
    bool waits = by_path && relay_buffered(r) > 0;
    loop_status status = relay_send(r, data, length, waits ? &before : to);

    if (by_path) {
        memcpy(path, to->path, to->path_length);
        before = *to;
        before.path = path;
    }
    return status;
}
RELAY_FAULT(spoil_receivers, .send = send_after_another)

static void end_waiting(struct relay *r, loop_status why)
{
    relay_error(r, why);
    if (r->sent == 50)
        relay_inner->transport_abort(r->transport);
}
RELAY_FAULT(spoil_peer, .error = end_waiting)

static void lose_aborted(struct relay *r, loop_status why)
{
    relay_lost(r, r->closing && r->aborted ? LOOP_CONNABORTED : why);
}
RELAY_FAULT(spoil_once, .lost = lose_aborted)

static loop_status refuse_late(struct relay *r, const void *data, size_t length,
                               const struct loop_address *to)
{
    return r->closing ? LOOP_RUNTIME : relay_send(r, data, length, to);
}
RELAY_FAULT(spoil_late, .send = refuse_late)

static void deliver_late(struct relay *r, const void *data, size_t length,
                         const struct loop_address *from)
{
    bool closed = r->closing;

    relay_datagram(r, data, length, from);
    if (r->closing && !closed)
        relay_datagram(r, data, length, from);
}
RELAY_FAULT(spoil_inside, .datagram = deliver_late)

/* A timer that waits until no datagram has come for a while. */
struct patient {
    struct loop *loop;
    loop_callback callback;
    void *arg;
    int received;
};

static void due(void *arg)
{
    struct patient *p = arg;

    if (p->received == relay_received()) {
        p->callback(p->arg);
        free(p);
        return;
    }
    p->received = relay_received();
    relay_inner->call_later(p->loop, 1000000, due, p, NULL);
}

static loop_status call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                              struct loop_handle **handle)
{
    struct patient *p = handle == NULL ? malloc(sizeof *p) : NULL;

    if (p == NULL)
        return relay_inner->call_later(loop, delay, callback, arg, handle);
    *p = (struct patient){loop, callback, arg, relay_received()};
    return relay_inner->call_later(loop, delay, due, p, NULL);
}
RELAY_FAULT_OF(spoil_timers, call_later, call_later, .made = NULL)

static void spin(void *arg)
{
    struct relay *r = arg;

    if (!r->lost)
        relay_inner->call_soon(r->loop, spin, r, NULL);
}

static loop_status send_then_spin(struct relay *r, const void *data, size_t length,
                                  const struct loop_address *to)
{
    if (r->sent == 1 && r->family == LOOP_ADDRESS_INET)
        relay_inner->call_later(r->loop, 30000000, spin, r, NULL);
    return relay_send(r, data, length, to);
}
RELAY_FAULT(spoil_idle, .send = send_then_spin)

static void rename_refusal(struct relay *r, loop_status status, struct loop_transport *transport)
{
    relay_opened(r, status == LOOP_NO_MEMORY ? LOOP_FAILED : status, transport);
}
RELAY_FAULT(spoil_factory, .opened = rename_refusal)

static void leak(struct relay *r, loop_status why)
{
    unix_leak_one();
    relay_lost(r, why);
}

static void spoil_descriptors(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    static const struct relay_hooks hooks = {.lost = leak};

    relay_spoil(spoilt, inner, &hooks);
    unix_leak_descriptor(spoilt, inner);
}

const struct fault datagrams_flow_faults[] = {
    {.id = "datagrams.waiting-swap-receivers",
     .summary = "A datagram that must wait goes where the one before it went",
     .checks = {"datagrams.drains-each"},
     .spoil = spoil_receivers},
    {.id = "datagrams.peer-goes-ends",
     .summary = "An endpoint ends when datagrams that wait cannot be sent any more",
     .checks = {"datagrams.peer-goes"},
     .spoil = spoil_peer},
    {.id = "datagrams.never-pauses",
     .summary = "Whoever sends more than can be sent is never told",
     .checks = {"datagrams.pauses"},
     .spoil = spoil_flow},
    {.id = "datagrams.headers-counted",
     .summary = "The header of a datagram stays in the buffer's size for ever",
     .checks = {"datagrams.drains"},
     .spoil = spoil_size},
    {.id = "datagrams.waits-busily",
     .summary = "The loop spins while a datagram waits to be sent",
     .checks = {"datagrams.waits-quietly"},
     .spoil = spoil_wait},
    {.id = "datagrams.close-drops",
     .summary = "A close drops the datagrams that wait",
     .checks = {"datagrams.close-flushes"},
     .spoil = spoil_close},
    {.id = "datagrams.abort-flushes",
     .summary = "An abort waits until all is sent",
     .checks = {"datagrams.abort-drops"},
     .spoil = spoil_abort},
    {.id = "datagrams.abort-after-close",
     .summary = "An endpoint that is closed and then aborted is lost as CONNABORTED",
     .checks = {"datagrams.close-once"},
     .spoil = spoil_once},
    {.id = "datagrams.late-refused",
     .summary = "Sending after a close is an error",
     .checks = {"datagrams.send-after-close"},
     .spoil = spoil_late},
    {.id = "datagrams.received-after-close",
     .summary = "An endpoint that is closed while it receives receives once more",
     .checks = {"datagrams.close-inside"},
     .spoil = spoil_inside},
    {.id = "datagrams.timers-starve",
     .summary = "Timers wait until no more datagrams come",
     .checks = {"datagrams.timers-in-turn"},
     .spoil = spoil_timers},
    {.id = "datagrams.idle-spins",
     .summary = "The loop spins some time after the first datagram was sent",
     .checks = {"datagrams.idle"},
     .spoil = spoil_idle},
    {.id = "datagrams.factory-other-status",
     .summary = "A factory's refusal is told as FAILED",
     .checks = {"datagrams.factory-refuses"},
     .spoil = spoil_factory},
    {.id = "datagrams.descriptor-kept",
     .summary = "Every endpoint leaves a descriptor behind until the loop is closed",
     .checks = {"datagrams.descriptors-return"},
     .spoil = spoil_descriptors},
    {.id = NULL},
};
