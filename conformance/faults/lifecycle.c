/* SPDX-License-Identifier: MIT
 *
 * Loops that run and stop wrongly. */
#include "forward.h"

static const struct loop_operations *inner;

/* The run under way in this thread, and how often that loop has run so far, this run included. */
static _Thread_local struct loop *running;
static struct loop *last_run;
static int runs;
static bool stopped;

static loop_status counted_run(struct loop *loop)
{
    struct loop *outer = running;
    loop_status status;

    runs = loop == last_run ? runs + 1 : 1;
    last_run = loop;
    stopped = false;
    running = loop;
    status = inner->run_forever(loop);
    running = outer;
    return status;
}

static void noted_stop(struct loop *loop)
{
    stopped = stopped || running == loop;
    inner->stop(loop);
}

/* ---- what a stop ends, and what it leaves */

#define HOUR INT64_C(3600000000000)

static int far_timers;

static loop_status far_call_later(struct loop *loop, int64_t delay, loop_callback callback,
                                  void *arg, struct loop_handle **handle)
{
    far_timers += delay >= HOUR;
    return inner->call_later(loop, delay, callback, arg, handle);
}

static void stop_unless_far_timers(struct loop *loop)
{
    if (far_timers == 0)
        inner->stop(loop);
}

static void spoil_stop_waits(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_later = far_call_later;
    spoilt->stop = stop_unless_far_timers;
}

static void put_off_after_stop(struct forward *f)
{
    if (stopped && running == f->loop)
        inner->call_soon(f->loop, forward_call, f, NULL);
    else
        forward_run(f);
}

static loop_status soon_put_off(struct loop *loop, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    return forward_soon(inner, forward_new(loop, callback, arg, put_off_after_stop), handle);
}

static void spoil_breaks_iteration(struct loop_operations *spoilt,
                                   const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = counted_run;
    spoilt->stop = noted_stop;
    spoilt->call_soon = soon_put_off;
}

static bool added_after_stop;

static loop_status soon_noted(struct loop *loop, loop_callback callback, void *arg,
                              struct loop_handle **handle)
{
    added_after_stop = added_after_stop || (stopped && running == loop);
    return inner->call_soon(loop, callback, arg, handle);
}

static loop_status run_what_was_added(struct loop *loop)
{
    loop_status status;

    added_after_stop = false;
    status = counted_run(loop);
    if (added_after_stop) {
        inner->stop(loop);
        inner->run_forever(loop);
    }
    return status;
}

static void spoil_runs_on(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_what_was_added;
    spoilt->stop = noted_stop;
    spoilt->call_soon = soon_noted;
}

static loop_status soon_dropped(struct loop *loop, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    if (stopped && running == loop && handle == NULL)
        return LOOP_OK;
    return inner->call_soon(loop, callback, arg, handle);
}

static void spoil_drops_new(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = counted_run;
    spoilt->stop = noted_stop;
    spoilt->call_soon = soon_dropped;
}

/* ---- a stop before the run, and stops too many */

static void stop_if_running(struct loop *loop)
{
    if (running == loop)
        inner->stop(loop);
}

static void spoil_forgets_early_stop(struct loop_operations *spoilt,
                                     const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = counted_run;
    spoilt->stop = stop_if_running;
}

static bool stopped_early;

static void stop_now_or_early(struct loop *loop)
{
    if (running == loop)
        inner->stop(loop);
    else
        stopped_early = true;
}

static loop_status run_unless_stopped_early(struct loop *loop)
{
    if (!stopped_early)
        return counted_run(loop);
    stopped_early = false;
    return LOOP_OK;
}

static void spoil_early_stop_runs_nothing(struct loop_operations *spoilt,
                                          const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_unless_stopped_early;
    spoilt->stop = stop_now_or_early;
}

static int stops;

static void stop_counted(struct loop *loop)
{
    stops++;
    inner->stop(loop);
}

/* The second of two stops is left for the next run. */
static loop_status run_and_keep_stops(struct loop *loop)
{
    loop_status status = counted_run(loop);

    if (stops > 1)
        inner->stop(loop);
    stops = 0;
    return status;
}

static void spoil_counts_stops(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_and_keep_stops;
    spoilt->stop = stop_counted;
}

/* ---- one run after another */

static loop_status run_fifty_times(struct loop *loop)
{
    if (loop == last_run && runs >= 50)
        return LOOP_RUNTIME;
    return counted_run(loop);
}

static void spoil_wears_out(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_fifty_times;
}

static loop_fd watched = LOOP_NO_FD;
static int runs_when_watched, reads;
static loop_callback read_callback;
static void *read_arg;

static void count_read(void *arg)
{
    (void)arg;
    reads++;
    read_callback(read_arg);
}

static loop_status add_counted_reader(struct loop *loop, loop_fd fd, loop_callback callback,
                                      void *arg)
{
    if (watched != LOOP_NO_FD)
        return inner->add_reader(loop, fd, callback, arg);
    watched = fd;
    runs_when_watched = runs;
    read_callback = callback;
    read_arg = arg;
    return inner->add_reader(loop, fd, count_read, NULL);
}

static loop_status run_and_forget_reader(struct loop *loop)
{
    loop_status status = counted_run(loop);

    if (watched != LOOP_NO_FD && runs == runs_when_watched + 9)
        inner->remove_reader(loop, watched);
    return status;
}

static void spoil_forgets_reader(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_and_forget_reader;
    spoilt->add_reader = add_counted_reader;
}

static loop_status run_and_forget_idle_reader(struct loop *loop)
{
    loop_status status = counted_run(loop);

    if (watched != LOOP_NO_FD && runs == runs_when_watched + 1 && reads == 0)
        inner->remove_reader(loop, watched);
    return status;
}

static void spoil_forgets_idle_reader(struct loop_operations *spoilt,
                                      const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_and_forget_idle_reader;
    spoilt->add_reader = add_counted_reader;
}

/* A timer, and when it was set. */
struct timed {
    loop_callback callback;
    void *arg;
    int runs;
    int64_t due;
};
static struct timed timed;
static int64_t run_started;

static loop_status run_and_note_time(struct loop *loop)
{
    run_started = inner->time(loop);
    return counted_run(loop);
}

static void timed_call_if_few_runs(void *arg)
{
    (void)arg;
    if (runs < timed.runs + 4)
        timed.callback(timed.arg);
}

static void timed_call_if_due_in_run(void *arg)
{
    (void)arg;
    if (runs == timed.runs || timed.due + 5000000 >= run_started)
        timed.callback(timed.arg);
}

static loop_status set_first_timer(struct loop *loop, int64_t delay, loop_callback callback,
                                   void *arg, struct loop_handle **handle, loop_callback through)
{
    if (timed.callback != NULL || running != NULL)
        return inner->call_later(loop, delay, callback, arg, handle);
    timed = (struct timed){callback, arg, runs, inner->time(loop) + delay};
    return inner->call_later(loop, delay, through, NULL, handle);
}

static loop_status later_few_runs(struct loop *loop, int64_t delay, loop_callback callback,
                                  void *arg, struct loop_handle **handle)
{
    return set_first_timer(loop, delay, callback, arg, handle, timed_call_if_few_runs);
}

static loop_status later_in_run(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    return set_first_timer(loop, delay, callback, arg, handle, timed_call_if_due_in_run);
}

static void spoil_forgets_old_timer(struct loop_operations *spoilt,
                                    const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = counted_run;
    spoilt->call_later = later_few_runs;
}

static void spoil_forgets_due_timer(struct loop_operations *spoilt,
                                    const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_and_note_time;
    spoilt->call_later = later_in_run;
}

/* ---- waiting, and what a loop says of itself */

static void spin(void *loop)
{
    inner->call_soon(loop, spin, loop, NULL);
}

static loop_status later_spinning(struct loop *loop, int64_t delay, loop_callback callback,
                                  void *arg, struct loop_handle **handle)
{
    if (delay >= HOUR / 6 && delay < HOUR)
        spin(loop);
    return inner->call_later(loop, delay, callback, arg, handle);
}

static void spoil_spins(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_later = later_spinning;
}

static int is_running_ever(struct loop *loop)
{
    return inner->is_running(loop) || loop == last_run;
}

static void spoil_tells_running(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = counted_run;
    spoilt->is_running = is_running_ever;
}

const struct fault lifecycle_faults[] = {
    {.id = "lifecycle.stop-waits-for-timers",
     .summary = "ignores a stop while a timer is an hour away",
     .checks = {"lifecycle.stop-with-work-left"},
     .spoil = spoil_stop_waits},
    {.id = "lifecycle.stop-breaks-iteration",
     .summary = "leaves the callbacks behind a stop for the next run",
     .checks = {"lifecycle.stop-finishes-iteration"},
     .spoil = spoil_breaks_iteration},
    {.id = "lifecycle.stop-runs-on",
     .summary = "runs what was added after a stop in the stopped run",
     .checks = {"lifecycle.stop-defers-new"},
     .spoil = spoil_runs_on},
    {.id = "lifecycle.stop-drops-new",
     .summary = "drops what is added after a stop",
     .checks = {"lifecycle.stop-loses-nothing", "lifecycle.stop-defers-new"},
     .spoil = spoil_drops_new},
    {.id = "lifecycle.forgets-early-stop",
     .summary = "forgets a stop that came before the run",
     .checks = {"lifecycle.stop-before-run-returns", "lifecycle.stop-before-run-iterates"},
     .spoil = spoil_forgets_early_stop},
    {.id = "lifecycle.early-stop-runs-nothing",
     .summary = "runs nothing at all after a stop that came before the run",
     .checks = {"lifecycle.stop-before-run-iterates"},
     .spoil = spoil_early_stop_runs_nothing},
    {.id = "lifecycle.counts-stops",
     .summary = "keeps the second of two stops for the next run",
     .checks = {"lifecycle.stop-is-used-up", "lifecycle.stop-before-run-is-used-up"},
     .spoil = spoil_counts_stops},
    {.id = "lifecycle.wears-out",
     .summary = "refuses its fifty-first run",
     .checks = {"lifecycle.runs-again"},
     .spoil = spoil_wears_out},
    {.id = "lifecycle.forgets-reader",
     .summary = "forgets its first reader after nine runs",
     .checks = {"lifecycle.readers-outlive-runs"},
     .spoil = spoil_forgets_reader},
    {.id = "lifecycle.forgets-idle-reader",
     .summary = "forgets its first reader if a run ends without a call of it",
     .checks = {"lifecycle.reader-ready-between-runs"},
     .spoil = spoil_forgets_idle_reader},
    {.id = "lifecycle.forgets-old-timer",
     .summary = "forgets a timer that was set four runs ago",
     .checks = {"lifecycle.timers-outlive-runs"},
     .spoil = spoil_forgets_old_timer},
    {.id = "lifecycle.forgets-due-timer",
     .summary = "forgets a timer that fell due between two runs",
     .checks = {"lifecycle.timer-due-between-runs"},
     .spoil = spoil_forgets_due_timer},
    {.id = "lifecycle.spins",
     .summary = "burns CPU while it waits for a timer ten minutes away",
     .checks = {"lifecycle.idle-costs-nothing"},
     .spoil = spoil_spins},
    {.id = "lifecycle.tells-running-for-ever",
     .summary = "says that it runs once it has run",
     .checks = {"lifecycle.tells-running"},
     .spoil = spoil_tells_running},
    {0},
};
