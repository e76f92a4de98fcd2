/* SPDX-License-Identifier: MIT
 *
 * Loops that lose calls of other threads, or the wakeups for them. */
#include "forward.h"

#include <pthread.h>
#include <stdatomic.h>

static const struct loop_operations *inner;

static loop_status pass(struct loop *loop, loop_callback callback, void *arg)
{
    return inner->call_soon_threadsafe(loop, callback, arg, NULL);
}

/* ---- a call that waits until the next one wakes the loop */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int calls;
static bool (*is_held)(int call);
static struct {
    struct loop *loop;
    loop_callback callback;
    void *arg;
} held;

static loop_status post_or_hold(struct loop *loop, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    loop_status status = LOOP_OK;

    pthread_mutex_lock(&lock);
    if (held.loop != NULL)
        (void)pass(held.loop, held.callback, held.arg);
    held.loop = NULL;
    if (handle == NULL && is_held(++calls)) {
        held.loop = loop;
        held.callback = callback;
        held.arg = arg;
    } else {
        status = inner->call_soon_threadsafe(loop, callback, arg, handle);
    }
    pthread_mutex_unlock(&lock);
    return status;
}

static void hold(struct loop_operations *spoilt, const struct loop_operations *own,
                 bool (*which)(int call))
{
    inner = own;
    is_held = which;
    spoilt->call_soon_threadsafe = post_or_hold;
}

static bool is_thirteenth(int call)
{
    return call % 13 == 0;
}

static void spoil_thirteenth(struct loop_operations *spoilt, const struct loop_operations *own)
{
    hold(spoilt, own, is_thirteenth);
}

static bool is_the_fourth(int call)
{
    return call == 4;
}

static void spoil_the_fourth(struct loop_operations *spoilt, const struct loop_operations *own)
{
    hold(spoilt, own, is_the_fourth);
}

static bool has_forked;

static void note_fork(void)
{
    has_forked = true;
}

static bool is_after_a_fork(int call)
{
    return call > 0 && has_forked;
}

static void spoil_after_a_fork(struct loop_operations *spoilt, const struct loop_operations *own)
{
    hold(spoilt, own, is_after_a_fork);
    fault_at_fork(note_fork, NULL);
}

/* ---- calls that are lost */

static loop_status post_or_lose(struct loop *loop, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    static atomic_int posted;

    if (handle == NULL && atomic_fetch_add(&posted, 1) % 1000 == 999)
        return LOOP_OK;
    return inner->call_soon_threadsafe(loop, callback, arg, handle);
}

static void spoil_loses_one(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon_threadsafe = post_or_lose;
}

static loop_status post_of_new_thread(struct loop *loop, loop_callback callback, void *arg,
                                      struct loop_handle **handle)
{
    static _Thread_local bool known;
    static atomic_int threads;

    if (!known && atomic_fetch_add(&threads, 1) == 17 && handle == NULL)
        return LOOP_OK;
    known = true;
    return inner->call_soon_threadsafe(loop, callback, arg, handle);
}

static void spoil_loses_threads(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon_threadsafe = post_of_new_thread;
}

static atomic_bool is_running;
static atomic_int runs;

static loop_status run_noted(struct loop *loop)
{
    loop_status status;

    atomic_store(&is_running, true);
    status = inner->run_forever(loop);
    atomic_store(&is_running, false);
    atomic_fetch_add(&runs, 1);
    return status;
}

static loop_status post_after_first_run(struct loop *loop, loop_callback callback, void *arg,
                                        struct loop_handle **handle)
{
    if (handle == NULL && atomic_load(&runs) == 0 && !atomic_load(&is_running))
        return LOOP_OK;
    return inner->call_soon_threadsafe(loop, callback, arg, handle);
}

static void spoil_before_first_run(struct loop_operations *spoilt,
                                   const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_noted;
    spoilt->call_soon_threadsafe = post_after_first_run;
}

static loop_status post_during_runs(struct loop *loop, loop_callback callback, void *arg,
                                    struct loop_handle **handle)
{
    if (handle == NULL && atomic_load(&runs) > 0 && !atomic_load(&is_running))
        return LOOP_OK;
    return inner->call_soon_threadsafe(loop, callback, arg, handle);
}

static void spoil_between_runs(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_noted;
    spoilt->call_soon_threadsafe = post_during_runs;
}

/* What had been posted when the loop stopped is thrown away with the rest of the iteration. */
static atomic_bool stopped;

static void stop_noted(struct loop *loop)
{
    atomic_store(&stopped, true);
    inner->stop(loop);
}

static loop_status run_afresh(struct loop *loop)
{
    atomic_store(&stopped, false);
    return inner->run_forever(loop);
}

static void run_unless_stopped(struct forward *f)
{
    if (!atomic_load(&stopped))
        forward_run(f);
}

static loop_status post_forwarded(struct loop *loop, loop_callback callback, void *arg,
                                  struct loop_handle **handle)
{
    return forward_threadsafe(inner, forward_new(loop, callback, arg, run_unless_stopped), handle);
}

static void spoil_lost_at_stop(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->stop = stop_noted;
    spoilt->run_forever = run_afresh;
    spoilt->call_soon_threadsafe = post_forwarded;
}

/* ---- handles and closing */

static struct loop_handle *_Atomic posted_handles[16];

static loop_status post_noted(struct loop *loop, loop_callback callback, void *arg,
                              struct loop_handle **handle)
{
    static atomic_uint next;
    loop_status status = inner->call_soon_threadsafe(loop, callback, arg, handle);

    if (status == LOOP_OK && handle != NULL)
        atomic_store(&posted_handles[atomic_fetch_add(&next, 1) % 16], *handle);
    return status;
}

static void cancel_none_posted(struct loop *loop, struct loop_handle *handle)
{
    for (int i = 0; i < 16; i++)
        if (atomic_load(&posted_handles[i]) == handle)
            return;
    inner->handle_cancel(loop, handle);
}

static void spoil_cancel_ignored(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon_threadsafe = post_noted;
    spoilt->handle_cancel = cancel_none_posted;
}

static loop_status post_to_a_closed_loop(struct loop *loop, loop_callback callback, void *arg,
                                         struct loop_handle **handle)
{
    loop_status status = inner->call_soon_threadsafe(loop, callback, arg, handle);

    return status == LOOP_CLOSED && handle == NULL ? LOOP_OK : status;
}

static void spoil_accepts_when_closed(struct loop_operations *spoilt,
                                      const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon_threadsafe = post_to_a_closed_loop;
}

const struct fault threads_faults[] = {
    {"threads.sleeps-on",
     "one wakeup in thirteen comes only with the next",
     {"threads.wakes-the-loop", "threads.no-wakeup-lost", "threads.two-loops",
      "threads.sees-what-was-written"},
     NULL,
     NULL,
     spoil_thirteenth},
    {"threads.sleeps-once",
     "the wakeup of the fourth call of a process comes with the fifth",
     {"threads.stops-the-loop", "threads.wakes-the-loop"},
     NULL,
     NULL,
     spoil_the_fourth},
    {"threads.fork-takes-wakeup",
     "after a fork wakeups come only with the next",
     {"threads.after-a-fork"},
     NULL,
     NULL,
     spoil_after_a_fork},
    {"threads.loses-one",
     "one call in a thousand is lost",
     {"threads.from-several-threads", "threads.flood-while-not-running",
      "threads.flood-from-own-thread", "threads.flood-while-in-a-callback"},
     NULL,
     NULL,
     spoil_loses_one},
    {"threads.loses-threads",
     "the first call of the eighteenth thread is lost",
     {"threads.from-a-thread-that-is-gone"},
     NULL,
     NULL,
     spoil_loses_threads},
    {"threads.deaf-at-first",
     "calls made before the first run are lost",
     {"threads.before-the-first-run"},
     NULL,
     NULL,
     spoil_before_first_run},
    {"threads.deaf-between-runs",
     "calls made between runs are lost",
     {"threads.between-runs"},
     NULL,
     NULL,
     spoil_between_runs},
    {"threads.lost-at-stop",
     "calls that are due when the loop stops are lost",
     {"threads.racing-with-stop"},
     NULL,
     NULL,
     spoil_lost_at_stop},
    {"threads.cancel-ignored",
     "handle_cancel does nothing to calls of threads",
     {"threads.cancelled"},
     NULL,
     NULL,
     spoil_cancel_ignored},
    {"threads.accepts-when-closed",
     "calls after close are accepted, and come to nothing",
     {"threads.racing-with-close"},
     NULL,
     NULL,
     spoil_accepts_when_closed},
    {0},
};
