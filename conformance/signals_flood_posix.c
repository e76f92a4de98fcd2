/* SPDX-License-Identifier: MIT
 *
 * More signals than a loop can handle one by one. What a signal may write to, a pipe say, has an
 * end: 64 KiB on most systems. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "signals_common.h"

enum { FLOOD = 70000, KEPT_ERRNO = EXDEV };

/* On a machine where signals are slow the flood is smaller: it proves less, and takes no longer. */
static bool is_over(int sent, int64_t since)
{
    return sent >= FLOOD || (sent % 256 == 0 && check_now() - since > MILLISECONDS(400));
}

static void raise_flood(void *arg)
{
    int64_t since = check_now();

    for (int sent = 1; !is_over(sent, since); sent++)
        signals_raise(arg, SIGUSR1);
}

static void flood_blocks_nothing(struct check *c)
{
    struct counter *calls = signals_count(c, SIGUSR1);

    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, raise_flood, c, NULL));
    RUN_UNTIL(c, counter_reached, calls, "the handler of a signal that came many times");
    signals_expect_call(c, SIGUSR1, calls);
}

static void raise_flood_and_other(void *arg)
{
    raise_flood(arg);
    signals_raise(arg, SIGUSR2);
}

static void flood_keeps_others(struct check *c)
{
    struct counter *other = signals_count(c, SIGUSR2);

    signals_count(c, SIGUSR1);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, raise_flood_and_other, c, NULL));
    RUN_UNTIL(c, counter_reached, other, "the handler of one SIGUSR2 after many SIGUSR1");
}

/* A flood from another thread. */
struct flood {
    struct counter last_calls; /* of the handler, since the last signal is about to come */
    atomic_bool last;
};

static void send_flood(void *arg)
{
    struct flood *flood = arg;
    struct check *c = flood->last_calls.check;
    int64_t since = check_now();

    for (int sent = 1; !is_over(sent, since); sent++) {
        scene_signal_self(c, SIGUSR1);
        if (sent % 64 == 0)
            sched_yield();
    }
    atomic_store(&flood->last, true);
    scene_signal_self(c, SIGUSR1);
}

static void flood_call(void *arg)
{
    struct flood *flood = arg;

    if (atomic_load(&flood->last))
        counter_call(&flood->last_calls);
}

static bool nothing_pends(void *arg)
{
    sigset_t pending;

    (void)arg;
    return sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) == 0;
}

/* The call may have come for the last signal but one. A loop that takes signals from a descriptor
 * leaves the last one pending then, which kills whoever unblocks it. */
static void flood_ends_in_call(struct check *c)
{
    struct flood *flood = check_alloc(c, sizeof *flood);
    struct scene_thread *thread;

    *flood = (struct flood){.last_calls = {.check = c, .target = 1}};
    signals_handle(c, SIGUSR1, flood_call, flood);
    thread = scene_start(c, send_flood, flood);
    RUN_UNTIL(c, counter_reached, &flood->last_calls, "the handler of the last of many signals");
    scene_join(c, thread);
    RUN_UNTIL(c, nothing_pends, NULL, "that the last of many signals is taken");
}

/* The counter counts the signals that changed errno. */
static void watch_errno(void *arg)
{
    struct counter *changed = arg;
    int64_t since = check_now();

    for (int sent = 1; !is_over(sent, since); sent++) {
        errno = KEPT_ERRNO;
        if (raise(SIGUSR1) == 0 && errno != KEPT_ERRNO)
            changed->calls++;
    }
}

static void keeps_errno(struct check *c)
{
    struct counter *changed = check_alloc(c, sizeof *changed);
    struct counter *calls = signals_count(c, SIGUSR1);

    *changed = (struct counter){.check = c};
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, watch_errno, changed, NULL));
    RUN_UNTIL(c, counter_reached, calls, "the handler of a signal that came many times");
    EXPECT_INT(c, "signals that changed errno", changed->calls, 0);
}

/* A handler that calls for itself. */
static void raise_again(void *arg)
{
    signals_raise(arg, SIGUSR1);
}

static void shares(struct check *c)
{
    struct counter *timer = check_alloc(c, sizeof *timer), *soon = check_alloc(c, sizeof *soon);

    *timer = *soon = (struct counter){.check = c, .target = 1};
    signals_handle(c, SIGUSR1, raise_again, c);
    signals_raise_soon(c, SIGUSR1);
    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, MILLISECONDS(20), counter_call, timer, NULL));
    RUN_UNTIL(c, counter_reached, timer, "a timer, while a handler raises its own signal");
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, counter_call, soon, NULL));
    RUN_UNTIL(c, counter_reached, soon, "a callback, while a handler raises its own signal");
}

static const struct check_definition definitions[] = {
    {.id = "signals.flood-blocks-nothing",
     .run = flood_blocks_nothing,
     .rules = {"signals.flood-blocks-nothing"},
     .needs = {"add_signal_handler"},
     .flags = CHECK_BUSY},
    {.id = "signals.flood-ends-in-call",
     .run = flood_ends_in_call,
     .rules = {"signals.flood-ends-in-call"},
     .needs = {"add_signal_handler"},
     .flags = CHECK_BUSY},
    {.id = "signals.flood-keeps-others",
     .run = flood_keeps_others,
     .rules = {"signals.flood-keeps-others"},
     .needs = {"add_signal_handler"},
     .flags = CHECK_BUSY},
    {.id = "signals.keeps-errno",
     .run = keeps_errno,
     .rules = {"signals.keeps-errno"},
     .needs = {"add_signal_handler"},
     .flags = CHECK_BUSY},
    {.id = "signals.shares",
     .run = shares,
     .rules = {"signals.shares"},
     .needs = {"add_signal_handler", "call_later"},
     .flags = CHECK_BUSY},
};

CHECK_AREA_PART(signals, flood, definitions);
