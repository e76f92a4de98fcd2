/* SPDX-License-Identifier: MIT
 *
 * Signals that come, and the calls of their handlers. */
#include <pthread.h>
#include <signal.h>

#include "signals_common.h"

static void called_each_time(struct check *c)
{
    struct counter *calls = signals_count(c, SIGUSR1);

    for (int i = 0; i < 20; i++)
        signals_expect_call(c, SIGUSR1, calls);
}

/* What a handler saw of where it was called. */
struct place {
    struct counter calls;
    int signum;
    volatile sig_atomic_t raising; /* the signal is just being taken */
    bool inside, elsewhere;
    pthread_t thread;
};

static void look_around(void *arg)
{
    struct place *place = arg;

    if (place->raising)
        place->inside = true;
    if (!pthread_equal(pthread_self(), place->thread))
        place->elsewhere = true;
    counter_call(&place->calls);
}

static struct place *look_at_place(struct check *c, int signum)
{
    struct place *place = check_alloc(c, sizeof *place);

    *place = (struct place){
        .calls = {.check = c, .target = 1}, .signum = signum, .thread = pthread_self()};
    signals_handle(c, signum, look_around, place);
    return place;
}

static void raise_at_place(void *arg)
{
    struct place *place = arg;

    place->raising = 1;
    signals_raise(place->calls.check, place->signum);
    place->raising = 0;
}

static void is_a_callback(struct check *c)
{
    struct place *place = look_at_place(c, SIGUSR1);

    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, raise_at_place, place, NULL));
    RUN_UNTIL(c, counter_reached, &place->calls, "the signal's handler is called");
    EXPECT(c, !place->inside, "the handler was called while the signal was being taken");
}

static void wakes_loop(void *arg)
{
    check_block(MILLISECONDS(40));
    scene_signal_self(arg, SIGUSR1);
}

static void wakes_sleeping(struct check *c)
{
    struct counter *calls = signals_count(c, SIGUSR1);
    struct scene_thread *thread = scene_start(c, wakes_loop, c);

    RUN_UNTIL(c, counter_reached, calls, "a signal to the process wakes the loop");
    scene_join(c, thread);
}

static void takes_signal(void *arg)
{
    check_block(MILLISECONDS(40));
    signals_raise(arg, SIGUSR1);
}

static void taken_by_thread(struct check *c)
{
    struct place *place = look_at_place(c, SIGUSR1);
    struct scene_thread *thread = scene_start(c, takes_signal, c);

    RUN_UNTIL(c, counter_reached, &place->calls, "a signal taken by a thread wakes the loop");
    scene_join(c, thread);
    EXPECT(c, !place->elsewhere, "the handler was called in another thread than the loop's");
}

enum { KINDS = 10 };
static const int kinds[KINDS] = {SIGHUP,  SIGINT,  SIGQUIT,   SIGUSR1, SIGUSR2,
                                 SIGALRM, SIGTERM, SIGVTALRM, SIGURG,  SIGWINCH};

static bool all_reached(void *arg)
{
    struct counter **calls = arg;

    for (int i = 0; i < KINDS; i++) {
        if (!counter_reached(calls[i]))
            return false;
    }
    return true;
}

static void raise_all(void *arg)
{
    for (int i = 0; i < KINDS; i++)
        signals_raise(arg, kinds[i]);
}

static void each_its_own(struct check *c)
{
    struct counter *calls[KINDS];

    for (int i = 0; i < KINDS; i++)
        calls[i] = signals_count(c, kinds[i]);
    for (int i = 0; i < KINDS; i++) {
        signals_expect_call(c, kinds[i], calls[i]);
        for (int other = i + 1; other < KINDS; other++)
            EXPECT(c, calls[other]->calls == 0, "signal %d called the handler of signal %d",
                   kinds[i], kinds[other]);
    }
    for (int i = 0; i < KINDS; i++)
        calls[i]->target = calls[i]->calls + 1;
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, raise_all, c, NULL));
    RUN_UNTIL(c, all_reached, calls, "of signals that came together each handler is called");
}

static void add_replaces(struct check *c)
{
    struct counter *first = signals_count(c, SIGUSR1);
    struct counter *second = signals_count(c, SIGUSR1);

    signals_expect_call(c, SIGUSR1, second);
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of the handler that was replaced", first->calls, 0);
}

static void before_first_run(struct check *c)
{
    struct counter *calls = signals_count(c, SIGUSR1);

    signals_raise(c, SIGUSR1);
    RUN_UNTIL(c, counter_reached, calls, "the handler of a signal that came before the first run");
}

static void between_runs(struct check *c)
{
    struct counter *calls = signals_count(c, SIGUSR1);

    signals_expect_call(c, SIGUSR1, calls);
    calls->target = calls->calls + 1;
    signals_raise(c, SIGUSR1);
    RUN_UNTIL(c, counter_reached, calls, "the handler of a signal that came between two runs");
}

static void raise_and_stop(void *arg)
{
    struct check *c = arg;

    signals_raise(c, SIGUSR1);
    c->ops->stop(c->loop);
}

static void stop_keeps(struct check *c)
{
    struct counter *calls = signals_count(c, SIGUSR1);

    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, raise_and_stop, c, NULL));
    EXPECT_STATUS(c, "run_forever", RUN(c, "stop() in a callback"), LOOP_OK);
    RUN_UNTIL(c, counter_reached, calls, "the handler of a signal that came before the stop");
}

static void reset_to_default(void *arg)
{
    const int *signum = arg;

    signal(*signum, SIG_DFL);
}

static void takes_ignored(struct check *c)
{
    static int signum = SIGUSR1;

    check_at_end(c, reset_to_default, &signum);
    signal(signum, SIG_IGN);
    signals_expect_call(c, signum, signals_count(c, signum));
}

#ifdef SIGRTMIN
static void real_time(struct check *c)
{
    int signum = SIGRTMIN;
    struct counter *calls = check_alloc(c, sizeof *calls);

    *calls = (struct counter){.check = c, .target = 1};
    EXPECT_STATUS(c, "add_signal_handler of SIGRTMIN",
                  c->ops->add_signal_handler(c->loop, signum, counter_call, calls), LOOP_OK);
    signals_expect_call(c, signum, calls);
}
#else
static void real_time(struct check *c)
{
    check_skip(c, "this machine has no real-time signals");
}
#endif

static int exit_at_once(void *arg)
{
    (void)arg;
    return 0;
}

static void sigchld(struct check *c)
{
    struct counter *calls = check_alloc(c, sizeof *calls);

    *calls = (struct counter){.check = c, .target = 1};
    EXPECT_STATUS(c, "add_signal_handler of SIGCHLD",
                  c->ops->add_signal_handler(c->loop, SIGCHLD, counter_call, calls), LOOP_OK);
    scene_in_child(c, exit_at_once, NULL);
    RUN_UNTIL(c, counter_reached, calls, "the handler of SIGCHLD is called when a child ended");
}

static const struct check_definition definitions[] = {
    {.id = "signals.called-each-time",
     .run = called_each_time,
     .rules = {"signals.called"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.is-a-callback",
     .run = is_a_callback,
     .rules = {"signals.is-a-callback"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.wakes-sleeping",
     .run = wakes_sleeping,
     .rules = {"signals.wakes"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.taken-by-thread",
     .run = taken_by_thread,
     .rules = {"signals.wakes", "signals.is-a-callback"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.each-its-own",
     .run = each_its_own,
     .rules = {"signals.each-its-own"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.add-replaces",
     .run = add_replaces,
     .rules = {"signals.add-replaces"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.before-first-run",
     .run = before_first_run,
     .rules = {"signals.between-runs"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.between-runs",
     .run = between_runs,
     .rules = {"signals.between-runs"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.stop-keeps",
     .run = stop_keeps,
     .rules = {"signals.stop-keeps"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.takes-ignored",
     .run = takes_ignored,
     .rules = {"signals.takes-ignored"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.real-time",
     .run = real_time,
     .rules = {"signals.real-time"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.sigchld",
     .run = sigchld,
     .rules = {"signals.sigchld"},
     .needs = {"add_signal_handler"}},
};

CHECK_AREA(signals, definitions);
