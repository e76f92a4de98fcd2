/* SPDX-License-Identifier: MIT
 *
 * When timers are called: never early, in order, once. */
#include "alarm.h"

#include <inttypes.h>

static void arm_delays(struct alarms *set)
{
    static const int64_t delays[] = {50, 1, 20, 2, 100, 5, 10, 3};

    for (int i = 0; i < set->count; i++)
        alarm_later(&set->all[i], MILLISECONDS(delays[i]));
}

static void never_early(struct check *c)
{
    struct alarms *set = alarms_make(c, 8);

    alarms_arm_inside(set, arm_delays);
    ALARMS_RUN(set, "the call of each of eight timers");
    alarms_expect_not_early(set);
}

static void arm_fraction(struct alarms *set)
{
    for (int i = 0; i < set->count; i++)
        alarm_later(&set->all[i], (int64_t)(check_random(set->check) % 3000000) + 1);
}

/* Waits are often counted in milliseconds: one that is rounded down ends too soon. */
static void fractions(struct check *c)
{
    for (int round = 0; round < 20; round++) {
        struct alarms *set = alarms_make(c, 1);

        alarms_arm_inside(set, arm_fraction);
        ALARMS_RUN(set, "the call of a timer of less than 3 ms");
        alarms_expect_not_early(set);
    }
}

static void arm_moments(struct alarms *set)
{
    int64_t now = set->check->ops->time(set->check->loop);

    for (int i = 0; i < set->count; i++)
        alarm_at(&set->all[i], now + MILLISECONDS(7) * (set->count - i) + 333333);
}

static void at_a_moment(struct check *c)
{
    struct alarms *set = alarms_make(c, 6);

    alarms_arm_inside(set, arm_moments);
    ALARMS_RUN(set, "the call of each of six timers");
    alarms_expect_not_early(set);
}

/* A callback that has itself called in every iteration until `set` is done. */
static void go_round(void *arg)
{
    struct alarms *set = arg;
    struct check *c = set->check;

    if (!alarms_reached(set))
        NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, go_round, set, NULL));
}

static void arm_and_go_round(struct alarms *set)
{
    alarm_later(&set->all[0], MILLISECONDS(7));
    alarm_later(&set->all[1], MILLISECONDS(40));
    go_round(set);
}

/* A loop that looks at its timers in every iteration must not take a near one for a due one. */
static void never_early_when_busy(struct check *c)
{
    struct alarms *set = alarms_make(c, 2);

    alarms_arm_inside(set, arm_and_go_round);
    ALARMS_RUN(set, "the call of both timers");
    alarms_expect_not_early(set);
}

static void arm_after_work(struct alarms *set)
{
    check_block(MILLISECONDS(60));
    set->since = check_now();
    alarm_later(&set->all[0], MILLISECONDS(30));
}

static void from_the_call(struct check *c)
{
    struct alarms *set = alarms_make(c, 1);

    alarms_arm_inside(set, arm_after_work);
    ALARMS_RUN(set, "the call of the timer");
    alarm_expect_not_early(&set->all[0]);
}

static void from_the_call_outside(struct check *c)
{
    struct alarms *set = alarms_make(c, 1);

    RUN_ITERATIONS(c, 1);
    arm_after_work(set);
    ALARMS_RUN(set, "the call of the timer");
    alarm_expect_not_early(&set->all[0]);
}

static void shuffle(struct check *c, int *numbers, int count)
{
    for (int i = 0; i < count; i++)
        numbers[i] = i;
    for (int i = count - 1; i > 0; i--) {
        int other = (int)(check_random(c) % (uint64_t)(i + 1));
        int number = numbers[i];

        numbers[i] = numbers[other];
        numbers[other] = number;
    }
}

static void arm_shuffled(struct alarms *set, int64_t apart)
{
    struct check *c = set->check;
    int64_t start = c->ops->time(c->loop);
    int *numbers = check_alloc(c, (size_t)set->count * sizeof *numbers);

    shuffle(c, numbers, set->count);
    for (int i = 0; i < set->count; i++)
        alarm_at(&set->all[i], start + apart * (numbers[i] + 1));
}

static void arm_apart(struct alarms *set)
{
    arm_shuffled(set, alarm_apart(set->check));
}

static void arm_apart_and_work(struct alarms *set)
{
    arm_apart(set);
    check_block(alarm_apart(set->check) * (set->count + 1));
}

static void order(struct check *c)
{
    struct alarms *set = alarms_make(c, 8);

    alarms_arm_inside(set, arm_apart);
    ALARMS_RUN(set, "the call of each timer");
    alarms_expect_order(set, alarm_apart(c));
}

/* All of them are due when the loop gets to look. */
static void order_when_overdue(struct check *c)
{
    struct alarms *set = alarms_make(c, 8);

    alarms_arm_inside(set, arm_apart_and_work);
    ALARMS_RUN(set, "the call of each timer");
    alarms_expect_order(set, alarm_apart(c));
}

static void arm_close(struct alarms *set)
{
    arm_shuffled(set, 10000);
    check_block(MILLISECONDS(5));
}

static void exact_order(struct check *c)
{
    struct alarms *set = alarms_make(c, 50);

    alarms_arm_inside(set, arm_close);
    ALARMS_RUN(set, "the call of each timer");
    alarms_expect_order(set, 10000);
}

static void arm_both_ways(struct alarms *set)
{
    struct check *c = set->check;
    int64_t apart = alarm_apart(c);

    alarm_later(&set->all[0], 8 * apart);
    alarm_at(&set->all[1], c->ops->time(c->loop) + 5 * apart);
    alarm_later(&set->all[2], 2 * apart);
    alarm_at(&set->all[3], c->ops->time(c->loop) + 11 * apart);
}

static void at_and_later_agree(struct check *c)
{
    struct alarms *set = alarms_make(c, 4);

    alarms_arm_inside(set, arm_both_ways);
    ALARMS_RUN(set, "the call of each timer");
    alarms_expect_not_early(set);
    alarms_expect_order(set, alarm_apart(c));
}

static void arm_without_handles(struct alarms *set)
{
    struct check *c = set->check;

    for (int i = 0; i < set->count; i++)
        NEED_OK(c, "call_later",
                c->ops->call_later(c->loop, MILLISECONDS(i), alarm_call, &set->all[i], NULL));
}

static void once(struct check *c)
{
    struct alarms *set = alarms_make(c, 10);

    alarms_arm_inside(set, arm_without_handles);
    ALARMS_RUN(set, "the call of each timer");
    RUN_IDLE(c, MILLISECONDS(40));
    for (int i = 0; i < set->count; i++)
        EXPECT_INT(c, "calls of a timer", set->all[i].calls, 1);
}

static void arm_and_release(struct alarms *set)
{
    for (int i = 0; i < set->count; i++)
        alarm_later(&set->all[i], MILLISECONDS(3 * i));
    alarms_release(set);
}

static void release_keeps(struct check *c)
{
    struct alarms *set = alarms_make(c, 4);

    alarms_arm_inside(set, arm_and_release);
    ALARMS_RUN(set, "the call of each timer whose handle was given back");
}

/* The deadline by the handle's word, with a microsecond for loops that count in floating point. */
static void expect_when(struct alarm *alarm, const char *moment)
{
    struct check *c = alarm->set->check;
    int64_t slack = alarm_step(c) + 1000;
    int64_t when = 0;

    EXPECT_STATUS(c, "handle_when of a timer's handle",
                  c->ops->handle_when(c->loop, alarm->handle, &when), LOOP_OK);
    EXPECT(c, when >= alarm->earliest - slack && when <= alarm->latest + slack,
           "%s, handle_when says %" PRId64 " for a deadline from %" PRId64 " to %" PRId64, moment,
           when, alarm->earliest, alarm->latest);
}

static void handle_when(struct check *c)
{
    struct alarms *set = alarms_make(c, 2);

    alarm_later(&set->all[0], MILLISECONDS(20));
    alarm_at(&set->all[1], c->ops->time(c->loop) + MILLISECONDS(25));
    for (int i = 0; i < 2; i++)
        expect_when(&set->all[i], "before the call");
    check_run_until(c, __FILE__, __LINE__, alarms_reached, set, "the call of both timers");
    for (int i = 0; i < 2; i++)
        expect_when(&set->all[i], "after the call");
    alarms_release(set);
}

static void when_of_no_timer(struct check *c)
{
    struct counter calls = {.check = c, .target = 1};
    struct loop_handle *handle;
    int64_t when = 0;

    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, counter_call, &calls, &handle));
    EXPECT_STATUS(c, "handle_when of a handle of call_soon",
                  c->ops->handle_when(c->loop, handle, &when), LOOP_TYPE);
    RUN_UNTIL(c, counter_reached, &calls, "the call");
    c->ops->handle_release(c->loop, handle);
}

static const struct check_definition definitions[] = {
    {"timers.never-early",
     never_early,
     {"timers.never-early"},
     {"call_later", "time", "clock_resolution"},
     0},
    {"timers.fractions-of-a-millisecond",
     fractions,
     {"timers.never-early"},
     {"call_later", "time", "clock_resolution"},
     0},
    {"timers.at-a-moment",
     at_a_moment,
     {"timers.never-early"},
     {"call_at", "time", "clock_resolution"},
     0},
    {"timers.never-early-when-busy",
     never_early_when_busy,
     {"timers.never-early"},
     {"call_later", "time", "clock_resolution"},
     CHECK_BUSY},
    {"timers.from-the-call",
     from_the_call,
     {"timers.from-the-call"},
     {"call_later", "time", "clock_resolution"},
     0},
    {"timers.from-the-call-outside",
     from_the_call_outside,
     {"timers.from-the-call"},
     {"call_later", "time", "clock_resolution"},
     0},
    {"timers.order", order, {"timers.order"}, {"call_at", "time"}, 0},
    {"timers.order-when-overdue", order_when_overdue, {"timers.order"}, {"call_at", "time"}, 0},
    {"timers.exact-order", exact_order, {"timers.exact-order"}, {"call_at", "time"}, 0},
    {"timers.at-and-later-agree",
     at_and_later_agree,
     {"timers.same-clock"},
     {"call_later", "call_at", "time", "clock_resolution"},
     0},
    {"timers.once", once, {"timers.once"}, {"call_later"}, 0},
    {"timers.release-keeps",
     release_keeps,
     {"timers.release-keeps"},
     {"call_later", "handle_release"},
     0},
    {"timers.handle-when",
     handle_when,
     {"timers.handle-when"},
     {"call_later", "call_at", "time", "clock_resolution", "handle_when", "handle_release"},
     0},
    {"timers.when-of-no-timer",
     when_of_no_timer,
     {"timers.when-of-no-timer"},
     {"handle_when", "handle_release"},
     0},
};
CHECK_AREA(timers, definitions);
