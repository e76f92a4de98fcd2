/* SPDX-License-Identifier: MIT
 *
 * Loops that cannot part from a closed descriptor, or meddle with what others share. */
#include <stddef.h>

#include "descriptors_watch.h"

/* After a removal: whether the file lives on under another number only. */
static void spin_for_duplicate(void *arg)
{
    const struct watch *w = arg;

    if (os_file(w->fd) != w->file && os_duplicate_of(w->file) != LOOP_NO_FD)
        watch_spin(w->loop);
}

static loop_status remove_and_look(struct loop *loop, loop_fd fd, bool writer)
{
    struct watch *w = watch_find(loop, fd, writer);
    loop_status status = watch_unregister(loop, fd, writer);

    if (w != NULL)
        watch_soon(loop, spin_for_duplicate, w);
    return status;
}
WATCH_FAULT(spoil_duplicate, .remove = remove_and_look)

static loop_status take_file_once(struct watch *w)
{
    for (const struct watch *other = watch_live; other != NULL; other = other->next_live) {
        if (other->loop == w->loop && other->fd != w->fd && other->file == w->file &&
            os_file(other->fd) == other->file)
            return LOOP_OK;
    }
    return watch_register(w);
}
WATCH_FAULT(spoil_file_once, .add = take_file_once)

static void spin_when_closed(struct watch *w)
{
    loop_fd fd = w->fd;
    struct loop *loop = w->loop;

    watch_deliver(w);
    if (os_kind_of(fd) == OS_CLOSED)
        watch_spin(loop);
}
WATCH_FAULT(spoil_closed_inside, .call = spin_when_closed)

WATCH_FAULT(spoil_nothing, .add = NULL)

static bool is_live_and_closed(const struct watch *w)
{
    return w->live && os_kind_of(w->fd) == OS_CLOSED;
}

static loop_status run_poisoned(struct loop *loop)
{
    static bool poisoned;

    for (const struct watch *w = watch_live; w != NULL; w = w->next_live)
        poisoned = poisoned || is_live_and_closed(w);
    return poisoned ? LOOP_BADF : watch_inner->run_forever(loop);
}

static void spoil_poisoned(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    spoil_nothing(spoilt, inner);
    spoilt->run_forever = run_poisoned;
}

static void spin_while_closed(void *arg)
{
    struct watch *w = arg;

    if (is_live_and_closed(w))
        watch_soon(w->loop, spin_while_closed, w);
}

static loop_status run_spinning(struct loop *loop)
{
    for (struct watch *w = watch_live; w != NULL; w = w->next_live) {
        if (is_live_and_closed(w))
            watch_soon(loop, spin_while_closed, w);
    }
    return watch_inner->run_forever(loop);
}

static void spoil_spinning(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    spoil_nothing(spoilt, inner);
    spoilt->run_forever = run_spinning;
}

static loop_status remove_everywhere(struct loop *loop, loop_fd fd, bool writer)
{
    for (struct watch *w = watch_first; w != NULL; w = w->next) {
        if (w->live && w->loop != loop && w->fd == fd && w->writer == writer)
            watch_unregister(w->loop, fd, writer);
    }
    return watch_unregister(loop, fd, writer);
}
WATCH_FAULT(spoil_two_loops, .remove = remove_everywhere)

static void mark_all(void)
{
    for (struct watch *w = watch_first; w != NULL; w = w->next)
        w->mark = true;
}

static void unless_marked(struct watch *w)
{
    if (!w->mark)
        watch_deliver(w);
}
WATCH_FAULT(spoil_marked, .call = unless_marked)

static void spoil_fork(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    spoil_marked(spoilt, inner);
    fault_at_fork(mark_all, NULL);
}

static loop_status add_nonblocking(struct watch *w)
{
    os_set_nonblocking(w->fd);
    return watch_register(w);
}
WATCH_FAULT(spoil_flags, .add = add_nonblocking)

const struct fault descriptors_shared_faults[] = {
    {
        .id = "descriptors.duplicate-spins",
        .summary = "A removed and closed descriptor keeps the loop awake while a duplicate lives",
        .checks = {"descriptors.duplicate-left-open"},
        .spoil = spoil_duplicate,
    },
    {
        .id = "descriptors.duplicate-ignored",
        .summary = "A second descriptor of a file that is watched is taken and ignored",
        .checks = {"descriptors.duplicates"},
        .spoil = spoil_file_once,
    },
    {
        .id = "descriptors.close-in-callback-spins",
        .summary = "A descriptor closed in its own callback keeps the loop awake",
        .checks = {"descriptors.closed-in-callback"},
        .spoil = spoil_closed_inside,
    },
    {
        .id = "descriptors.closed-poisons",
        .summary = "A descriptor closed while it is watched makes every later run fail",
        .checks = {"descriptors.closed-while-watched-survived"},
        .spoil = spoil_poisoned,
    },
    {
        .id = "descriptors.closed-spins",
        .summary = "A descriptor closed while it is watched keeps the loop awake",
        .checks = {"descriptors.closed-while-watched-quiet"},
        .spoil = spoil_spinning,
    },
    {
        .id = "descriptors.removes-in-every-loop",
        .summary = "Removing a reader removes it from the other loops too",
        .checks = {"descriptors.two-loops"},
        .spoil = spoil_two_loops,
    },
    {
        .id = "descriptors.fork-forgets",
        .summary = "What was watched before a fork is called no more after it",
        .checks = {"descriptors.child-closes"},
        .spoil = spoil_fork,
    },
    {
        .id = "descriptors.sets-nonblocking",
        .summary = "Watching a descriptor makes it non-blocking",
        .checks = {"descriptors.flags-untouched"},
        .spoil = spoil_flags,
    },
    {.id = NULL},
};
