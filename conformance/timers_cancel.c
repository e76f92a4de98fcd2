/* SPDX-License-Identifier: MIT
 *
 * Cancelled timers are not called, and the others are. */
#include "alarm.h"

static void cancel(struct alarm *alarm)
{
    struct check *c = alarm->set->check;

    c->ops->handle_cancel(c->loop, alarm->handle);
}

/* Waits beyond the latest deadline of the set, by a timer of its own. */
static void run_past(struct check *c, int64_t delay)
{
    struct alarms *end = alarms_make(c, 1);

    alarm_later(&end->all[0], delay);
    ALARMS_RUN(end, "the call of a later timer");
}

static void arm_and_cancel(struct alarms *set)
{
    for (int i = 0; i < set->count; i++)
        alarm_later(&set->all[i], MILLISECONDS(2 * i));
    for (int i = 0; i < set->count; i += 2)
        cancel(&set->all[i]);
    cancel(&set->all[0]);
}

/* The evens are cancelled, the earliest and the one without a delay among them. */
static void cancelled(struct check *c)
{
    struct alarms *set = alarms_make(c, 8);

    set->target = 4;
    alarms_arm_inside(set, arm_and_cancel);
    check_run_until(c, __FILE__, __LINE__, alarms_reached, set, "the call of the timers kept");
    run_past(c, MILLISECONDS(20));
    for (int i = 0; i < set->count; i++)
        EXPECT_INT(c, i % 2 ? "calls of a timer kept" : "calls of a cancelled timer",
                   set->all[i].calls, i % 2);
    alarms_release(set);
}

static void handle_cancelled(struct check *c)
{
    struct alarms *set = alarms_make(c, 2);

    for (int i = 0; i < 2; i++) {
        alarm_later(&set->all[i], MILLISECONDS(1));
        EXPECT(c, !c->ops->handle_cancelled(c->loop, set->all[i].handle),
               "a new handle says that it is cancelled");
    }
    cancel(&set->all[0]);
    EXPECT(c, c->ops->handle_cancelled(c->loop, set->all[0].handle),
           "the handle of a cancelled timer says that it is not");
    EXPECT(c, !c->ops->handle_cancelled(c->loop, set->all[1].handle),
           "the handle of another timer says that it is cancelled");
    alarms_release(set);
}

/* The first timer that is called cancels all others of its set. */
static void cancel_others(void *arg)
{
    struct alarm *alarm = arg;
    struct alarms *set = alarm->set;

    for (int i = 0; i < set->count; i++)
        if (&set->all[i] != alarm)
            cancel(&set->all[i]);
    alarm_call(alarm);
}

static void arm_batch(struct alarms *set)
{
    struct check *c = set->check;
    int64_t apart = alarm_apart(c);

    for (int i = 0; i < set->count; i++)
        NEED_OK(c, "call_later",
                c->ops->call_later(c->loop, apart * (i + 1), cancel_others, &set->all[i],
                                   &set->all[i].handle));
    check_block(apart * (set->count + 2));
}

static void cancel_in_same_batch(struct check *c)
{
    struct alarms *set = alarms_make(c, 4);

    set->target = 1;
    alarms_arm_inside(set, arm_batch);
    check_run_until(c, __FILE__, __LINE__, alarms_reached, set, "the call of the first timer");
    run_past(c, MILLISECONDS(10));
    EXPECT_INT(c, "calls of timers of which the first cancelled the others", set->calls, 1);
    alarms_release(set);
}

static void cancel_own(void *arg)
{
    struct alarm *alarm = arg;

    cancel(alarm);
    alarm_call(alarm);
}

/* Cancelling what has been called is harmless: in its own callback, afterwards, and twice. */
static void cancel_too_late(struct check *c)
{
    struct alarms *set = alarms_make(c, 2);
    struct alarms *next = alarms_make(c, 3);

    for (int i = 0; i < 2; i++)
        NEED_OK(c, "call_later",
                c->ops->call_later(c->loop, MILLISECONDS(i), i ? alarm_call : cancel_own,
                                   &set->all[i], &set->all[i].handle));
    check_run_until(c, __FILE__, __LINE__, alarms_reached, set, "the call of both timers");
    for (int i = 0; i < 3; i++)
        alarm_later(&next->all[i], MILLISECONDS(i));
    for (int i = 0; i < 4; i++)
        cancel(&set->all[i % 2]);
    ALARMS_RUN(next, "the call of timers armed before others were cancelled too late");
    for (int i = 0; i < 2; i++)
        EXPECT_INT(c, "calls of a timer cancelled too late", set->all[i].calls, 1);
    alarms_release(set);
}

static void arm_three(struct alarms *set)
{
    alarm_later(&set->all[0], MILLISECONDS(10));
    alarm_later(&set->all[1], MILLISECONDS(40));
    alarm_later(&set->all[2], SECONDS(3600));
    cancel(&set->all[0]);
}

static void cancel_the_earliest(struct check *c)
{
    struct alarms *set = alarms_make(c, 3);

    set->target = 1;
    alarms_arm_inside(set, arm_three);
    check_run_until(c, __FILE__, __LINE__, alarms_reached, set, "the call of the second timer");
    alarm_expect_not_early(&set->all[1]);
    EXPECT_INT(c, "calls of the cancelled timer", set->all[0].calls, 0);
    alarms_release(set);
}

/* To later, to earlier, to between: only the last deadline counts. */
static void arm_moved(struct alarms *set)
{
    static const int64_t delays[] = {10, 80, 3, 30};

    for (int i = 0; i < set->count; i++) {
        alarm_later(&set->all[i], MILLISECONDS(delays[i]));
        if (i > 0)
            cancel(&set->all[i - 1]);
    }
}

static void moved(struct check *c)
{
    struct alarms *set = alarms_make(c, 4);

    set->target = 1;
    alarms_arm_inside(set, arm_moved);
    check_run_until(c, __FILE__, __LINE__, alarms_reached, set, "the call of the timer");
    alarm_expect_not_early(&set->all[3]);
    run_past(c, MILLISECONDS(100));
    EXPECT_INT(c, "calls of a timer that was moved three times", set->calls, 1);
    alarms_release(set);
}

enum { MANY = 4000 };

static void arm_many(struct alarms *set)
{
    struct check *c = set->check;
    int64_t start = c->ops->time(c->loop);

    for (int i = 0; i < set->count; i++)
        alarm_at(&set->all[i], start + (int64_t)(check_random(c) % (uint64_t)MILLISECONDS(60)));
    for (int i = 0; i < set->count; i++)
        if (i % 3)
            cancel(&set->all[i]);
}

/* Two in three of some thousand are cancelled, all over the heap. */
static void cancel_many(struct check *c)
{
    struct alarms *set = alarms_make(c, MANY);

    set->target = (MANY + 2) / 3;
    alarms_arm_inside(set, arm_many);
    check_run_until(c, __FILE__, __LINE__, alarms_reached, set, "the call of the timers kept");
    run_past(c, MILLISECONDS(70));
    for (int i = 0; i < set->count; i++)
        EXPECT_INT(c, i % 3 ? "calls of a cancelled timer" : "calls of a timer kept",
                   set->all[i].calls, i % 3 == 0);
    alarms_expect_order(set, alarm_apart(c));
    alarms_release(set);
}

static const struct check_definition definitions[] = {
    {"timers.cancelled",
     cancelled,
     {"timers.cancelled"},
     {"call_later", "handle_cancel", "handle_release"},
     0},
    {"timers.handle-cancelled",
     handle_cancelled,
     {"timers.handle-cancelled"},
     {"call_later", "handle_cancel", "handle_cancelled", "handle_release"},
     0},
    {"timers.cancel-in-same-batch",
     cancel_in_same_batch,
     {"timers.cancelled"},
     {"call_later", "handle_cancel", "handle_release"},
     0},
    {"timers.cancel-too-late",
     cancel_too_late,
     {"timers.cancel-too-late"},
     {"call_later", "handle_cancel", "handle_release"},
     0},
    {"timers.cancel-the-earliest",
     cancel_the_earliest,
     {"timers.cancelled", "timers.never-early"},
     {"call_later", "handle_cancel", "handle_release", "time", "clock_resolution"},
     0},
    {"timers.moved",
     moved,
     {"timers.cancelled", "timers.never-early"},
     {"call_later", "handle_cancel", "handle_release", "time", "clock_resolution"},
     0},
    {"timers.cancel-many",
     cancel_many,
     {"timers.cancelled", "timers.order"},
     {"call_at", "handle_cancel", "handle_release", "time"},
     CHECK_BUSY},
};
CHECK_AREA_PART(timers, cancel, definitions);
