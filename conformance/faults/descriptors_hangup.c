/* SPDX-License-Identifier: MIT
 *
 * Loops that miss ends, errors and connections, or never get over them. */
#include <stddef.h>

#include "descriptors_watch.h"

static bool is_over(const struct watch *w, enum os_kind kind, int state)
{
    return os_kind_of(w->fd) == kind && (os_state(w->fd) & state) == state;
}

static void unless_end(struct watch *w)
{
    if (w->writer || !is_over(w, OS_LOCAL_SOCKET, OS_HUNG_UP) || os_unread(w->fd) > 0)
        watch_deliver(w);
}
WATCH_FAULT(spoil_end, .call = unless_end)

static void unless_half_closed(struct watch *w)
{
    int state = os_state(w->fd);

    if (w->writer || os_kind_of(w->fd) != OS_LOCAL_SOCKET || os_unread(w->fd) > 0 ||
        (state & (OS_READABLE | OS_HUNG_UP)) != OS_READABLE)
        watch_deliver(w);
}
WATCH_FAULT(spoil_half_close, .call = unless_half_closed)

static void unless_reset(struct watch *w)
{
    if (w->writer || !is_over(w, OS_STREAM, OS_ERROR))
        watch_deliver(w);
}
WATCH_FAULT(spoil_reset, .call = unless_reset)

static void until_error(struct watch *w)
{
    bool error = is_over(w, OS_DATAGRAM, OS_ERROR);

    if (!w->mark)
        watch_deliver(w);
    w->mark = w->mark || error;
}
WATCH_FAULT(spoil_error, .call = until_error)

static void unless_writer_hung_up(struct watch *w)
{
    if (!w->writer || !is_over(w, OS_LOCAL_SOCKET, OS_HUNG_UP))
        watch_deliver(w);
}
WATCH_FAULT(spoil_writer_hang_up, .call = unless_writer_hung_up)

static void unless_refused(struct watch *w)
{
    if (!w->writer || !is_over(w, OS_STREAM, OS_HUNG_UP))
        watch_deliver(w);
}
WATCH_FAULT(spoil_refusal, .call = unless_refused)

static void unless_connected(struct watch *w)
{
    if (!w->writer || os_kind_of(w->fd) != OS_STREAM || is_over(w, OS_STREAM, OS_HUNG_UP))
        watch_deliver(w);
}
WATCH_FAULT(spoil_connection, .call = unless_connected)

static void unless_listener(struct watch *w)
{
    if (os_kind_of(w->fd) != OS_LISTENER)
        watch_deliver(w);
}
WATCH_FAULT(spoil_listener, .call = unless_listener)

static loop_status spin_after_hang_up(struct loop *loop, loop_fd fd, bool writer)
{
    loop_status status = watch_unregister(loop, fd, writer);

    if (os_kind_of(fd) == OS_LOCAL_SOCKET && (os_state(fd) & OS_HUNG_UP) != 0 &&
        watch_find(loop, fd, !writer) == NULL)
        watch_spin(loop);
    return status;
}
WATCH_FAULT(spoil_forgotten, .remove = spin_after_hang_up)

/* Looks every 10 ms, as a loop does that asks for half-closes besides. */
static void look_for_half_close(void *arg)
{
    struct watch *w = arg;

    if (w->live && (os_state(w->fd) & OS_HALF_CLOSED) != 0)
        watch_deliver(w);
    if (w->live)
        watch_inner->call_later(w->loop, INT64_C(10000000), look_for_half_close, w, NULL);
}

static loop_status add_and_look(struct watch *w)
{
    loop_status status = watch_register(w);

    if (status == LOOP_OK && w->writer && os_kind_of(w->fd) == OS_LOCAL_SOCKET)
        watch_inner->call_later(w->loop, INT64_C(10000000), look_for_half_close, w, NULL);
    return status;
}
WATCH_FAULT(spoil_no_room, .add = add_and_look)

static void unless_write_end(struct watch *w)
{
    if (w->writer || !os_is_write_only(w->fd))
        watch_deliver(w);
}
WATCH_FAULT(spoil_write_end, .call = unless_write_end)

const struct fault descriptors_hangup_faults[] = {
    {
        .id = "descriptors.misses-end",
        .summary = "A reader is not called when its peer is gone",
        .checks = {"descriptors.reader-sees-end"},
        .spoil = spoil_end,
    },
    {
        .id = "descriptors.misses-half-close",
        .summary = "A reader is not called when its peer writes no more",
        .checks = {"descriptors.reader-sees-half-close"},
        .spoil = spoil_half_close,
    },
    {
        .id = "descriptors.misses-reset",
        .summary = "A reader is not called when the connection was reset",
        .checks = {"descriptors.reader-sees-reset"},
        .spoil = spoil_reset,
    },
    {
        .id = "descriptors.mute-after-error",
        .summary = "After a pending error a reader is called no more",
        .checks = {"descriptors.reader-sees-error"},
        .spoil = spoil_error,
    },
    {
        .id = "descriptors.writer-misses-hang-up",
        .summary = "A writer is not called when its peer is gone",
        .checks = {"descriptors.writer-sees-hang-up"},
        .spoil = spoil_writer_hang_up,
    },
    {
        .id = "descriptors.misses-refusal",
        .summary = "A writer is not called when its connection is refused",
        .checks = {"descriptors.writer-sees-refusal"},
        .spoil = spoil_refusal,
    },
    {
        .id = "descriptors.misses-connection",
        .summary = "A writer is not called when its connection is made",
        .checks = {"descriptors.writer-sees-connection"},
        .spoil = spoil_connection,
    },
    {
        .id = "descriptors.misses-listener",
        .summary = "The reader of a listening socket is not called",
        .checks = {"descriptors.listener"},
        .spoil = spoil_listener,
    },
    {
        .id = "descriptors.spins-after-hang-up",
        .summary = "A hung-up socket whose reader and writer were removed keeps the loop awake",
        .checks = {"descriptors.hang-up-forgotten"},
        .spoil = spoil_forgotten,
    },
    {
        .id = "descriptors.half-close-is-room",
        .summary = "A writer without room is called when its peer writes no more",
        .checks = {"descriptors.half-close-is-no-room"},
        .spoil = spoil_no_room,
    },
    {
        .id = "descriptors.write-end-deaf",
        .summary = "The reader of a pipe's writing end is not called when the reading end closes",
        .checks = {"descriptors.write-end-sees-close"},
        .spoil = spoil_write_end,
    },
    {.id = NULL},
};
