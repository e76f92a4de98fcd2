/* SPDX-License-Identifier: MIT */
#include "alarm.h"

#include <inttypes.h>

struct alarms *alarms_make(struct check *c, int count)
{
    struct alarms *set = check_alloc(c, sizeof *set);

    set->check = c;
    set->all = check_alloc(c, (size_t)count * sizeof *set->all);
    set->count = set->target = count;
    for (int i = 0; i < count; i++)
        set->all[i].set = set;
    return set;
}

void alarm_call(void *arg)
{
    struct alarm *alarm = arg;
    struct alarms *set = alarm->set;
    struct check *c = set->check;

    alarm->called = LOOP_PROVIDES(c->ops, time) ? c->ops->time(c->loop) : 0;
    alarm->called_check = check_now();
    alarm->calls++;
    alarm->place = set->calls++;
    check_notify(c);
}

bool alarms_reached(void *arg)
{
    const struct alarms *set = arg;

    return set->calls >= set->target;
}

/* A deadline beyond the clock's end stays at its end. */
static int64_t later(int64_t now, int64_t delay)
{
    if (delay > 0 && now > INT64_MAX - delay)
        return INT64_MAX;
    if (delay < 0 && now < INT64_MIN - delay)
        return INT64_MIN;
    return now + delay;
}

void alarm_later(struct alarm *alarm, int64_t delay)
{
    struct check *c = alarm->set->check;
    bool timed = LOOP_PROVIDES(c->ops, time);
    int64_t before = timed ? c->ops->time(c->loop) : 0;
    loop_status status;

    alarm->delay = delay;
    alarm->since = alarm->set->since;
    status = c->ops->call_later(c->loop, delay, alarm_call, alarm, &alarm->handle);
    NEED_OK(c, "call_later", status);
    alarm->earliest = later(before, delay);
    alarm->latest = later(timed ? c->ops->time(c->loop) : 0, delay);
}

void alarm_at(struct alarm *alarm, int64_t when)
{
    struct check *c = alarm->set->check;
    int64_t now = c->ops->time(c->loop);
    loop_status status;

    alarm->delay = when > now ? when - now : 0;
    alarm->since = alarm->set->since;
    status = c->ops->call_at(c->loop, when, alarm_call, alarm, &alarm->handle);
    NEED_OK(c, "call_at", status);
    alarm->earliest = alarm->latest = when;
}

static void arm_now(void *arg)
{
    struct alarms *set = arg;

    set->armed = check_now();
    set->arm(set);
}

static void arm_next(void *arg)
{
    struct alarms *set = arg;
    struct check *c = set->check;

    set->since = check_now();
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, arm_now, set, NULL));
}

void alarms_arm_inside(struct alarms *set, void (*arm)(struct alarms *set))
{
    struct check *c = set->check;

    set->arm = arm;
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, arm_next, set, NULL));
}

void alarms_run(struct alarms *set, const char *file, int line, const char *what)
{
    check_run_until(set->check, file, line, alarms_reached, set, what);
    alarms_release(set);
}

void alarms_release(struct alarms *set)
{
    struct check *c = set->check;

    for (int i = 0; i < set->count; i++) {
        if (set->all[i].handle && LOOP_PROVIDES(c->ops, handle_release))
            c->ops->handle_release(c->loop, set->all[i].handle);
        set->all[i].handle = NULL;
    }
}

int64_t alarm_step(struct check *c)
{
    int64_t step = 1;

    if (LOOP_PROVIDES(c->ops, clock_resolution))
        step = c->ops->clock_resolution(c->loop);
    EXPECT(c, step > 0 && step <= SECONDS(1),
           "a clock of a step of %" PRId64 " ns measures nothing", step);
    return step;
}

int64_t alarm_apart(struct check *c)
{
    int64_t step = alarm_step(c);

    return 2 * (step > MILLISECONDS(1) ? step : MILLISECONDS(1));
}

int64_t alarm_cpu(void)
{
    return check_cpu();
}

void alarm_expect_not_early(const struct alarm *alarm)
{
    struct check *c = alarm->set->check;
    int64_t step = alarm_step(c);
    int64_t waited = alarm->called_check - alarm->since;
    /* Both readings of the loop's clock are rounded down to a step, and two clocks of one machine
     * may differ by a little. */
    int64_t least = alarm->delay - 2 * step - alarm->delay / 1000;

    EXPECT_INT(c, "calls of a timer", alarm->calls, 1);
    EXPECT(c, alarm->called >= alarm->earliest - step,
           "a timer of %" PRId64 " ns was %" PRId64 " ns early on the loop's clock of %" PRId64
           " ns a step",
           alarm->delay, alarm->earliest - alarm->called, step);
    EXPECT(
        c, waited >= least,
        "a timer of %" PRId64 " ns came %" PRId64
        " ns after the iteration before the one that armed it (the loop's clock steps by %" PRId64
        " ns)",
        alarm->delay, waited, step);
    check_measure(c, "lateness", "ns", alarm->called - alarm->latest);
}

void alarms_expect_not_early(const struct alarms *set)
{
    for (int i = 0; i < set->count; i++)
        alarm_expect_not_early(&set->all[i]);
}

void alarms_expect_order(const struct alarms *set, int64_t apart)
{
    struct check *c = set->check;
    const struct alarm **order = check_alloc(c, ((size_t)set->calls + 1) * sizeof *order);
    int64_t so_far = INT64_MIN;
    int calls = 0;

    for (int i = 0; i < set->count; i++) {
        if (set->all[i].calls == 0)
            continue;
        EXPECT_INT(c, "calls of a timer", set->all[i].calls, 1);
        order[set->all[i].place] = &set->all[i];
        calls++;
    }
    for (int i = 0; i < calls; i++) {
        EXPECT(c, so_far == INT64_MIN || so_far - order[i]->latest < apart,
               "a timer came after one whose deadline is %" PRId64 " ns later",
               so_far - order[i]->latest);
        if (order[i]->earliest > so_far)
            so_far = order[i]->earliest;
    }
}
