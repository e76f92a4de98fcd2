/* SPDX-License-Identifier: MIT
 *
 * Loops that sleep too long, too short or not at all when signals come. */
#include "signals_wiretap.h"

#define MILLISECONDS(n) ((int64_t)(n)*INT64_C(1000000))

/* ---- timers: of one length only, which a check among signals uses, so that no other fails */

static struct {
    struct loop *loop;
    loop_callback callback;
    void *arg;
    int seen; /* signals when it was armed */
    bool pending;
} timer;
static atomic_int seen;

static bool count(struct tapped *t, const siginfo_t *info)
{
    (void)t;
    (void)info;
    atomic_fetch_add(&seen, 1);
    return true;
}

static void fire(void)
{
    timer.pending = false;
    timer.callback(timer.arg);
}

static void begin_anew(void *arg)
{
    int now = atomic_load(&seen);

    (void)arg;
    if (now == timer.seen) {
        fire();
    } else {
        timer.seen = now;
        (void)wiretap_inner()->call_later(timer.loop, MILLISECONDS(60), begin_anew, NULL, NULL);
    }
}

static loop_status later_anew(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                              struct loop_handle **handle)
{
    if (delay != MILLISECONDS(60))
        return wiretap_inner()->call_later(loop, delay, callback, arg, handle);
    wiretap_foreign(SIGALRM);
    timer.loop = loop;
    timer.callback = callback;
    timer.arg = arg;
    timer.seen = atomic_load(&seen);
    timer.pending = true;
    return wiretap_inner()->call_later(loop, delay, begin_anew, NULL, handle);
}

WIRETAP_SPOIL(counting, .pass = count)

static void spoil_begins_anew(struct loop_operations *spoilt, const struct loop_operations *own)
{
    spoil_counting(spoilt, own);
    spoilt->call_later = later_anew;
}

static void fire_if_pending(void *arg)
{
    (void)arg;
    if (timer.pending)
        fire();
}

static void fire_early(struct tapped *t)
{
    fire_if_pending(NULL);
    wiretap_call(t);
}

static loop_status later_or_early(struct loop *loop, int64_t delay, loop_callback callback,
                                  void *arg, struct loop_handle **handle)
{
    if (delay != MILLISECONDS(60))
        return wiretap_inner()->call_later(loop, delay, callback, arg, handle);
    timer.callback = callback;
    timer.arg = arg;
    timer.pending = true;
    return wiretap_inner()->call_later(loop, delay, fire_if_pending, NULL, handle);
}

WIRETAP_SPOIL(hurrying, .call = fire_early)

static void spoil_hurries(struct loop_operations *spoilt, const struct loop_operations *own)
{
    spoil_hurrying(spoilt, own);
    spoilt->call_later = later_or_early;
}

/* ---- after a signal: spins, or calls once more */

static void spin(void *loop)
{
    (void)wiretap_inner()->call_soon(loop, spin, loop, NULL);
}

static void call_and_spin(struct tapped *t)
{
    if (atomic_load(&t->called) == 1)
        spin(t->loop);
    wiretap_call(t);
}

WIRETAP_SPOIL(spins, .call = call_and_spin)

static void call_and_call_again(struct tapped *t)
{
    (void)wiretap_inner()->call_later(t->loop, MILLISECONDS(20), t->callback, t->arg, NULL);
    wiretap_call(t);
}

WIRETAP_SPOIL(calls_again, .call = call_and_call_again)

WIRETAP_SPOIL(interrupts, .without_flags = SA_RESTART)

const struct fault signals_sleep_faults[] = {
    {.id = "signals.begins-anew",
     .summary = "begins a wait anew, for its whole length, when a signal interrupts it",
     .checks = {"signals.timers-keep-time", "signals.foreign"},
     .spoil = spoil_begins_anew},
    {.id = "signals.hurries",
     .summary = "calls timers as soon as a signal comes",
     .checks = {"signals.timers-keep-time"},
     .spoil = spoil_hurries},
    {.id = "signals.spins",
     .summary = "spins once a signal came",
     .checks = {"signals.quiet"},
     .spoil = spoil_spins},
    {.id = "signals.calls-again",
     .summary = "calls a handler twice for one signal",
     .checks = {"signals.quiet"},
     .spoil = spoil_calls_again},
    {.id = "signals.interrupts",
     .summary = "lets signals interrupt system calls",
     .checks = {"signals.restarts"},
     .spoil = spoil_interrupts},
    {.id = NULL},
};
