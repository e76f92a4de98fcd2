/* SPDX-License-Identifier: MIT
 *
 * Loops that mistake delays at the edges, and that cancel wrongly. */
#include "forward.h"
#include "timed.h"

static const struct loop_operations *inner;

static loop_status later_unsigned(struct loop *loop, int64_t delay, loop_callback callback,
                                  void *arg, struct loop_handle **handle)
{
    return inner->call_later(loop, delay < 0 ? INT64_MAX : delay, callback, arg, handle);
}

static void spoil_unsigned_delay(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_later = later_unsigned;
}

static loop_status at_future_only(struct loop *loop, int64_t when, loop_callback callback,
                                  void *arg, struct loop_handle **handle)
{
    int64_t now = inner->time(loop);

    return inner->call_at(loop, when < now - 1000 * MILLISECOND ? INT64_MAX : when, callback, arg,
                          handle);
}

static void spoil_past_is_lost(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_at = at_future_only;
}

/* A timer that is due at once takes the place of the newest callback of call_soon. */
static struct forward *newest_soon;

static loop_status soon_noted(struct loop *loop, loop_callback callback, void *arg,
                              struct loop_handle **handle)
{
    newest_soon = forward_new(loop, callback, arg, forward_run);
    return forward_soon(inner, newest_soon, handle);
}

static loop_status later_in_front(struct loop *loop, int64_t delay, loop_callback callback,
                                  void *arg, struct loop_handle **handle)
{
    struct forward *f = forward_new(loop, callback, arg, forward_run);

    if (delay <= 0 && newest_soon != NULL && newest_soon->state == FORWARD_PENDING) {
        f->callback = newest_soon->callback;
        f->arg = newest_soon->arg;
        newest_soon->callback = callback;
        newest_soon->arg = arg;
    }
    return forward_later(inner, f, delay, handle);
}

static void spoil_zero_in_front(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon_noted;
    spoilt->call_later = later_in_front;
}

static loop_status later_in_31_bits(struct loop *loop, int64_t delay, loop_callback callback,
                                    void *arg, struct loop_handle **handle)
{
    int64_t milliseconds = delay / MILLISECOND;

    if (milliseconds > INT32_MAX)
        delay = 0;
    return inner->call_later(loop, delay, callback, arg, handle);
}

static void spoil_overflow(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_later = later_in_31_bits;
}

/* Beside a timer that its clock cannot count the loop goes round and round. */
static bool goes_round;

static void go_round(void *arg)
{
    if (goes_round)
        (void)inner->call_soon(arg, go_round, arg, NULL);
}

static loop_status later_going_round(struct loop *loop, int64_t delay, loop_callback callback,
                                     void *arg, struct loop_handle **handle)
{
    if (delay >= 24 * HOUR && !goes_round) {
        goes_round = true;
        (void)inner->call_soon(loop, go_round, loop, NULL);
    }
    return inner->call_later(loop, delay, callback, arg, handle);
}

static void spoil_far_spins(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_later = later_going_round;
}

static loop_status later_within_a_day(struct loop *loop, int64_t delay, loop_callback callback,
                                      void *arg, struct loop_handle **handle)
{
    if (delay > 24 * HOUR)
        return LOOP_VALUE;
    return inner->call_later(loop, delay, callback, arg, handle);
}

static void spoil_a_day_at_most(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_later = later_within_a_day;
}

/* ---- cancelling */

static void cancel_no_timer(struct loop *loop, struct loop_handle *handle)
{
    if (timed_find(handle) == NULL)
        inner->handle_cancel(loop, handle);
}

static void spoil_cancel_ignored(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, NULL, timed_run);
    spoilt->handle_cancel = cancel_no_timer;
}

static void cancel_unless_due(struct loop *loop, struct loop_handle *handle)
{
    struct timed *t = timed_find(handle);

    if (t == NULL || inner->time(loop) - t->armed < t->delay)
        inner->handle_cancel(loop, handle);
}

static void spoil_due_is_called(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, NULL, timed_run);
    spoilt->handle_cancel = cancel_unless_due;
}

static void cancel_neighbour_too(struct loop *loop, struct loop_handle *handle)
{
    struct timed *t = timed_find(handle);
    struct timed *neighbour = t != NULL ? t->older : NULL;

    inner->handle_cancel(loop, handle);
    if (neighbour != NULL && neighbour->pending && neighbour->handle != NULL)
        inner->handle_cancel(loop, neighbour->handle);
}

static void spoil_cancels_neighbour(struct loop_operations *spoilt,
                                    const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, NULL, timed_run);
    spoilt->handle_cancel = cancel_neighbour_too;
}

/* The cancelled timer's deadline stays that of the next one. */
static void cancel_and_hurry(struct loop *loop, struct loop_handle *handle)
{
    struct timed *t = timed_find(handle);
    struct timed *next = timed_newest();

    inner->handle_cancel(loop, handle);
    while (next != NULL && (next == t || next->delay >= HOUR || !next->pending))
        next = next->older;
    if (t != NULL && t->pending && next != NULL && next->delay > t->delay)
        timed_again(next, t->delay);
}

static void run_if_pending(struct timed *t)
{
    if (t->pending)
        timed_run(t);
}

static void spoil_deadline_stays(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, NULL, run_if_pending);
    spoilt->handle_cancel = cancel_and_hurry;
}

static int never_cancelled(struct loop *loop, struct loop_handle *handle)
{
    return timed_find(handle) == NULL ? inner->handle_cancelled(loop, handle) : 0;
}

static void spoil_never_cancelled(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, NULL, timed_run);
    spoilt->handle_cancelled = never_cancelled;
}

/* What was called has left its place to another timer, which is cancelled instead. */
static void cancel_the_place(struct loop *loop, struct loop_handle *handle)
{
    struct timed *t = timed_find(handle);
    struct timed *other = timed_newest();

    if (t != NULL && !t->pending && other != NULL && other->handle != NULL)
        handle = other->handle;
    inner->handle_cancel(loop, handle);
}

static void spoil_cancels_the_place(struct loop_operations *spoilt,
                                    const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, NULL, timed_run);
    spoilt->handle_cancel = cancel_the_place;
}

const struct fault timers_delays_faults[] = {
    {"timers.unsigned-delay",
     "negative delays are taken for huge ones",
     {"timers.zero-and-negative-delays"},
     NULL,
     NULL,
     spoil_unsigned_delay},
    {"timers.past-is-lost",
     "timers of call_at whose moment passed a second ago are never called",
     {"timers.moments-that-passed"},
     NULL,
     NULL,
     spoil_past_is_lost},
    {"timers.zero-in-front",
     "a timer without delay is called before the newest of call_soon",
     {"timers.zero-after-soon"},
     NULL,
     NULL,
     spoil_zero_in_front},
    {"timers.overflow",
     "delays of more than 31 bits of milliseconds are due at once",
     {"timers.far-future", "timers.far-future-alone"},
     NULL,
     NULL,
     spoil_overflow},
    {"timers.far-spins",
     "a loop whose nearest timer is days away spins",
     {"timers.far-future-alone"},
     NULL,
     NULL,
     spoil_far_spins},
    {"timers.a-day-at-most",
     "delays of more than a day are refused",
     {"timers.beyond-a-day"},
     NULL,
     "3.8",
     spoil_a_day_at_most},
    {"timers.cancel-ignored",
     "handle_cancel does nothing to timers",
     {"timers.cancelled", "timers.cancel-in-same-batch", "timers.cancel-the-earliest",
      "timers.moved", "timers.cancel-many"},
     NULL,
     NULL,
     spoil_cancel_ignored},
    {"timers.due-is-called",
     "a timer that is due cannot be cancelled any more",
     {"timers.cancel-in-same-batch"},
     NULL,
     NULL,
     spoil_due_is_called},
    {"timers.cancels-neighbour",
     "handle_cancel takes the timer armed before along",
     {"timers.cancelled", "timers.cancel-many"},
     NULL,
     NULL,
     spoil_cancels_neighbour},
    {"timers.deadline-stays",
     "after handle_cancel the next timer has the cancelled one's deadline",
     {"timers.cancel-the-earliest", "timers.moved"},
     NULL,
     NULL,
     spoil_deadline_stays},
    {"timers.never-cancelled",
     "handle_cancelled says no for every timer",
     {"timers.handle-cancelled"},
     NULL,
     NULL,
     spoil_never_cancelled},
    {"timers.cancels-the-place",
     "cancelling a timer that was called cancels the newest one",
     {"timers.cancel-too-late"},
     NULL,
     NULL,
     spoil_cancels_the_place},
    {0},
};
