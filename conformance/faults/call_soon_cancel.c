/* SPDX-License-Identifier: MIT
 *
 * Loops that cancel too little, too much, or something else. */
#include "forward.h"

static const struct loop_operations *inner;

static void turn_unless_cancelled(struct forward *f)
{
    if (f->state == FORWARD_PENDING)
        forward_run(f);
}

static loop_status soon(struct loop *loop, loop_callback callback, void *arg,
                        struct loop_handle **handle)
{
    return forward_soon(inner, forward_new(loop, callback, arg, turn_unless_cancelled), handle);
}

static void cancel_noted(struct loop *loop, struct loop_handle *handle)
{
    struct forward *f = forward_find(handle);

    if (f != NULL && f->state == FORWARD_PENDING)
        f->state = FORWARD_CANCELLED;
    inner->handle_cancel(loop, handle);
}

static void cancel_newest(void)
{
    struct forward *f = forward_newest_pending();

    if (f != NULL)
        f->state = FORWARD_CANCELLED;
}

/* ---- cancelling */

static void cancel_nothing(struct loop *loop, struct loop_handle *handle)
{
    if (forward_find(handle) == NULL)
        inner->handle_cancel(loop, handle);
}

static void spoil_cancels_nothing(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon;
    spoilt->handle_cancel = cancel_nothing;
}

static void cancel_between_iterations(struct loop *loop, struct loop_handle *handle)
{
    if (forward_running() == NULL || forward_find(handle) == NULL)
        inner->handle_cancel(loop, handle);
}

static void spoil_cancels_too_late(struct loop_operations *spoilt,
                                   const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon;
    spoilt->handle_cancel = cancel_between_iterations;
}

static void cancel_with_next(struct loop *loop, struct loop_handle *handle)
{
    struct forward *f = forward_find(handle), *newest = forward_newest_pending();

    cancel_noted(loop, handle);
    if (f != NULL && f->number > 500 && newest != NULL)
        newest->state = FORWARD_CANCELLED;
}

static void spoil_cancels_more(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon;
    spoilt->handle_cancel = cancel_with_next;
}

static void cancel_recycled(struct loop *loop, struct loop_handle *handle)
{
    struct forward *f = forward_find(handle);

    if (f != NULL && (f->state == FORWARD_RAN || f->state == FORWARD_RUNNING))
        cancel_newest();
    cancel_noted(loop, handle);
}

static void spoil_cancels_recycled(struct loop_operations *spoilt,
                                   const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon;
    spoilt->handle_cancel = cancel_recycled;
}

static void cancel_twice_another(struct loop *loop, struct loop_handle *handle)
{
    struct forward *f = forward_find(handle);

    if (f != NULL && f->state == FORWARD_CANCELLED)
        cancel_newest();
    cancel_noted(loop, handle);
}

static void spoil_cancels_twice(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon;
    spoilt->handle_cancel = cancel_twice_another;
}

static int never_cancelled(struct loop *loop, struct loop_handle *handle)
{
    return forward_find(handle) == NULL && inner->handle_cancelled(loop, handle);
}

static void spoil_tells_not(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon;
    spoilt->handle_cancelled = never_cancelled;
}

/* ---- giving back */

static void release_and_cancel(struct loop *loop, struct loop_handle *handle)
{
    struct forward *f = forward_find(handle);

    if (f != NULL && f->state == FORWARD_PENDING)
        f->state = FORWARD_CANCELLED;
    inner->handle_release(loop, handle);
}

static void spoil_release_cancels(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon;
    spoilt->handle_release = release_and_cancel;
}

static void turn_once_more(struct forward *f)
{
    f->turn = forward_run;
    forward_run(f);
}

/* The running callback is taken for one that has yet to run. */
static void release_and_repeat(struct loop *loop, struct loop_handle *handle)
{
    struct forward *f = forward_find(handle);

    inner->handle_release(loop, handle);
    if (f != NULL)
        f->handle = NULL;
    if (f != NULL && f->state == FORWARD_RUNNING) {
        f->turn = turn_once_more;
        inner->call_soon(loop, forward_call, f, NULL);
    }
}

static void spoil_release_repeats(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon;
    spoilt->handle_release = release_and_repeat;
}

static void release_and_revive(struct loop *loop, struct loop_handle *handle)
{
    struct forward *f = forward_find(handle);

    inner->handle_release(loop, handle);
    if (f != NULL)
        f->handle = NULL;
    if (f != NULL && f->state == FORWARD_CANCELLED) {
        f->state = FORWARD_PENDING;
        inner->call_soon(loop, forward_call, f, NULL);
    }
}

static void spoil_release_revives(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon;
    spoilt->handle_cancel = cancel_noted;
    spoilt->handle_release = release_and_revive;
}

const struct fault call_soon_cancel_faults[] = {
    {.id = "call_soon.cancels-nothing",
     .summary = "ignores cancellations",
     .checks = {"call_soon.cancel-before-run"},
     .spoil = spoil_cancels_nothing},
    {.id = "call_soon.cancels-too-late",
     .summary = "ignores the cancellations of callbacks",
     .checks = {"call_soon.cancel-in-batch"},
     .spoil = spoil_cancels_too_late},
    {.id = "call_soon.cancels-more",
     .summary = "cancels the newest callback too, past the five hundredth",
     .checks = {"call_soon.cancel-touches-no-other"},
     .spoil = spoil_cancels_more},
    {.id = "call_soon.cancels-recycled",
     .summary = "cancels the newest callback in place of one that ran",
     .checks = {"call_soon.cancel-after-run", "call_soon.cancel-itself"},
     .spoil = spoil_cancels_recycled},
    {.id = "call_soon.cancels-twice",
     .summary = "cancels the newest callback in place of one that is cancelled",
     .checks = {"call_soon.cancel-twice"},
     .spoil = spoil_cancels_twice},
    {.id = "call_soon.tells-no-cancellation",
     .summary = "never says that a callback is cancelled",
     .checks = {"call_soon.tells-cancelled"},
     .spoil = spoil_tells_not},
    {.id = "call_soon.release-cancels",
     .summary = "cancels a callback whose handle is given back",
     .checks = {"call_soon.release-early"},
     .spoil = spoil_release_cancels},
    {.id = "call_soon.release-repeats",
     .summary = "calls a callback again that gives its own handle back",
     .checks = {"call_soon.release-inside"},
     .spoil = spoil_release_repeats},
    {.id = "call_soon.release-revives",
     .summary = "calls a cancelled callback whose handle is given back",
     .checks = {"call_soon.release-cancelled"},
     .spoil = spoil_release_revives},
    {0},
};
