/* SPDX-License-Identifier: MIT
 *
 * Loops in which connections disturb what is around them. */
#include "streams_wire.h"

static void delay(struct wire *w)
{
    if (w->accepted)
        os_delay_small_writes(wire_fd(w));
    wire_made(w);
}
WIRE_FAULT(spoil_no_delay, .made = delay)

static void inherit(struct wire *w)
{
    fault_inherit_descriptors();
    wire_made(w);
}
WIRE_FAULT(spoil_inherit, .made = inherit)

static loop_status share_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    loop_status status = wire_inner->add_reader(loop, fd, callback, arg);

    return status == LOOP_RUNTIME ? LOOP_OK : status;
}
WIRE_FAULT_OF(spoil_descriptor, add_reader, share_reader, .made = NULL)

static loop_status remove_shared(struct loop *loop, loop_fd fd)
{
    loop_status status = wire_inner->remove_writer(loop, fd);

    return status == LOOP_RUNTIME ? LOOP_NOT_FOUND : status;
}
WIRE_FAULT_OF(spoil_removal, remove_writer, remove_shared, .made = NULL)

static void spin(void *arg)
{
    struct wire *w = arg;

    wire_inner->call_soon(w->loop, spin, w, NULL);
}

static int spin_half_open(struct wire *w)
{
    int answer = wire_eof(w);

    if (answer != 0 && !w->accepted)
        spin(w);
    return answer;
}
WIRE_FAULT(spoil_idle, .eof = spin_half_open)

static void spin_until_lost(void *arg)
{
    const struct wire *w = arg;

    if (!w->lost)
        wire_inner->call_soon(w->loop, spin_until_lost, arg, NULL);
}

static loop_status spin_paused(struct wire *w, const void *data, size_t length)
{
    loop_status status = wire_inner->transport_write(w->transport, data, length);

    if (w->pauses > 0 && wire_buffered(w) > 0)
        spin_until_lost(w);
    return status;
}
WIRE_FAULT(spoil_blocked, .write = spin_paused)

static void starve(struct wire *w, const void *data, size_t length)
{
    for (const struct wire *other = wire_first; other != NULL; other = other->next) {
        if (other != w && !other->lost && other->received > (size_t)4 << 20)
            return;
    }
    wire_data(w, data, length);
}
WIRE_FAULT(spoil_fairness, .data = starve)

static loop_status close_and_tell(struct loop *loop)
{
    for (struct wire *w = wire_first; w != NULL; w = w->next) {
        if (w->loop == loop && w->transport != NULL && !w->lost) {
            w->lost = true;
            wire_lost(w, LOOP_OK);
        }
    }
    return wire_inner->close(loop);
}
WIRE_FAULT_OF(spoil_loop_close, close, close_and_tell, .made = NULL)

static void first_loop_only(struct wire *w, const void *data, size_t length)
{
    static struct loop *first;

    if (first == NULL)
        first = w->loop;
    if (w->loop == first)
        wire_data(w, data, length);
}
WIRE_FAULT(spoil_loops, .data = first_loop_only)

const struct fault streams_loop_faults[] = {
    {
        .id = "streams.delays-small-writes",
        .summary = "Accepted connections hold small writes back",
        .checks = {"streams.no-delay"},
        .spoil = spoil_no_delay,
    },
    {
        .id = "streams.sockets-inherited",
        .summary = "The sockets of connections stay open over exec",
        .checks = {"streams.not-inherited"},
        .spoil = spoil_inherit,
    },
    {
        .id = "streams.descriptor-shared",
        .summary = "The descriptor of a transport is taken for a reader",
        .checks = {"streams.descriptor-taken"},
        .spoil = spoil_descriptor,
    },
    {
        .id = "streams.removal-shared",
        .summary = "The writer of a transport's descriptor is one that was never added",
        .checks = {"streams.descriptor-taken"},
        .spoil = spoil_removal,
    },
    {
        .id = "streams.half-open-spins",
        .summary = "A connecting end that stays open after the EOF keeps the loop awake",
        .checks = {"streams.idle"},
        .spoil = spoil_idle,
    },
    {
        .id = "streams.blocked-spins",
        .summary = "What a paused connection has in its buffer keeps the loop awake",
        .checks = {"streams.blocked-idle"},
        .spoil = spoil_blocked,
    },
    {
        .id = "streams.starves-the-quiet",
        .summary = "What comes beside a connection that has sent four megabytes is not heard",
        .checks = {"streams.flooded"},
        .spoil = spoil_fairness,
    },
    {
        .id = "streams.close-tells",
        .summary = "A loop that is closed calls connection_lost",
        .checks = {"streams.loop-closed"},
        .spoil = spoil_loop_close,
    },
    {
        .id = "streams.one-loop-only",
        .summary = "Only the first loop of the process hears its connections",
        .checks = {"streams.two-loops"},
        .spoil = spoil_loops,
    },
    {.id = NULL},
};
