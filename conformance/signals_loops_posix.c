/* SPDX-License-Identifier: MIT
 *
 * Signals belong to the process, and loops share it: with other loops, with other threads, with
 * the programs they start. */
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "signals_common.h"

/* SIGWINCH and SIGURG, so that a loop which does not give them back harms nobody. */
static void closed_gives_back(struct check *c)
{
    const char *winch = signals_disposition(c, SIGWINCH);
    const char *urg = signals_disposition(c, SIGURG);
    struct counter *calls = signals_count(c, SIGWINCH);

    signals_count(c, SIGURG);
    signals_expect_call(c, SIGWINCH, calls);
    EXPECT_STATUS(c, "close", c->ops->close(c->loop), LOOP_OK);
    EXPECT(c, strcmp(signals_disposition(c, SIGWINCH), winch) == 0,
           "SIGWINCH is %s after close, and was %s", signals_disposition(c, SIGWINCH), winch);
    EXPECT(c, strcmp(signals_disposition(c, SIGURG), urg) == 0,
           "SIGURG is %s after close, and was %s", signals_disposition(c, SIGURG), urg);
}

static void loops_in_turn(struct check *c)
{
    for (int i = 0; i < 5; i++) {
        struct loop *used = c->loop;

        signals_expect_call(c, SIGUSR1, signals_count(c, SIGUSR1));
        EXPECT_STATUS(c, "close", c->ops->close(used), LOOP_OK);
        check_free_loop(c, used);
        c->loop = check_open_loop(c);
    }
}

/* Another loop that runs until a callback or a timer of its own stops it. */
struct guest {
    struct check *check;
    struct loop *loop;
    loop_status status;
};

static void stop_guest(void *arg)
{
    struct guest *guest = arg;

    guest->check->ops->stop(guest->loop);
}

static struct guest *invite(struct check *c)
{
    struct guest *guest = check_alloc(c, sizeof *guest);

    *guest = (struct guest){.check = c, .loop = check_open_loop(c)};
    return guest;
}

static void run_guest(void *arg)
{
    struct guest *guest = arg;

    guest->status = guest->check->ops->run_forever(guest->loop);
}

static void other_loop(struct check *c)
{
    struct counter *calls = signals_count(c, SIGUSR1);
    struct guest *guest = invite(c);

    signals_expect_call(c, SIGUSR1, calls);
    NEED_OK(c, "call_soon", c->ops->call_soon(guest->loop, stop_guest, guest, NULL));
    run_guest(guest);
    EXPECT_STATUS(c, "run_forever of the other loop", guest->status, LOOP_OK);
    signals_expect_call(c, SIGUSR1, calls);
    EXPECT_STATUS(c, "close of the other loop", c->ops->close(guest->loop), LOOP_OK);
    check_free_loop(c, guest->loop);
    signals_expect_call(c, SIGUSR1, calls);
}

static void loop_in_thread(struct check *c)
{
    struct counter *calls = signals_count(c, SIGUSR1);
    struct guest *guest = invite(c);
    struct scene_thread *thread;

    NEED_OK(c, "call_later",
            c->ops->call_later(guest->loop, MILLISECONDS(60), stop_guest, guest, NULL));
    thread = scene_start(c, run_guest, guest);
    for (int i = 0; i < 5; i++) {
        check_block(MILLISECONDS(5));
        signals_expect_call(c, SIGUSR1, calls);
    }
    scene_join(c, thread);
    EXPECT_STATUS(c, "run_forever of the other loop", guest->status, LOOP_OK);
    signals_expect_call(c, SIGUSR1, calls);
}

/* c->loop is the loop whose handlers the helpers add, and which they run. */
static void two_loops(struct check *c)
{
    struct loop *first = c->loop, *second = check_open_loop(c);
    struct counter *calls = signals_count(c, SIGUSR1), *others;

    c->loop = second;
    others = signals_count(c, SIGUSR2);
    signals_expect_call(c, SIGUSR2, others);
    c->loop = first;
    signals_expect_call(c, SIGUSR1, calls);
    c->loop = second;
    signals_remove(c, SIGUSR2);
    EXPECT_STATUS(c, "close of the second loop", c->ops->close(second), LOOP_OK);
    check_free_loop(c, second);
    c->loop = first;
    signals_expect_call(c, SIGUSR1, calls);
}

/* Each of them may be called, or the newer one alone. */
static void same_signal(struct check *c)
{
    struct loop *first = c->loop, *second = check_open_loop(c);
    struct counter *calls = signals_count(c, SIGUSR1), *others;

    c->loop = second;
    others = signals_count(c, SIGUSR1);
    signals_expect_call(c, SIGUSR1, others);
    signals_raise(c, SIGUSR1);
    signals_remove(c, SIGUSR1);
    c->loop = first;
    calls->target = calls->calls + 1;
    RUN_UNTIL(c, counter_reached, calls, "the older handler of a signal that the newer one left");
    signals_expect_call(c, SIGUSR1, calls);
    c->loop = second;
    others = signals_count(c, SIGUSR1);
    c->loop = first;
    signals_remove(c, SIGUSR1);
    c->loop = second;
    signals_expect_call(c, SIGUSR1, others);
    c->loop = first;
}

/* SIGPIPE and SIGCHLD are not among them: a loop may need these for itself. */
static const int untouched[] = {SIGHUP, SIGINT,  SIGQUIT, SIGUSR2, SIGALRM,  SIGTERM, SIGVTALRM,
                                SIGURG, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, SIGCONT, SIGPROF};
enum { UNTOUCHED = sizeof untouched / sizeof *untouched };

static void others_untouched(struct check *c)
{
    const char *before[UNTOUCHED];

    for (size_t i = 0; i < UNTOUCHED; i++)
        before[i] = signals_disposition(c, untouched[i]);
    signals_expect_call(c, SIGUSR1, signals_count(c, SIGUSR1));
    for (size_t i = 0; i < UNTOUCHED; i++) {
        const char *now = signals_disposition(c, untouched[i]);

        EXPECT(c, strcmp(now, before[i]) == 0,
               "signal %d was %s before SIGUSR1 was handled and is %s now", untouched[i], before[i],
               now);
    }
}

/* The mask in a callback is what a program that it starts inherits. */
static void see_mask(void *arg)
{
    pthread_sigmask(SIG_SETMASK, NULL, arg);
}

static void mask_untouched(struct check *c)
{
    sigset_t before, *seen = check_alloc(c, sizeof *seen);

    pthread_sigmask(SIG_SETMASK, NULL, &before);
    signals_expect_call(c, SIGUSR1, signals_count(c, SIGUSR1));
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, see_mask, seen, NULL));
    RUN_ITERATIONS(c, 2);
    for (int signum = 1; signum < 32; signum++)
        EXPECT(c, sigismember(seen, signum) == sigismember(&before, signum),
               "signal %d is %s in a callback", signum,
               sigismember(&before, signum) ? "unblocked" : "blocked");
}

static const struct check_definition definitions[] = {
    {.id = "signals.closed-gives-back",
     .run = closed_gives_back,
     .rules = {"signals.closed-gives-back"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.loops-in-turn",
     .run = loops_in_turn,
     .rules = {"signals.loops-in-turn"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.other-loop",
     .run = other_loop,
     .rules = {"signals.other-loop"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.loop-in-thread",
     .run = loop_in_thread,
     .rules = {"signals.other-loop"},
     .needs = {"add_signal_handler", "call_later"}},
    {.id = "signals.same-signal",
     .run = same_signal,
     .rules = {"signals.same-signal"},
     .needs = {"add_signal_handler", "remove_signal_handler"}},
    {.id = "signals.two-loops",
     .run = two_loops,
     .rules = {"signals.two-loops"},
     .needs = {"add_signal_handler", "remove_signal_handler"}},
    {.id = "signals.others-untouched",
     .run = others_untouched,
     .rules = {"signals.others-untouched"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.mask-untouched",
     .run = mask_untouched,
     .rules = {"signals.mask-untouched"},
     .needs = {"add_signal_handler"}},
};

CHECK_AREA_PART(signals, loops, definitions);
