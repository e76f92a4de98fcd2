/* SPDX-License-Identifier: MIT
 *
 * Clocks that stop, jump, hurry, or step otherwise than they say. */
#include "forward.h"

static const struct loop_operations *inner;

static int64_t time_stepping_back(struct loop *loop)
{
    static unsigned readings;

    return inner->time(loop) - (++readings % 5000 == 0 ? INT64_C(1000000) : 0);
}

static void spoil_steps_back(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->time = time_stepping_back;
}

/* ---- a clock that is read once a callback, or once a run */

static int64_t reading;

static void read_and_run(struct forward *f)
{
    reading = inner->time(f->loop);
    forward_run(f);
}

static loop_status soon_reading(struct loop *loop, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    return forward_soon(inner, forward_new(loop, callback, arg, read_and_run), handle);
}

static int64_t time_of_callback(struct loop *loop)
{
    return forward_running() != NULL ? reading : inner->time(loop);
}

static void spoil_once_a_callback(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon_reading;
    spoilt->time = time_of_callback;
}

static bool is_running;
static int64_t run_ended; /* 0 before the first run */

static loop_status run_and_read(struct loop *loop)
{
    loop_status status;

    is_running = true;
    status = inner->run_forever(loop);
    is_running = false;
    run_ended = inner->time(loop);
    return status;
}

static int64_t time_of_run(struct loop *loop)
{
    return is_running || run_ended == 0 ? inner->time(loop) : run_ended;
}

static void spoil_once_a_run(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_and_read;
    spoilt->time = time_of_run;
}

/* ---- a clock that rests with the loop */

static int64_t rested;

static loop_status run_after_rest(struct loop *loop)
{
    if (run_ended != 0)
        rested += inner->time(loop) - run_ended;
    return run_and_read(loop);
}

static int64_t time_without_rests(struct loop *loop)
{
    return time_of_run(loop) - rested;
}

static loop_status at_with_rests(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                                 struct loop_handle **handle)
{
    return inner->call_at(loop, when < INT64_MAX - rested ? when + rested : when, callback, arg,
                          handle);
}

static void spoil_rests(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_after_rest;
    spoilt->time = time_without_rests;
    spoilt->call_at = at_with_rests;
}

/* ---- a clock that is a fifth too fast */

static int64_t beginning;

static int64_t time_too_fast(struct loop *loop)
{
    int64_t now = inner->time(loop);

    if (beginning == 0)
        beginning = now;
    return now + (now - beginning) / 5;
}

static loop_status at_too_fast(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                               struct loop_handle **handle)
{
    int64_t ahead = when - time_too_fast(loop);

    if (when > beginning && when < INT64_MAX)
        when = inner->time(loop) + ahead - ahead / 6 + 1;
    return inner->call_at(loop, when, callback, arg, handle);
}

static void spoil_too_fast(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->time = time_too_fast;
    spoilt->call_at = at_too_fast;
}

/* ---- what it says of itself */

static int64_t resolution_growing(struct loop *loop)
{
    static int64_t grown;

    return inner->clock_resolution(loop) + grown++;
}

static void spoil_growing(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->clock_resolution = resolution_growing;
}

/* Coarse until the first timer is armed, so that the timers' own checks are left alone. */
static bool has_timers;

static loop_status later_noted(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                               struct loop_handle **handle)
{
    has_timers = true;
    return inner->call_later(loop, delay, callback, arg, handle);
}

static loop_status at_noted(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                            struct loop_handle **handle)
{
    has_timers = true;
    return inner->call_at(loop, when, callback, arg, handle);
}

static int64_t time_coarser_than_said(struct loop *loop)
{
    int64_t now = inner->time(loop);

    return has_timers ? now : now - now % 50000;
}

static void spoil_understated(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_later = later_noted;
    spoilt->call_at = at_noted;
    spoilt->time = time_coarser_than_said;
}

static int64_t resolution_of_10_ms(struct loop *loop)
{
    (void)loop;
    return INT64_C(10000000);
}

static void spoil_overstated(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->clock_resolution = resolution_of_10_ms;
}

static int64_t time_of_an_open_loop(struct loop *loop)
{
    return inner->is_closed(loop) ? 0 : inner->time(loop);
}

static void spoil_ends_with_close(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->time = time_of_an_open_loop;
}

/* ---- on Windows */

static int64_t resolution_doubled(struct loop *loop)
{
    return 2 * inner->clock_resolution(loop);
}

static void spoil_doubled(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->clock_resolution = resolution_doubled;
}

static int64_t resolution_of_the_best(struct loop *loop)
{
    (void)loop;
    return INT64_C(500000);
}

static void spoil_the_best(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->clock_resolution = resolution_of_the_best;
}

static bool was_read;

static int64_t time_noted(struct loop *loop)
{
    was_read = true;
    return inner->time(loop);
}

static int64_t resolution_unknown_at_first(struct loop *loop)
{
    return was_read ? inner->clock_resolution(loop) : INT64_C(2000000000);
}

static void spoil_unknown(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->time = time_noted;
    spoilt->clock_resolution = resolution_unknown_at_first;
}

const struct fault clock_faults[] = {
    {"clock.steps-back",
     "time() is a millisecond behind once in five thousand readings",
     {"clock.monotonic"},
     NULL,
     NULL,
     spoil_steps_back},
    {"clock.once-a-callback",
     "time() stands still while a callback runs",
     {"clock.live"},
     NULL,
     NULL,
     spoil_once_a_callback},
    {"clock.once-a-run",
     "time() stands still between runs",
     {"clock.live-between-runs"},
     NULL,
     NULL,
     spoil_once_a_run},
    {"clock.rests",
     "the clock stops between runs, and goes on from there",
     {"clock.runs-on-while-the-loop-rests"},
     NULL,
     NULL,
     spoil_rests},
    {"clock.too-fast", "the clock is a fifth too fast", {"clock.rate"}, NULL, NULL, spoil_too_fast},
    {"clock.resolution-grows",
     "clock_resolution() says more each time",
     {"clock.resolution-is-positive"},
     NULL,
     NULL,
     spoil_growing},
    {"clock.understated",
     "time() steps by 50 us, and nobody says so",
     {"clock.resolution-not-understated"},
     NULL,
     NULL,
     spoil_understated},
    {"clock.overstated",
     "clock_resolution() says 10 ms of a clock that is finer",
     {"clock.resolution-not-overstated"},
     NULL,
     NULL,
     spoil_overstated},
    {"clock.ends-with-close",
     "time() is 0 on a closed loop",
     {"clock.on-a-closed-loop"},
     NULL,
     NULL,
     spoil_ends_with_close},
    {"clock.doubled",
     "clock_resolution() says twice the step",
     {"clock.usual-resolution-on-windows", "clock.reported-resolution-on-windows"},
     "windows-selector",
     NULL,
     spoil_doubled},
    {"clock.the-best",
     "clock_resolution() says the 0.5 ms that would be the best",
     {"clock.reported-resolution-on-windows"},
     "windows-selector",
     NULL,
     spoil_the_best},
    {"clock.unknown",
     "clock_resolution() says two seconds before time() was read",
     {"clock.best-resolution-on-windows"},
     "windows-selector",
     NULL,
     spoil_unknown},
    {0},
};
