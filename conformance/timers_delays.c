/* SPDX-License-Identifier: MIT
 *
 * Delays and moments at the edges: none, negative, past, and further away than a clock can count.
 */
#include "alarm.h"
#include "scene.h"

#include <inttypes.h>

static const int64_t no_delays[] = {
    0, -1, -MILLISECONDS(5), -SECONDS(86400), INT64_MIN / 2, INT64_MIN + 1, INT64_MIN};
enum { NO_DELAYS = sizeof no_delays / sizeof *no_delays };

static void arm_no_delays(struct alarms *set)
{
    alarm_later(&set->all[NO_DELAYS], MILLISECONDS(300));
    for (int i = 0; i < NO_DELAYS; i++)
        alarm_later(&set->all[i], no_delays[i]);
    EXPECT_INT(set->check, "timers called from inside call_later", set->calls, 0);
}

/* All but the last of the set are due at once; the last, of 300 ms, was armed before them. */
static void expect_due_at_once(struct alarms *set, const char *what)
{
    struct check *c = set->check;

    set->target = set->count - 1;
    ALARMS_RUN(set, what);
    for (int i = 0; i < set->target; i++) {
        EXPECT_INT(c, "calls of a timer that was due at once", set->all[i].calls, 1);
        EXPECT(c, set->all[i].place < set->target,
               "a timer that was due at once came after one of 300 ms");
    }
}

static void zero_and_negative(struct check *c)
{
    struct alarms *set = alarms_make(c, NO_DELAYS + 1);

    alarms_arm_inside(set, arm_no_delays);
    expect_due_at_once(set, "the call of each timer with a delay of zero or less");
}

enum { PAST = 6 };

static void arm_past(struct alarms *set)
{
    struct check *c = set->check;
    int64_t now = c->ops->time(c->loop);
    const int64_t moments[PAST] = {now, now - 1, now - SECONDS(3600), 0, -SECONDS(1), INT64_MIN};

    alarm_at(&set->all[PAST], now + MILLISECONDS(300));
    for (int i = 0; i < PAST; i++)
        alarm_at(&set->all[i], moments[i] < now ? moments[i] : now);
    EXPECT_INT(c, "timers called from inside call_at", set->calls, 0);
}

static void past(struct check *c)
{
    struct alarms *set = alarms_make(c, PAST + 1);

    alarms_arm_inside(set, arm_past);
    expect_due_at_once(set, "the call of each timer whose moment has passed");
}

static void arm_between_soons(struct alarms *set)
{
    struct check *c = set->check;

    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, alarm_call, &set->all[0], NULL));
    alarm_later(&set->all[1], 0);
    alarm_later(&set->all[2], -MILLISECONDS(5));
}

/* A due timer joins the end of the queue. */
static void zero_after_soon(struct check *c)
{
    struct alarms *set = alarms_make(c, 3);

    alarms_arm_inside(set, arm_between_soons);
    ALARMS_RUN(set, "the call of both timers");
    EXPECT_INT(c, "place of the callback that call_soon had queued before", set->all[0].place, 0);
}

/* Milliseconds in 31 and 32 bits, seconds in 31, the double's 53, and the end of the clock. */
static const int64_t far_delays[] = {SECONDS(86400),
                                     INT64_C(2147483648) * 1000000,
                                     INT64_C(4294967296) * 1000000,
                                     SECONDS(4294967296),
                                     INT64_C(1) << 53,
                                     INT64_MAX / 2,
                                     INT64_MAX - 1,
                                     INT64_MAX};
enum { FAR_DELAYS = sizeof far_delays / sizeof *far_delays };

/* A loop may refuse what it cannot count; it must not take it for another delay. */
static void accept_far(struct alarm *alarm, const char *operation, loop_status status)
{
    struct check *c = alarm->set->check;

    EXPECT(c, status == LOOP_OK || status == LOOP_VALUE || status == LOOP_INVAL,
           "%s far in the future returned %s", operation, loop_status_name(status));
    if (status != LOOP_OK) {
        alarm->handle = NULL;
        check_note(c, "%s far in the future is refused with %s", operation,
                   loop_status_name(status));
    }
}

static void far_future(struct check *c)
{
    struct alarms *set = alarms_make(c, FAR_DELAYS + 1);
    struct alarms *near = alarms_make(c, 1);

    for (int i = 0; i < FAR_DELAYS; i++) {
        struct alarm *alarm = &set->all[i];
        accept_far(alarm, "call_later",
                   c->ops->call_later(c->loop, far_delays[i], alarm_call, alarm, &alarm->handle));
    }
    if (LOOP_PROVIDES(c->ops, call_at)) {
        struct alarm *alarm = &set->all[FAR_DELAYS];
        accept_far(alarm, "call_at",
                   c->ops->call_at(c->loop, INT64_MAX, alarm_call, alarm, &alarm->handle));
    }
    RUN_IDLE(c, MILLISECONDS(50));
    alarm_later(&near->all[0], MILLISECONDS(5));
    ALARMS_RUN(near, "the call of a timer of 5 ms beside far ones");
    EXPECT_INT(c, "calls of timers that are due in a day or later", set->calls, 0);
    alarms_release(set);
}

static void post_later(void *arg)
{
    struct counter *counter = arg;
    struct check *c = counter->check;

    check_block(MILLISECONDS(60));
    NEED_OK(c, "call_soon_threadsafe",
            c->ops->call_soon_threadsafe(c->loop, counter_call, counter, NULL));
}

struct burnt {
    int64_t cpu, wall;
};

/* A wait of 60 ms, ended by another thread, with nothing there but a timer of that delay. */
static struct burnt wait_beside(struct check *c, int64_t delay)
{
    struct counter woken = {.check = c, .target = 1};
    struct alarms *set = alarms_make(c, 1);
    struct alarm *alarm = &set->all[0];
    struct burnt burnt = {alarm_cpu(), check_now()};
    struct scene_thread *thread;

    accept_far(alarm, "call_later",
               c->ops->call_later(c->loop, delay, alarm_call, alarm, &alarm->handle));
    thread = scene_start(c, post_later, &woken);
    RUN_UNTIL(c, counter_reached, &woken, "a call from another thread beside a far timer");
    burnt = (struct burnt){alarm_cpu() - burnt.cpu, check_now() - burnt.wall};
    scene_join(c, thread);
    EXPECT_INT(c, "calls of a timer that is due in a day or later", set->calls, 0);
    if (alarm->handle)
        c->ops->handle_cancel(c->loop, alarm->handle);
    alarms_release(set);
    return burnt;
}

static bool burns(struct burnt burnt)
{
    return burnt.cpu > MILLISECONDS(5) + burnt.wall / 10;
}

/* A loop that spins does it again; one that was slow the first time does not. */
static void far_future_alone(struct check *c)
{
    for (int i = 0; i < FAR_DELAYS; i++) {
        struct burnt burnt = wait_beside(c, far_delays[i]);

        for (int again = 0; again < 3 && burns(burnt); again++)
            burnt = wait_beside(c, far_delays[i]);
        EXPECT(c, !burns(burnt),
               "beside a timer of %" PRId64 " ns a wait of %" PRId64 " ns took %" PRId64
               " ns of CPU, four times",
               far_delays[i], burnt.wall, burnt.cpu);
    }
}

static void beyond_a_day(struct check *c)
{
    struct alarms *set = alarms_make(c, 2);

    alarm_later(&set->all[0], SECONDS(86400) + SECONDS(1));
    alarm_later(&set->all[1], SECONDS(86400) * 400);
    RUN_IDLE(c, MILLISECONDS(50));
    EXPECT_INT(c, "calls of timers that are due in days", set->calls, 0);
    alarms_release(set);
}

static const struct check_definition definitions[] = {
    {"timers.zero-and-negative-delays",
     zero_and_negative,
     {"timers.due-at-once"},
     {"call_later"},
     0},
    {"timers.moments-that-passed", past, {"timers.due-at-once"}, {"call_at", "time"}, 0},
    {"timers.zero-after-soon", zero_after_soon, {"timers.zero-after-soon"}, {"call_later"}, 0},
    {"timers.far-future", far_future, {"timers.far-future"}, {"call_later"}, 0},
    {"timers.far-future-alone",
     far_future_alone,
     {"timers.far-future"},
     {"call_later", "call_soon_threadsafe", "handle_cancel"},
     0},
    {"timers.beyond-a-day", beyond_a_day, {"timers.beyond-a-day"}, {"call_later"}, 0},
};
CHECK_AREA_PART(timers, delays, definitions);
