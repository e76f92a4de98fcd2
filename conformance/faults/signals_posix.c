/* SPDX-License-Identifier: MIT
 *
 * Loops that lose signals, or call their handlers at the wrong time or place. */
#include "signals_wiretap.h"

/* raise and pthread_kill are told from kill, where the OS tells them apart. */
static bool came_from_outside(const siginfo_t *info)
{
    return info->si_code == SI_USER;
}

/* ---- called for a while and then no more */

static void call_ten_times(struct tapped *t)
{
    if (atomic_load(&t->called) <= 10)
        wiretap_call(t);
}

WIRETAP_SPOIL(ten_times, .call = call_ten_times)

/* ---- called inside the signal; the loop is woken all the same */

static bool call_inside(struct tapped *t, const siginfo_t *info)
{
    (void)info;
    if (t != NULL)
        wiretap_call(t);
    return true;
}

static void call_nothing(struct tapped *t)
{
    (void)t;
}

WIRETAP_SPOIL(inside, .pass = call_inside, .call = call_nothing)

/* ---- lost when they come while the loop sleeps: all of them, or one now and then */

static bool pass_awake(struct tapped *t, const siginfo_t *info)
{
    (void)t;
    return !wiretap_running() || !came_from_outside(info);
}

WIRETAP_SPOIL(asleep, .pass = pass_awake)

static bool pass_most(struct tapped *t, const siginfo_t *info)
{
    static atomic_int seen;

    (void)t;
    return !came_from_outside(info) || atomic_fetch_add(&seen, 1) % 10 != 9;
}

WIRETAP_SPOIL(forgetful, .pass = pass_most)

/* ---- lost when another thread takes them */

static bool pass_in_thread(struct tapped *t, const siginfo_t *info)
{
    (void)info;
    return t == NULL || pthread_equal(pthread_self(), t->thread);
}

WIRETAP_SPOIL(own_thread, .pass = pass_in_thread)

/* ---- SIGHUP calls the handler of SIGINT */

static void call_mixed_up(struct tapped *t)
{
    struct tapped *other = t->signum == SIGHUP ? wiretap_find(t->loop, SIGINT) : NULL;

    wiretap_call(other != NULL ? other : t);
}

WIRETAP_SPOIL(mixed_up, .call = call_mixed_up)

/* ---- lost while the loop does not run */

static bool pass_running(struct tapped *t, const siginfo_t *info)
{
    (void)t;
    (void)info;
    return wiretap_running();
}

WIRETAP_SPOIL(between, .pass = pass_running)

/* ---- lost when the run ends before the call */

static void forget(struct tapped *t)
{
    if (atomic_load(&t->raised) > 0)
        t->dead = true;
}

static loop_status run_and_forget(struct loop *loop)
{
    loop_status status = wiretap_run(loop);

    wiretap_each(forget);
    return status;
}

static const struct wiretap nothing_changed = {.pass = NULL};

static void spoil_stop(struct loop_operations *spoilt, const struct loop_operations *own)
{
    wiretap_spoil(&nothing_changed, spoilt, own);
    spoilt->run_forever = run_and_forget;
}

const struct fault signals_faults[] = {
    {.id = "signals.ten-times",
     .summary = "calls a handler for the first ten of its signals only",
     .checks = {"signals.called-each-time"},
     .spoil = spoil_ten_times},
    {.id = "signals.inside",
     .summary = "calls a handler from within the signal",
     .checks = {"signals.is-a-callback"},
     .spoil = spoil_inside},
    {.id = "signals.deaf-asleep",
     .summary = "loses the signals that come while it sleeps",
     .checks = {"signals.wakes-sleeping"},
     .spoil = spoil_asleep},
    {.id = "signals.forgetful",
     .summary = "loses every tenth of the signals that come from outside",
     .checks = {"signals.wakes-in-time"},
     .spoil = spoil_forgetful},
    {.id = "signals.own-thread-only",
     .summary = "loses the signals that another thread takes",
     .checks = {"signals.taken-by-thread"},
     .spoil = spoil_own_thread},
    {.id = "signals.mixed-up",
     .summary = "calls the handler of SIGINT for SIGHUP",
     .checks = {"signals.each-its-own"},
     .spoil = spoil_mixed_up},
    {.id = "signals.deaf-between-runs",
     .summary = "loses the signals that come while it does not run",
     .checks = {"signals.before-first-run", "signals.between-runs"},
     .spoil = spoil_between},
    {.id = "signals.stop-forgets",
     .summary = "forgets in a stop the signals that it has not handled",
     .checks = {"signals.stop-keeps"},
     .spoil = spoil_stop},
    {.id = NULL},
};
