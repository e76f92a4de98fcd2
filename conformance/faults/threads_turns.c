/* SPDX-License-Identifier: MIT
 *
 * Loops that call what threads posted at the wrong time, in the wrong place, or at others' expense.
 */
#include "forward.h"
#include "timed.h"

#include <stdatomic.h>

static const struct loop_operations *inner;

static loop_status forward_post(struct loop *loop, loop_callback callback, void *arg,
                                struct loop_handle **handle, void (*turn)(struct forward *f))
{
    return forward_threadsafe(inner, forward_new(loop, callback, arg, turn), handle);
}

/* ---- order */

static void run_an_iteration_later(struct forward *f)
{
    f->turn = forward_run;
    if (f->number % 10 == 0)
        (void)inner->call_soon(f->loop, forward_call, f, NULL);
    else
        forward_run(f);
}

static loop_status post_disorderly(struct loop *loop, loop_callback callback, void *arg,
                                   struct loop_handle **handle)
{
    return forward_post(loop, callback, arg, handle, run_an_iteration_later);
}

static void spoil_disorder(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon_threadsafe = post_disorderly;
}

/* ---- where */

static _Thread_local struct loop *running;

static loop_status run_noted(struct loop *loop)
{
    struct loop *outer = running;
    loop_status status;

    running = loop;
    status = inner->run_forever(loop);
    running = outer;
    return status;
}

static loop_status post_or_call(struct loop *loop, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    static _Thread_local bool inside;

    if (running != loop || handle != NULL || inside)
        return inner->call_soon_threadsafe(loop, callback, arg, handle);
    inside = true;
    callback(arg);
    inside = false;
    return LOOP_OK;
}

static void spoil_inside(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_noted;
    spoilt->call_soon_threadsafe = post_or_call;
}

static loop_status post_or_call_here(struct loop *loop, loop_callback callback, void *arg,
                                     struct loop_handle **handle)
{
    static _Thread_local int calls;

    if (++calls != 37 || handle != NULL)
        return inner->call_soon_threadsafe(loop, callback, arg, handle);
    callback(arg);
    return LOOP_OK;
}

static void spoil_here(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon_threadsafe = post_or_call_here;
}

/* Every other loop's calls go to the one that was run first. */
static struct loop *_Atomic first_run;

static loop_status run_as_first(struct loop *loop)
{
    struct loop *none = NULL;

    (void)atomic_compare_exchange_strong(&first_run, &none, loop);
    return inner->run_forever(loop);
}

static loop_status post_to_the_first(struct loop *loop, loop_callback callback, void *arg,
                                     struct loop_handle **handle)
{
    struct loop *first = atomic_load(&first_run);

    return inner->call_soon_threadsafe(first != NULL ? first : loop, callback, arg, handle);
}

static loop_status close_first(struct loop *loop)
{
    struct loop *first = loop;

    (void)atomic_compare_exchange_strong(&first_run, &first, NULL);
    return inner->close(loop);
}

static void spoil_wrong_loop(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_as_first;
    spoilt->close = close_first;
    spoilt->call_soon_threadsafe = post_to_the_first;
}

/* ---- blocking */

static atomic_int waiting;

static void run_and_count(struct forward *f)
{
    atomic_fetch_sub(&waiting, 1);
    forward_run(f);
}

static loop_status post_into_a_pipe(struct loop *loop, loop_callback callback, void *arg,
                                    struct loop_handle **handle)
{
    if (atomic_fetch_add(&waiting, 1) < 65536)
        return forward_post(loop, callback, arg, handle, run_and_count);
    atomic_fetch_sub(&waiting, 1);
    return LOOP_AGAIN;
}

static void spoil_full_pipe(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon_threadsafe = post_into_a_pipe;
}

static atomic_bool in_callback;

static void run_locked(struct forward *f)
{
    atomic_store(&in_callback, true);
    forward_run(f);
    atomic_store(&in_callback, false);
}

static loop_status soon_locked(struct loop *loop, loop_callback callback, void *arg,
                               struct loop_handle **handle)
{
    return forward_soon(inner, forward_new(loop, callback, arg, run_locked), handle);
}

static loop_status post_unlocked(struct loop *loop, loop_callback callback, void *arg,
                                 struct loop_handle **handle)
{
    while (atomic_load(&in_callback) && forward_running() == NULL)
        ;
    return inner->call_soon_threadsafe(loop, callback, arg, handle);
}

static void spoil_locked_out(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon_locked;
    spoilt->call_soon_threadsafe = post_unlocked;
}

/* ---- at others' expense */

static void go_round(void *arg)
{
    (void)inner->call_soon(arg, go_round, arg, NULL);
}

static void run_and_go_round(struct forward *f)
{
    if (f->number == 250)
        go_round(f->loop);
    forward_run(f);
}

static loop_status post_awakening(struct loop *loop, loop_callback callback, void *arg,
                                  struct loop_handle **handle)
{
    return forward_post(loop, callback, arg, handle, run_and_go_round);
}

static void spoil_stays_awake(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon_threadsafe = post_awakening;
}

static int64_t soon_ran; /* when a callback of call_soon last ran */
static int soons;        /* how many have run */

static void run_soon(struct forward *f)
{
    soon_ran = inner->time(f->loop);
    soons++;
    forward_run(f);
}

static loop_status soon_noted(struct loop *loop, loop_callback callback, void *arg,
                              struct loop_handle **handle)
{
    return forward_soon(inner, forward_new(loop, callback, arg, run_soon), handle);
}

static void run_when_idle(struct forward *f)
{
    if (soons > 60 && inner->time(f->loop) - soon_ran < 200 * MILLISECOND)
        (void)inner->call_soon(f->loop, forward_call, f, NULL);
    else
        forward_run(f);
}

static loop_status post_for_idle(struct loop *loop, loop_callback callback, void *arg,
                                 struct loop_handle **handle)
{
    return forward_post(loop, callback, arg, handle, run_when_idle);
}

static void spoil_when_idle(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon_noted;
    spoilt->call_soon_threadsafe = post_for_idle;
}

/* What a posted callback posts on its own thread is called until there is no more. */
static struct forward *next_post;
static bool in_posts;

static void run_all_posts(struct forward *f)
{
    in_posts = true;
    while (f != NULL) {
        next_post = NULL;
        forward_run(f);
        f = next_post;
    }
    in_posts = false;
}

static loop_status post_in_the_same_pass(struct loop *loop, loop_callback callback, void *arg,
                                         struct loop_handle **handle)
{
    if (forward_running() == NULL || !in_posts || next_post != NULL || handle != NULL)
        return forward_post(loop, callback, arg, handle, run_all_posts);
    next_post = forward_new(loop, callback, arg, forward_run);
    return LOOP_OK;
}

static void spoil_same_pass(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon_threadsafe = post_in_the_same_pass;
}

static atomic_int posts;

static loop_status post_counted(struct loop *loop, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    atomic_fetch_add(&posts, 1);
    return inner->call_soon_threadsafe(loop, callback, arg, handle);
}

static int64_t tag_with_posts(struct timed *t)
{
    t->tag = atomic_load(&posts);
    return t->delay;
}

static void start_over(struct timed *t)
{
    int now = atomic_load(&posts);

    if (now == t->tag || t->delay < 20 * MILLISECOND) {
        timed_run(t);
        return;
    }
    t->tag = now;
    timed_again(t, t->delay);
}

static void spoil_timers_start_over(struct loop_operations *spoilt,
                                    const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, tag_with_posts, start_over);
    spoilt->call_soon_threadsafe = post_counted;
}

const struct fault threads_turns_faults[] = {
    {"threads.disorder",
     "one call in ten is called an iteration later",
     {"threads.order", "threads.order-of-each-thread"},
     NULL,
     NULL,
     spoil_disorder},
    {"threads.inside",
     "the loop's own thread is called back from inside the call",
     {"threads.own-thread"},
     NULL,
     NULL,
     spoil_inside},
    {"threads.here",
     "a thread's thirty-seventh call is called on that thread",
     {"threads.on-the-loops-thread"},
     NULL,
     NULL,
     spoil_here},
    {"threads.wrong-loop",
     "calls for any loop go to the one that was run first",
     {"threads.two-loops"},
     NULL,
     NULL,
     spoil_wrong_loop},
    {"threads.full-pipe",
     "with 65536 calls waiting the next is refused",
     {"threads.flood-while-not-running", "threads.flood-from-own-thread"},
     NULL,
     NULL,
     spoil_full_pipe},
    {"threads.locked-out",
     "threads wait until a callback has ended",
     {"threads.flood-while-in-a-callback"},
     NULL,
     NULL,
     spoil_locked_out},
    {"threads.stays-awake",
     "after 250 calls the loop goes round for ever",
     {"threads.idle-afterwards"},
     NULL,
     NULL,
     spoil_stays_awake},
    {"threads.when-idle",
     "calls of threads wait until callbacks stop calling call_soon",
     {"threads.beside-a-busy-loop"},
     NULL,
     NULL,
     spoil_when_idle},
    {"threads.same-pass",
     "what a posted callback posts is called before anything else",
     {"threads.chain-starves-nobody"},
     NULL,
     NULL,
     spoil_same_pass},
    {"threads.timers-start-over",
     "each call of a thread lets the timers start over",
     {"threads.beside-a-timer"},
     NULL,
     NULL,
     spoil_timers_start_over},
    {0},
};
