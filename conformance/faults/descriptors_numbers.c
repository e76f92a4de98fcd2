/* SPDX-License-Identifier: MIT
 *
 * Loops that take a number for the file that it stands for, or trip over its size. */
#include <stddef.h>

#include "descriptors_watch.h"

static loop_status remember_closed(struct watch *w)
{
    static loop_fd closed = LOOP_NO_FD;

    if (os_kind_of(w->fd) == OS_CLOSED)
        closed = w->fd;
    else if (w->fd == closed)
        return LOOP_EXIST;
    return watch_register(w);
}
WATCH_FAULT(spoil_closed, .add = remember_closed)

static loop_status take_closed(struct watch *w)
{
    return os_kind_of(w->fd) == OS_CLOSED ? LOOP_OK : watch_register(w);
}
WATCH_FAULT(spoil_closed_taken, .add = take_closed)

static loop_status take_zero(struct watch *w)
{
    return w->fd == 0 ? LOOP_OK : watch_register(w);
}
WATCH_FAULT(spoil_zero, .add = take_zero)

enum { SET_SIZE = 1024 };

static loop_status refuse_high(struct watch *w)
{
    return w->fd >= SET_SIZE ? LOOP_VALUE : watch_register(w);
}
WATCH_FAULT(spoil_high, .add = refuse_high)

static loop_status choke_on_high(struct watch *w)
{
    if (w->fd < SET_SIZE)
        return watch_register(w);
    watch_spin(w->loop);
    return LOOP_VALUE;
}
WATCH_FAULT(spoil_high_chokes, .add = choke_on_high)

/* A number that was watched for many files before is taken to be registered still. */
static loop_status lose_used_number(struct watch *w)
{
    int files = 0;

    for (const struct watch *old = watch_first; old != NULL; old = old->next)
        files += old != w && old->fd == w->fd && old->file != w->file;
    return files >= 20 ? LOOP_OK : watch_register(w);
}
WATCH_FAULT(spoil_used, .add = lose_used_number)

/* Marks what is due beside `w`, and after its callback calls who has got the number since. */
static void call_new(struct watch *w)
{
    bool few = watch_count(false) < 100; /* looking at them all takes time */

    for (struct watch *other = watch_live; other != NULL && few; other = other->next_live)
        other->mark = other != w && (os_state(other->fd) & OS_READABLE) != 0;
    watch_deliver(w);
    for (struct watch *other = watch_first; other != NULL && few; other = other->next) {
        struct watch *heir = watch_find(other->loop, other->fd, other->writer);

        if (other->mark && !other->live && heir != NULL && heir->file != other->file)
            watch_deliver(heir);
        other->mark = false;
    }
}
WATCH_FAULT(spoil_batch, .call = call_new)

static loop_status keep_old_file(struct watch *w)
{
    const struct watch *old = watch_find(w->loop, w->fd, w->writer);

    return old != NULL && old->file != w->file ? LOOP_OK : watch_register(w);
}
WATCH_FAULT(spoil_not_removed, .add = keep_old_file)

/* As where EEXIST is taken for good. */
static loop_status lose_known_file(struct watch *w)
{
    for (const struct watch *old = watch_first; old != NULL; old = old->next)
        if (old != w && !old->live && old->fd == w->fd && old->file == w->file &&
            old->writer == w->writer && old->mark)
            return LOOP_OK;
    return watch_register(w);
}

static loop_status mark_if_closed(struct loop *loop, loop_fd fd, bool writer)
{
    struct watch *w = watch_find(loop, fd, writer);

    if (w != NULL && os_kind_of(fd) == OS_CLOSED)
        w->mark = true;
    return watch_unregister(loop, fd, writer);
}
WATCH_FAULT(spoil_known, .add = lose_known_file, .remove = mark_if_closed)

const struct fault descriptors_numbers_faults[] = {
    {
        .id = "descriptors.remembers-closed-number",
        .summary = "A number that was closed when it was added is refused when it is open",
        .checks = {"descriptors.closed-number-survived"},
        .spoil = spoil_closed,
    },
    {
        .id = "descriptors.takes-closed-number",
        .summary = "A number that is not open is taken",
        .checks = {"descriptors.closed-number-refused"},
        .spoil = spoil_closed_taken,
    },
    {
        .id = "descriptors.zero-is-none",
        .summary = "Number 0 is taken for no descriptor",
        .checks = {"descriptors.number-zero"},
        .spoil = spoil_zero,
    },
    {
        .id = "descriptors.high-number-refused",
        .summary = "Numbers from 1024 on are refused",
        .checks = {"descriptors.high-number"},
        .spoil = spoil_high,
    },
    {
        .id = "descriptors.high-number-spins",
        .summary = "A number from 1024 on is refused, and the loop spins ever after",
        .checks = {"descriptors.high-number-survived"},
        .on = "linux-select",
        .spoil = spoil_high_chokes,
    },
    {
        .id = "descriptors.number-used-up",
        .summary = "A number that was used for twenty files before is not watched any more",
        .checks = {"descriptors.reused-number"},
        .spoil = spoil_used,
    },
    {
        .id = "descriptors.stale-event",
        .summary = "The event of a removed file reaches the reader of the next one with its number",
        .checks = {"descriptors.reused-in-batch"},
        .spoil = spoil_batch,
    },
    {
        .id = "descriptors.known-file-lost",
        .summary =
            "A number that was closed before it was removed cannot be watched with that file",
        .checks = {"descriptors.same-file-again"},
        .spoil = spoil_known,
    },
    {
        .id = "descriptors.keeps-old-file",
        .summary = "An add for the new file behind a number that was not removed is lost",
        .checks = {"descriptors.reused-without-remove"},
        .spoil = spoil_not_removed,
    },
    {.id = NULL},
};
