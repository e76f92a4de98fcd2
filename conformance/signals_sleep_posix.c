/* SPDX-License-Identifier: MIT
 *
 * A loop that sleeps, and signals that come just then. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "alarm.h"
#include "signals_common.h"

/* Signals one at a time: the handler asks another thread for the next, which comes a moment later,
 * when the loop is about to fall asleep. */
struct volley {
    struct counter rounds;
    struct scene_thread *thread;
    int64_t since;
    uint64_t random;
    pthread_mutex_t lock;
    pthread_cond_t asked;
    int wanted; /* signals that the handler asked for */
    bool over;
};

static void ask(struct volley *volley, bool over)
{
    pthread_mutex_lock(&volley->lock);
    volley->wanted++;
    volley->over = over;
    pthread_cond_signal(&volley->asked);
    pthread_mutex_unlock(&volley->lock);
}

static bool was_asked(struct volley *volley, int sent)
{
    bool over;

    pthread_mutex_lock(&volley->lock);
    while (volley->wanted <= sent)
        pthread_cond_wait(&volley->asked, &volley->lock);
    over = volley->over;
    pthread_mutex_unlock(&volley->lock);
    return !over;
}

static void send_volley(void *arg)
{
    struct volley *volley = arg;

    for (int sent = 0; was_asked(volley, sent); sent++) {
        volley->random = volley->random * 6364136223846793005U + 1442695040888963407U;
        int64_t until = check_now() + (int64_t)(volley->random >> 33) % 20000;
        while (check_now() < until)
            continue;
        scene_signal_self(volley->rounds.check, SIGUSR1);
    }
}

/* A slow machine plays fewer rounds. */
static void volley_call(void *arg)
{
    struct volley *volley = arg;
    bool over = volley->rounds.calls >= 5000 || check_now() - volley->since > MILLISECONDS(300);

    volley->rounds.target = over ? 0 : volley->rounds.calls + 2;
    ask(volley, over);
    counter_call(&volley->rounds);
}

static void serve(void *volley)
{
    ask(volley, false);
}

/* The first signal comes in the run too: whether one before it is kept is another question. */
static void wakes_in_time(struct check *c)
{
    struct volley *volley = check_alloc(c, sizeof *volley);

    *volley = (struct volley){
        .rounds = {.check = c, .target = 1}, .since = check_now(), .random = check_random(c)};
    pthread_mutex_init(&volley->lock, NULL);
    pthread_cond_init(&volley->asked, NULL);
    signals_handle(c, SIGUSR1, volley_call, volley);
    volley->thread = scene_start(c, send_volley, volley);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, serve, volley, NULL));
    RUN_UNTIL(c, counter_reached, &volley->rounds,
              "each of many signals that came when the loop fell asleep is handled");
    scene_join(c, volley->thread);
    pthread_cond_destroy(&volley->asked);
    pthread_mutex_destroy(&volley->lock);
    check_measure(c, "signals", "rounds", volley->rounds.calls);
}

static void arm_alarm(struct alarms *set)
{
    alarm_later(&set->all[0], MILLISECONDS(60));
}

/* Sixty milliseconds, in which a signal comes every two. A loop that begins the whole wait again
 * after each never reaches the end while they come. */
static void expect_alarm_in_storm(struct check *c, int signum)
{
    struct alarms *set = alarms_make(c, 1);
    struct storm *storm = signals_storm(c, signum, MILLISECONDS(2));

    alarms_arm_inside(set, arm_alarm);
    ALARMS_RUN(set, "a timer among signals");
    signals_storm_end(storm);
    alarm_expect_not_early(&set->all[0]);
}

static void timers_keep_time(struct check *c)
{
    signals_count(c, SIGUSR1);
    expect_alarm_in_storm(c, SIGUSR1);
}

static void foreign_handler(int signum)
{
    (void)signum;
}

static void reset_alarm(void *arg)
{
    (void)arg;
    signal(SIGALRM, SIG_DFL);
}

static void foreign(struct check *c)
{
    struct sigaction action = {.sa_handler = foreign_handler};

    sigemptyset(&action.sa_mask);
    check_at_end(c, reset_alarm, NULL);
    EXPECT(c, sigaction(SIGALRM, &action, NULL) == 0, "sigaction: %s", strerror(errno));
    expect_alarm_in_storm(c, SIGALRM);
}

static void quiet(struct check *c)
{
    struct counter *calls = signals_count(c, SIGUSR1);

    RUN_IDLE(c, MILLISECONDS(100));
    EXPECT_INT(c, "calls of a handler without a signal", calls->calls, 0);
    signals_expect_call(c, SIGUSR1, calls);
    RUN_IDLE(c, MILLISECONDS(200));
    EXPECT_INT(c, "calls of a handler after one signal", calls->calls, 1);
}

/* A callback that reads from an empty pipe, to which a thread writes after some signals. */
struct reading {
    struct counter done;
    struct scene_pair pipe;
    pthread_t thread;
    ssize_t got;
    int error;
};

static void interrupt_reading(void *arg)
{
    struct reading *reading = arg;

    for (int i = 0; i < 20; i++) {
        check_block(MILLISECONDS(1));
        pthread_kill(reading->thread, SIGUSR1);
    }
    scene_send(reading->done.check, reading->pipe.peer, "x");
}

static void read_among_signals(void *arg)
{
    struct reading *reading = arg;
    struct scene_thread *thread = scene_start(reading->done.check, interrupt_reading, reading);
    char byte;

    reading->got = read((int)reading->pipe.end, &byte, 1);
    reading->error = errno;
    scene_join(reading->done.check, thread);
    counter_call(&reading->done);
}

static void restarts(struct check *c)
{
    struct reading *reading = check_alloc(c, sizeof *reading);

    *reading = (struct reading){.done = {.check = c, .target = 1}, .thread = pthread_self()};
    reading->pipe = scene_pipe(c);
    EXPECT(c, fcntl((int)reading->pipe.end, F_SETFL, 0) == 0, "fcntl: %s", strerror(errno));
    signals_count(c, SIGUSR1);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, read_among_signals, reading, NULL));
    RUN_UNTIL(c, counter_reached, &reading->done, "a read in a callback");
    EXPECT(c, reading->got == 1, "a read in a callback among handled signals: %s",
           reading->got < 0 ? strerror(reading->error) : "end of file");
}

static const struct check_definition definitions[] = {
    {.id = "signals.wakes-in-time",
     .run = wakes_in_time,
     .rules = {"signals.wakes-in-time"},
     .needs = {"add_signal_handler"},
     .flags = CHECK_BUSY},
    {.id = "signals.timers-keep-time",
     .run = timers_keep_time,
     .rules = {"signals.timers-keep-time"},
     .needs = {"add_signal_handler", "call_later", "time"}},
    {.id = "signals.foreign",
     .run = foreign,
     .rules = {"signals.foreign"},
     .needs = {"call_later", "time"}},
    {.id = "signals.quiet",
     .run = quiet,
     .rules = {"signals.quiet"},
     .needs = {"add_signal_handler", "call_later"}},
    {.id = "signals.restarts",
     .run = restarts,
     .rules = {"signals.restarts"},
     .needs = {"add_signal_handler"}},
};

CHECK_AREA_PART(signals, sleep, definitions);
