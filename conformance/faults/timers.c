/* SPDX-License-Identifier: MIT
 *
 * Loops whose timers come at the wrong time, in the wrong order, or not once. */
#include "forward.h"
#include "timed.h"

static const struct loop_operations *inner;

/* ---- too early */

static int64_t a_tenth_less(struct timed *t)
{
    return t->delay >= 100 * MILLISECOND && t->delay < HOUR ? t->delay - t->delay / 10 : t->delay;
}

static void spoil_long_early(struct loop_operations *spoilt, const struct loop_operations *own)
{
    timed_spoil(spoilt, own, a_tenth_less, timed_run);
}

static int64_t whole_milliseconds(struct timed *t)
{
    return t->delay > 0 && t->delay < HOUR ? t->delay - t->delay % MILLISECOND : t->delay;
}

static void spoil_rounds_down(struct loop_operations *spoilt, const struct loop_operations *own)
{
    timed_spoil(spoilt, own, whole_milliseconds, timed_run);
    spoilt->call_at = own->call_at;
}

static loop_status at_a_little_early(struct loop *loop, int64_t when, loop_callback callback,
                                     void *arg, struct loop_handle **handle)
{
    int64_t now = inner->time(loop);

    return inner->call_at(loop, when > now && when < INT64_MAX ? when - 3 * MILLISECOND : when,
                          callback, arg, handle);
}

static void spoil_moments_early(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_at = at_a_little_early;
}

/* The newest timer goes off in an iteration that comes up to 5 ms before it is due. */
static void run_near(struct forward *f)
{
    struct timed *t = timed_newest();

    forward_run(f);
    if (t != NULL && t->pending && t->delay > 5 * MILLISECOND && t->delay < HOUR &&
        timed_now(t->loop) - t->armed > t->delay - 5 * MILLISECOND)
        timed_run(t);
}

static loop_status soon_and_near(struct loop *loop, loop_callback callback, void *arg,
                                 struct loop_handle **handle)
{
    return forward_soon(inner, forward_new(loop, callback, arg, run_near), handle);
}

static void run_if_pending(struct timed *t)
{
    if (t->pending)
        timed_run(t);
}

static void spoil_near_is_due(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, NULL, run_if_pending);
    spoilt->call_soon = soon_and_near;
}

/* ---- a clock that is read too seldom */

static int64_t read_at; /* when the loop last read its clock */

static void read_and_run(struct forward *f)
{
    read_at = inner->time(f->loop);
    forward_run(f);
}

static loop_status soon_reading(struct loop *loop, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    return forward_soon(inner, forward_new(loop, callback, arg, read_and_run), handle);
}

static int64_t less_since_read(struct timed *t)
{
    bool inside = forward_running() != NULL && t->delay > 0 && t->delay < HOUR;

    return inside ? t->delay - (t->armed - read_at) : t->delay;
}

static void spoil_counts_from_iteration(struct loop_operations *spoilt,
                                        const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, less_since_read, timed_run);
    spoilt->call_at = own->call_at;
    spoilt->call_soon = soon_reading;
}

static bool is_running;

static loop_status run_and_read(struct loop *loop)
{
    loop_status status;

    is_running = true;
    status = inner->run_forever(loop);
    is_running = false;
    read_at = inner->time(loop);
    return status;
}

static int64_t less_since_run(struct timed *t)
{
    bool outside = !is_running && read_at != 0 && t->delay > 0 && t->delay < HOUR;

    return outside ? t->delay - (t->armed - read_at) : t->delay;
}

static void spoil_counts_from_run(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, less_since_run, timed_run);
    spoilt->run_forever = run_and_read;
}

static int64_t chained_is_short(struct timed *t)
{
    return timed_running() != NULL && t->delay > 2 * MILLISECOND && t->delay < HOUR
               ? t->delay - 2 * MILLISECOND
               : t->delay;
}

static void spoil_chain_early(struct loop_operations *spoilt, const struct loop_operations *own)
{
    timed_spoil(spoilt, own, chained_is_short, timed_run);
}

/* ---- order and number */

static loop_status at_coarse(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                             struct loop_handle **handle)
{
    const int64_t tick = 16 * MILLISECOND;
    int64_t now = inner->time(loop);

    if (when > now && when < INT64_MAX - tick)
        when += tick - when % tick;
    return inner->call_at(loop, when, callback, arg, handle);
}

static void spoil_coarse_wheel(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_at = at_coarse;
}

static loop_status at_milliseconds(struct loop *loop, int64_t when, loop_callback callback,
                                   void *arg, struct loop_handle **handle)
{
    if (when > 0 && when < INT64_MAX - MILLISECOND)
        when += (MILLISECOND - when % MILLISECOND) % MILLISECOND;
    return inner->call_at(loop, when, callback, arg, handle);
}

static void spoil_milliseconds(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_at = at_milliseconds;
}

static loop_status at_another_clock(struct loop *loop, int64_t when, loop_callback callback,
                                    void *arg, struct loop_handle **handle)
{
    if (when < INT64_MAX - 25 * MILLISECOND)
        when += 25 * MILLISECOND;
    return inner->call_at(loop, when, callback, arg, handle);
}

static void spoil_two_clocks(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_at = at_another_clock;
}

static void run_last_again(struct timed *t)
{
    bool second = t->handle == NULL && t->tag++ == 0 && t->delay < 50 * MILLISECOND;

    timed_run(t);
    if (second)
        timed_again(t, 5 * MILLISECOND);
}

static void spoil_twice(struct loop_operations *spoilt, const struct loop_operations *own)
{
    timed_spoil(spoilt, own, NULL, run_last_again);
}

static int forgotten;

static void forget_one_of_many(struct timed *t)
{
    if (timed_pending() > 5000)
        forgotten++;
    if (forgotten == 1) {
        forgotten++;
        return;
    }
    timed_run(t);
}

static void spoil_forgets_one_of_many(struct loop_operations *spoilt,
                                      const struct loop_operations *own)
{
    timed_spoil(spoilt, own, NULL, forget_one_of_many);
}

/* ---- handles */

static void release_and_cancel(struct loop *loop, struct loop_handle *handle)
{
    struct timed *t = timed_find(handle);

    if (t != NULL) {
        if (t->pending)
            inner->handle_cancel(loop, handle);
        t->handle = NULL;
    }
    inner->handle_release(loop, handle);
}

static void spoil_release_cancels(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, NULL, timed_run);
    spoilt->handle_release = release_and_cancel;
}

static loop_status when_is_left(struct loop *loop, struct loop_handle *handle, int64_t *when)
{
    loop_status status = inner->handle_when(loop, handle, when);

    if (status == LOOP_OK)
        *when -= inner->time(loop);
    return status;
}

static void spoil_when_is_left(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->handle_when = when_is_left;
}

const struct fault timers_faults[] = {
    {"timers.long-early",
     "timers of 100 ms and more come a tenth of it early",
     {"timers.never-early"},
     NULL,
     NULL,
     spoil_long_early},
    {"timers.rounds-down",
     "delays are cut to whole milliseconds",
     {"timers.fractions-of-a-millisecond"},
     NULL,
     NULL,
     spoil_rounds_down},
    {"timers.moments-early",
     "timers of call_at come 3 ms early",
     {"timers.at-a-moment", "timers.many", "timers.at-and-later-agree"},
     NULL,
     NULL,
     spoil_moments_early},
    {"timers.near-is-due",
     "an iteration takes a timer that is due in 5 ms for a due one",
     {"timers.never-early-when-busy"},
     NULL,
     NULL,
     spoil_near_is_due},
    {"timers.counts-from-iteration",
     "delays are counted from the start of the callback",
     {"timers.from-the-call"},
     NULL,
     NULL,
     spoil_counts_from_iteration},
    {"timers.counts-from-run",
     "delays of timers armed outside of a run are counted from its end",
     {"timers.from-the-call-outside"},
     NULL,
     NULL,
     spoil_counts_from_run},
    {"timers.chain-early",
     "a timer that another timer's callback armed comes 2 ms early",
     {"timers.periodic"},
     NULL,
     NULL,
     spoil_chain_early},
    {"timers.coarse-wheel",
     "deadlines of call_at fall together in ticks of 16 ms",
     {"timers.order", "timers.order-when-overdue", "timers.exact-order", "timers.many",
      "timers.cancel-many"},
     NULL,
     NULL,
     spoil_coarse_wheel},
    {"timers.milliseconds",
     "deadlines of call_at fall together in milliseconds",
     {"timers.exact-order"},
     NULL,
     NULL,
     spoil_milliseconds},
    {"timers.two-clocks",
     "call_at counts on a clock that is 25 ms behind",
     {"timers.at-and-later-agree"},
     NULL,
     NULL,
     spoil_two_clocks},
    {"timers.twice",
     "timers whose handle nobody wanted are called twice",
     {"timers.once"},
     NULL,
     NULL,
     spoil_twice},
    {"timers.forgets-one-of-many",
     "of more than five thousand timers one is never called",
     {"timers.many"},
     NULL,
     NULL,
     spoil_forgets_one_of_many},
    {"timers.release-cancels",
     "handle_release cancels a timer",
     {"timers.release-keeps"},
     NULL,
     NULL,
     spoil_release_cancels},
    {"timers.when-is-left",
     "handle_when tells the time that is left",
     {"timers.handle-when"},
     NULL,
     NULL,
     spoil_when_is_left},
    {0},
};
