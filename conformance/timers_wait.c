/* SPDX-License-Identifier: MIT
 *
 * How a loop waits for its timers: without work, no longer than for the nearest, also between runs.
 */
#include "alarm.h"
#include "scene.h"

#include <inttypes.h>

static void idle_wait(struct check *c)
{
    struct alarms *set = alarms_make(c, 2);

    alarm_later(&set->all[0], SECONDS(3600));
    alarm_later(&set->all[1], SECONDS(30) + 300000);
    RUN_IDLE(c, MILLISECONDS(120));
    EXPECT_INT(c, "calls of timers of half a minute and an hour", set->calls, 0);
    alarms_release(set);
}

struct turns {
    struct counter counter;
    int64_t delay;
};

static void arm_in_turn(void *arg)
{
    struct turns *turns = arg;
    struct check *c = turns->counter.check;

    if (turns->counter.calls + 1 < turns->counter.target)
        NEED_OK(c, "call_later",
                c->ops->call_later(c->loop, turns->delay, arm_in_turn, turns, NULL));
    counter_call(&turns->counter);
}

/* CPU time that so many timers of this delay take, one after the other. */
static int64_t cpu_of_turns(struct check *c, int count, int64_t delay)
{
    struct turns turns = {.counter = {.check = c}, .delay = delay};
    int64_t before = alarm_cpu();

    while (turns.counter.calls < count) {
        turns.counter.target += 15;
        NEED_OK(c, "call_later", c->ops->call_later(c->loop, delay, arm_in_turn, &turns, NULL));
        RUN_UNTIL(c, counter_reached, &turns.counter, "the call of fifteen timers in turn");
    }
    return alarm_cpu() - before;
}

/* What the clock of CPU time steps by: up to 16 ms where it counts ticks. */
static int64_t cpu_step(void)
{
    int64_t steps[3];

    for (int i = 0; i < 3; i++) {
        int64_t before = alarm_cpu();

        do
            steps[i] = alarm_cpu();
        while (steps[i] == before);
    }
    return steps[2] - steps[1];
}

/* A wait counted in milliseconds and rounded down leaves the last one to be spent on nothing. What
 * the code itself takes is known from timers that need no wait. */
static void short_waits_are_idle(struct check *c)
{
    const int64_t delay = 900000;
    int64_t step = cpu_step();
    int count = alarm_step(c) > delay && step < MILLISECONDS(1) ? 15 : 150;

    /* On Windows a wait ends with a tick of so coarse a clock; Wine's ends before the clock moves. */
    if (alarm_step(c) > delay)
        check_need_windows(c);
    int64_t code = cpu_of_turns(c, count, 0);
    int64_t used = cpu_of_turns(c, count, delay);

    check_measure(c, "cpu-of-a-wait", "ns", used / count);
    EXPECT(c, used < count * delay / 3 + 4 * code + 2 * step,
           "%d waits of 0.9 ms took %" PRId64 " ns of CPU, and as many without a wait %" PRId64,
           count, used, code);
}

struct nearer {
    struct check *check;
    struct alarms *set;
    loop_fd peer;
};

static void arm_nearer(void *arg)
{
    struct nearer *nearer = arg;

    nearer->set->since = check_now();
    alarm_later(&nearer->set->all[1], MILLISECONDS(10));
}

static void post_nearer(void *arg)
{
    struct nearer *nearer = arg;
    struct check *c = nearer->check;

    check_block(MILLISECONDS(20));
    NEED_OK(c, "call_soon_threadsafe",
            c->ops->call_soon_threadsafe(c->loop, arm_nearer, nearer, NULL));
}

/* The loop sleeps towards a timer of an hour when a callback arms one of 10 ms. */
static void nearer_from_a_thread(struct check *c)
{
    struct nearer nearer = {.check = c, .set = alarms_make(c, 2)};

    nearer.set->target = 1;
    alarm_later(&nearer.set->all[0], SECONDS(3600));
    (void)scene_start(c, post_nearer, &nearer);
    ALARMS_RUN(nearer.set, "the call of a timer that was armed while the loop slept");
    EXPECT_INT(c, "calls of the timer of 10 ms", nearer.set->all[1].calls, 1);
}

static void read_and_arm(void *arg)
{
    struct nearer *nearer = arg;
    struct check *c = nearer->check;

    (void)c->ops->remove_reader(c->loop, nearer->peer);
    arm_nearer(nearer);
}

static void nearer_from_a_reader(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct nearer nearer = {.check = c, .set = alarms_make(c, 2), .peer = pair.end};

    nearer.set->target = 1;
    NEED_OK(c, "add_reader", c->ops->add_reader(c->loop, pair.end, read_and_arm, &nearer));
    alarm_later(&nearer.set->all[0], SECONDS(3600));
    scene_send(c, pair.peer, "x");
    ALARMS_RUN(nearer.set, "the call of a timer that a reader armed beside one of an hour");
    EXPECT_INT(c, "calls of the timer of 10 ms", nearer.set->all[1].calls, 1);
}

/* One is due before the next run begins, one during it. */
static void between_runs(struct check *c)
{
    struct alarms *set = alarms_make(c, 2);

    alarm_later(&set->all[0], MILLISECONDS(15));
    alarm_later(&set->all[1], MILLISECONDS(60));
    RUN_ITERATIONS(c, 3);
    check_block(MILLISECONDS(30));
    RUN_ITERATIONS(c, 3);
    ALARMS_RUN(set, "the call of both timers in later runs");
    for (int i = 0; i < 2; i++)
        EXPECT_INT(c, "calls of a timer", set->all[i].calls, 1);
    alarms_expect_order(set, alarm_apart(c));
}

static void work(void *arg)
{
    (void)arg;
    check_block(MILLISECONDS(50));
}

static void arm_beside_work(struct alarms *set)
{
    struct check *c = set->check;

    alarm_later(&set->all[0], MILLISECONDS(70));
    NEED_OK(c, "call_later", c->ops->call_later(c->loop, MILLISECONDS(10), work, NULL, NULL));
}

/* How late a timer of 70 ms comes beside a callback of 50 ms; a wait that is counted from before
 * the callback ends 50 ms late. */
static int64_t lateness_beside_work(struct check *c)
{
    struct alarms *set = alarms_make(c, 1);

    alarms_arm_inside(set, arm_beside_work);
    ALARMS_RUN(set, "the call of a timer beside a long callback");
    return set->all[0].called_check - set->since - MILLISECONDS(70);
}

/* A busy machine can delay many rounds, not all of them. */
static void long_callback(struct check *c)
{
    enum { ROUNDS = 20 };
    int64_t least = INT64_MAX;

    for (int round = 0; round < ROUNDS && least >= MILLISECONDS(38); round++) {
        int64_t late = lateness_beside_work(c);

        least = late < least ? late : least;
    }
    check_measure(c, "lateness-beside-work", "ns", least);
    EXPECT(c, least < MILLISECONDS(38) + 2 * alarm_step(c),
           "beside a callback of 50 ms a timer comes %" PRId64 " ns late, in each of %d rounds",
           least, ROUNDS);
}

static const struct check_definition definitions[] = {
    {"timers.idle-wait", idle_wait, {"timers.idle-wait"}, {"call_later"}, 0},
    {"timers.short-waits-are-idle", short_waits_are_idle, {"timers.idle-wait"}, {"call_later"}, 0},
    {"timers.nearer-from-a-thread",
     nearer_from_a_thread,
     {"timers.nearer-deadline"},
     {"call_later", "call_soon_threadsafe"},
     0},
    {"timers.nearer-from-a-reader",
     nearer_from_a_reader,
     {"timers.nearer-deadline"},
     {"call_later", "add_reader", "remove_reader"},
     0},
    {"timers.between-runs", between_runs, {"timers.between-runs"}, {"call_later"}, 0},
    {"timers.long-callback",
     long_callback,
     {"timers.long-callback"},
     {"call_later", "clock_resolution"},
     0},
};
CHECK_AREA_PART(timers, wait, definitions);
