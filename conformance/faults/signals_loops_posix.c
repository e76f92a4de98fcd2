/* SPDX-License-Identifier: MIT
 *
 * Loops that meddle with the signals of others: other loops, other threads, the process. */
#include "signals_wiretap.h"

/* ---- close leaves a signal ignored whose handler was never called */

static loop_status close_and_ignore(struct loop *loop)
{
    struct tapped *t = wiretap_find(loop, SIGURG);
    bool unused = t != NULL && atomic_load(&t->called) == 0;
    loop_status status = wiretap_close(loop);

    if (unused)
        signal(SIGURG, SIG_IGN);
    return status;
}

WIRETAP_SPOIL(nothing, .pass = NULL)

static void spoil_close_ignores(struct loop_operations *spoilt, const struct loop_operations *own)
{
    spoil_nothing(spoilt, own);
    spoilt->close = close_and_ignore;
}

/* ---- only the first loop that has handlers ever calls them */

static struct loop *first;
static bool first_closed;

static loop_status add_to_first(struct tapped *t, loop_callback callback, void *arg)
{
    if (first == NULL)
        first = t->loop;
    t->dead = first_closed;
    return wiretap_add(t, callback, arg);
}

static loop_status close_first(struct loop *loop)
{
    loop_status status = wiretap_close(loop);

    first_closed = first_closed || (loop == first && status == LOOP_OK);
    return status;
}

WIRETAP_SPOIL(first, .add = add_to_first)

static void spoil_first_only(struct loop_operations *spoilt, const struct loop_operations *own)
{
    spoil_first(spoilt, own);
    spoilt->close = close_first;
}

/* ---- a loop mutes the others: when it closes, runs in another thread, adds a handler */

static const struct loop *muting;

static void mute_other(struct tapped *t)
{
    if (t->loop != muting)
        t->dead = true;
}

static void mute_others(const struct loop *loop)
{
    muting = loop;
    wiretap_each(mute_other);
}

static loop_status close_and_mute(struct loop *loop)
{
    mute_others(loop);
    return wiretap_close(loop);
}

static void spoil_close_mutes(struct loop_operations *spoilt, const struct loop_operations *own)
{
    spoil_nothing(spoilt, own);
    spoilt->close = close_and_mute;
}

static pthread_t main_thread;

static loop_status run_and_mute(struct loop *loop)
{
    if (!pthread_equal(pthread_self(), main_thread))
        mute_others(loop);
    return wiretap_run(loop);
}

static void spoil_thread_mutes(struct loop_operations *spoilt, const struct loop_operations *own)
{
    main_thread = pthread_self();
    spoil_nothing(spoilt, own);
    spoilt->run_forever = run_and_mute;
}

static loop_status add_and_mute(struct tapped *t, loop_callback callback, void *arg)
{
    mute_others(t->loop);
    return wiretap_add(t, callback, arg);
}

WIRETAP_SPOIL(newest_only, .add = add_and_mute)

/* ---- a loop that gives a signal up takes it from the others */

static void kill_same(struct tapped *t)
{
    if (t->signum == SIGUSR1)
        t->dead = true;
}

static loop_status remove_from_all(struct tapped *t)
{
    loop_status status = wiretap_remove(t);

    if (t->signum == SIGUSR1)
        wiretap_each(kill_same);
    return status;
}

WIRETAP_SPOIL(takes_from_all, .remove = remove_from_all)

/* ---- other signals than the one that is handled */

static loop_status add_and_ignore(struct tapped *t, loop_callback callback, void *arg)
{
    signal(SIGTTIN, SIG_IGN);
    return wiretap_add(t, callback, arg);
}

static loop_status close_and_reset(struct loop *loop)
{
    signal(SIGTTIN, SIG_DFL);
    return wiretap_close(loop);
}

WIRETAP_SPOIL(ignoring, .add = add_and_ignore)

static void spoil_ignores_others(struct loop_operations *spoilt, const struct loop_operations *own)
{
    spoil_ignoring(spoilt, own);
    spoilt->close = close_and_reset;
}

static void mask_signal(int how)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTTOU);
    pthread_sigmask(how, &set, NULL);
}

static loop_status add_and_block(struct tapped *t, loop_callback callback, void *arg)
{
    mask_signal(SIG_BLOCK);
    return wiretap_add(t, callback, arg);
}

static loop_status close_and_unblock(struct loop *loop)
{
    mask_signal(SIG_UNBLOCK);
    return wiretap_close(loop);
}

WIRETAP_SPOIL(blocking, .add = add_and_block)

static void spoil_blocks(struct loop_operations *spoilt, const struct loop_operations *own)
{
    spoil_blocking(spoilt, own);
    spoilt->close = close_and_unblock;
}

const struct fault signals_loops_faults[] = {
    {.id = "signals.close-ignores",
     .summary = "leaves a signal ignored when it is closed",
     .checks = {"signals.closed-gives-back"},
     .spoil = spoil_close_ignores},
    {.id = "signals.first-loop-only",
     .summary = "calls no handler once a loop that had handlers was closed",
     .checks = {"signals.loops-in-turn"},
     .spoil = spoil_first_only},
    {.id = "signals.takes-from-all",
     .summary = "a loop that gives a signal up takes it from every other",
     .checks = {"signals.same-signal"},
     .spoil = spoil_takes_from_all},
    {.id = "signals.close-mutes",
     .summary = "mutes the handlers of every loop when one is closed",
     .checks = {"signals.other-loop"},
     .spoil = spoil_close_mutes},
    {.id = "signals.thread-mutes",
     .summary = "mutes the handlers of every loop when one runs in another thread",
     .checks = {"signals.loop-in-thread"},
     .spoil = spoil_thread_mutes},
    {.id = "signals.newest-loop-only",
     .summary = "calls the handlers of that loop only that added one last",
     .checks = {"signals.two-loops"},
     .spoil = spoil_newest_only},
    {.id = "signals.ignores-others",
     .summary = "ignores SIGTTIN while it has a handler of another signal",
     .checks = {"signals.others-untouched"},
     .spoil = spoil_ignores_others},
    {.id = "signals.blocks",
     .summary = "blocks a signal in callbacks",
     .checks = {"signals.mask-untouched"},
     .spoil = spoil_blocks},
    {.id = NULL},
};
