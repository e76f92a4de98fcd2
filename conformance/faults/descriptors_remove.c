/* SPDX-License-Identifier: MIT
 *
 * Loops that call what was removed or replaced, or remove too much, or too little. */
#include <stddef.h>

#include "descriptors_watch.h"

static void call_once_more(void *arg)
{
    watch_deliver(arg);
}

static loop_status remove_and_call(struct loop *loop, loop_fd fd, bool writer)
{
    struct watch *w = watch_find(loop, fd, writer);
    loop_status status = watch_unregister(loop, fd, writer);

    if (w != NULL && w->calls >= 2 && watch_calling == NULL)
        watch_soon(loop, call_once_more, w);
    return status;
}
WATCH_FAULT(spoil_after_remove, .remove = remove_and_call)

static loop_status remove_anything(struct loop *loop, loop_fd fd, bool writer)
{
    loop_status status = watch_unregister(loop, fd, writer);

    return status == LOOP_NOT_FOUND ? LOOP_OK : status;
}
WATCH_FAULT(spoil_answer, .remove = remove_anything)

static loop_status remove_both(struct loop *loop, loop_fd fd, bool writer)
{
    loop_status status = watch_unregister(loop, fd, writer);

    watch_unregister(loop, fd, !writer);
    return status;
}
WATCH_FAULT(spoil_both, .remove = remove_both)

static void again_after_own_remove(struct watch *w)
{
    watch_deliver(w);
    if (w->removed_inside && !w->writer && os_unread(w->fd) > 0)
        watch_deliver(w);
}
WATCH_FAULT(spoil_own_remove, .call = again_after_own_remove)

static bool is_ready(const struct watch *w)
{
    return (os_state(w->fd) & (w->writer ? OS_WRITABLE : OS_READABLE)) != 0;
}

/* Marks what is due beside `w`, and after its callback calls what it took out of the table. */
static void call_stale(struct watch *w,
                       bool (*concerned)(const struct watch *w, const struct watch *other),
                       bool replaced)
{
    bool few = watch_count(false) < 100; /* looking at them all takes time */

    for (struct watch *other = watch_live; other != NULL && few; other = other->next_live)
        other->mark = other != w && concerned(w, other) && is_ready(other);
    watch_deliver(w);
    for (struct watch *other = watch_first; other != NULL && few; other = other->next) {
        bool is_replaced = watch_find(other->loop, other->fd, other->writer) != NULL;

        if (other->mark && !other->live && is_replaced == replaced)
            watch_deliver(other);
        other->mark = false;
    }
}

static bool another_reader(const struct watch *w, const struct watch *other)
{
    return w->fd != other->fd && !w->writer && !other->writer;
}

static void removed_too(struct watch *w)
{
    call_stale(w, another_reader, false);
}
WATCH_FAULT(spoil_when_due, .call = removed_too)

static void replaced_too(struct watch *w)
{
    call_stale(w, another_reader, true);
}
WATCH_FAULT(spoil_replaced, .call = replaced_too)

static bool partner(const struct watch *w, const struct watch *other)
{
    return w->fd == other->fd && w->writer != other->writer;
}

static void partner_too(struct watch *w)
{
    call_stale(w, partner, false);
}
WATCH_FAULT(spoil_partner, .call = partner_too)

static loop_status keep_old(struct watch *w)
{
    return watch_find(w->loop, w->fd, w->writer) != NULL ? LOOP_OK : watch_register(w);
}
WATCH_FAULT(spoil_keep_old, .add = keep_old)

static loop_status lose_second_add(struct watch *w)
{
    if (watch_calling != NULL && watch_calling->removed_inside && watch_calling->fd == w->fd)
        return LOOP_OK;
    return watch_register(w);
}
WATCH_FAULT(spoil_again, .add = lose_second_add)

static loop_status lose_after_thousands(struct watch *w)
{
    static int adds;

    return ++adds > 3000 ? LOOP_OK : watch_register(w);
}
WATCH_FAULT(spoil_churn, .add = lose_after_thousands)

static loop_status take_negative(struct watch *w)
{
    return w->fd < 0 ? LOOP_OK : watch_register(w);
}
WATCH_FAULT(spoil_negative, .add = take_negative)

const struct fault descriptors_remove_faults[] = {
    {
        .id = "descriptors.calls-after-remove",
        .summary = "A reader or writer that was called before is called once after its removal",
        .checks = {"descriptors.remove-stops"},
        .spoil = spoil_after_remove,
    },
    {
        .id = "descriptors.removes-the-unknown",
        .summary = "Removing what is not registered returns OK",
        .checks = {"descriptors.remove-answers"},
        .spoil = spoil_answer,
    },
    {
        .id = "descriptors.removes-both",
        .summary = "Removing the reader removes the writer too, and the other way round",
        .checks = {"descriptors.remove-one-keeps-other"},
        .spoil = spoil_both,
    },
    {
        .id = "descriptors.own-remove-late",
        .summary = "A reader that removes itself is called once more",
        .checks = {"descriptors.remove-in-own-callback"},
        .spoil = spoil_own_remove,
    },
    {
        .id = "descriptors.calls-removed-when-due",
        .summary = "A reader that was due when another removed it is called all the same",
        .checks = {"descriptors.remove-when-due"},
        .spoil = spoil_when_due,
    },
    {
        .id = "descriptors.calls-removed-partner",
        .summary = "A writer that was due when the reader removed it is called all the same",
        .checks = {"descriptors.remove-partner-when-due"},
        .spoil = spoil_partner,
    },
    {
        .id = "descriptors.keeps-old-callback",
        .summary = "A second add leaves the old callback in place",
        .checks = {"descriptors.second-add-replaces"},
        .spoil = spoil_keep_old,
    },
    {
        .id = "descriptors.calls-replaced-when-due",
        .summary = "A callback that was due when it was replaced is called all the same",
        .checks = {"descriptors.replaced-when-due"},
        .spoil = spoil_replaced,
    },
    {
        .id = "descriptors.second-add-lost",
        .summary = "What a reader adds after removing itself is not watched",
        .checks = {"descriptors.added-again"},
        .spoil = spoil_again,
    },
    {
        .id = "descriptors.adds-run-out",
        .summary = "After three thousand adds no more are taken",
        .checks = {"descriptors.churn"},
        .spoil = spoil_churn,
    },
    {
        .id = "descriptors.takes-negative",
        .summary = "Watching a negative number returns OK",
        .checks = {"descriptors.negative-refused"},
        .spoil = spoil_negative,
    },
    {.id = NULL},
};
