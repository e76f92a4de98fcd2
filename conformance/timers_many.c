/* SPDX-License-Identifier: MIT
 *
 * Many timers, timers that arm timers, and timers beside a loop's other work. */
#include "alarm.h"
#include "scene.h"

#include <inttypes.h>

enum { MANY = 10000, MOST_ZEROS = 100000 };

static void arm_many(struct alarms *set)
{
    struct check *c = set->check;
    int64_t start = c->ops->time(c->loop);

    for (int i = 0; i < set->count; i++)
        alarm_at(&set->all[i], start + (int64_t)(check_random(c) % (uint64_t)MILLISECONDS(100)));
}

static void many(struct check *c)
{
    struct alarms *set = alarms_make(c, MANY);

    alarms_arm_inside(set, arm_many);
    ALARMS_RUN(set, "the call of each of ten thousand timers");
    alarms_expect_order(set, alarm_apart(c));
    alarms_expect_not_early(set);
}

/* A timer that arms the next of its set. */
struct chain {
    struct alarms *set;
    int64_t delay;
    bool inside; /* its callback is being run */
};

static void arm_next(struct chain *chain);

static void call_and_arm(void *arg)
{
    struct chain *chain = arg;
    struct alarms *set = chain->set;
    struct check *c = set->check;

    EXPECT(c, !chain->inside, "a timer was called from inside the call that armed it");
    chain->inside = true;
    alarm_call(&set->all[set->calls]);
    if (set->calls < set->count)
        arm_next(chain);
    chain->inside = false;
}

static void arm_next(struct chain *chain)
{
    struct alarms *set = chain->set;
    struct check *c = set->check;
    struct alarm *alarm = &set->all[set->calls];

    alarm->delay = chain->delay;
    alarm->earliest = alarm->latest = c->ops->time(c->loop) + chain->delay;
    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, chain->delay, call_and_arm, chain, &alarm->handle));
}

/* Twenty times 5 ms are 100 ms; each is counted from the call before it, by the loop's clock. */
static void periodic(struct check *c)
{
    struct chain chain = {.set = alarms_make(c, 20), .delay = MILLISECONDS(5)};
    int64_t step = alarm_step(c);

    arm_next(&chain);
    ALARMS_RUN(chain.set, "the call of the twentieth of a chain of timers");
    for (int i = 0; i < chain.set->count; i++) {
        struct alarm *alarm = &chain.set->all[i];

        EXPECT(c, alarm->called >= alarm->earliest - step,
               "timer %d of a chain was %" PRId64 " ns early", i, alarm->earliest - alarm->called);
    }
    check_measure(c, "drift-of-twenty-timers", "ns",
                  chain.set->all[19].called - chain.set->all[0].earliest - 19 * chain.delay);
}

/* Each kind of work has its turn. */
struct turns {
    struct check *check;
    loop_fd fd;
    int zeros;
    struct counter timer, soon, reader;
};

static bool all_had_their_turn(void *arg)
{
    struct turns *turns = arg;

    return counter_reached(&turns->timer) && counter_reached(&turns->soon) &&
           counter_reached(&turns->reader);
}

static struct turns *make_turns(struct check *c, loop_fd fd)
{
    struct turns *turns = check_alloc(c, sizeof *turns);

    turns->check = c;
    turns->fd = fd;
    turns->timer = turns->soon = turns->reader = (struct counter){.check = c, .target = 1};
    return turns;
}

static void leave_unread(void *arg)
{
    (void)arg;
}

/* What is never read keeps the descriptor ready for ever. */
static void beside_a_ready_reader(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct alarms *set = alarms_make(c, 1);

    scene_send(c, pair.peer, "x");
    NEED_OK(c, "add_reader", c->ops->add_reader(c->loop, pair.end, leave_unread, NULL));
    alarm_later(&set->all[0], MILLISECONDS(5));
    ALARMS_RUN(set, "the call of a timer beside a reader that is always ready");
    (void)c->ops->remove_reader(c->loop, pair.end);
}

static void call_soon_for_ever(void *arg)
{
    struct alarms *set = arg;
    struct check *c = set->check;

    if (!alarms_reached(set))
        NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, call_soon_for_ever, set, NULL));
}

static void beside_call_soon(struct check *c)
{
    struct alarms *set = alarms_make(c, 1);

    call_soon_for_ever(set);
    alarm_later(&set->all[0], MILLISECONDS(5));
    ALARMS_RUN(set, "the call of a timer beside callbacks that go on calling call_soon");
}

static void zero_for_ever(void *arg)
{
    struct turns *turns = arg;
    struct check *c = turns->check;

    EXPECT(c, ++turns->zeros < MOST_ZEROS, "the timer ran %d times before the rest had its turn",
           MOST_ZEROS);
    if (!all_had_their_turn(turns))
        NEED_OK(c, "call_later", c->ops->call_later(c->loop, 0, zero_for_ever, turns, NULL));
}

static void read_all(void *arg)
{
    struct turns *turns = arg;

    (void)scene_drain(turns->check, turns->fd);
    counter_call(&turns->reader);
}

static void zero_delay_starves_nobody(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct turns *turns = make_turns(c, pair.end);

    NEED_OK(c, "add_reader", c->ops->add_reader(c->loop, pair.end, read_all, turns));
    zero_for_ever(turns);
    scene_send(c, pair.peer, "x");
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, counter_call, &turns->soon, NULL));
    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, MILLISECONDS(5), counter_call, &turns->timer, NULL));
    RUN_UNTIL(c, all_had_their_turn, turns,
              "the turn of a timer, a callback and a reader beside a timer that arms itself anew");
    (void)c->ops->remove_reader(c->loop, pair.end);
}

/* In every other round both are due when the loop gets to look: neither hides the other. */
static void with_a_ready_descriptor(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct turns *turns = make_turns(c, pair.end);

    NEED_OK(c, "add_reader", c->ops->add_reader(c->loop, pair.end, read_all, turns));
    turns->soon.target = 0;
    for (int round = 0; round < 20; round++) {
        turns->timer.calls = turns->reader.calls = 0;
        NEED_OK(c, "call_later",
                c->ops->call_later(c->loop, MILLISECONDS(1), counter_call, &turns->timer, NULL));
        scene_send(c, pair.peer, "x");
        if (round % 2)
            check_block(MILLISECONDS(2));
        RUN_UNTIL(c, all_had_their_turn, turns, "the call of both a timer and a reader");
    }
    (void)c->ops->remove_reader(c->loop, pair.end);
}

static const struct check_definition definitions[] = {
    {"timers.many",
     many,
     {"timers.order", "timers.never-early"},
     {"call_at", "time", "clock_resolution"},
     CHECK_BUSY},
    {"timers.periodic",
     periodic,
     {"timers.never-early"},
     {"call_later", "time", "clock_resolution"},
     0},
    {"timers.beside-a-ready-reader",
     beside_a_ready_reader,
     {"timers.not-starved"},
     {"call_later", "add_reader", "remove_reader"},
     CHECK_BUSY},
    {"timers.beside-call-soon",
     beside_call_soon,
     {"timers.not-starved"},
     {"call_later"},
     CHECK_BUSY},
    {"timers.zero-delay-starves-nobody",
     zero_delay_starves_nobody,
     {"timers.zero-delay-starves-nobody"},
     {"call_later", "add_reader", "remove_reader"},
     CHECK_BUSY},
    {"timers.with-a-ready-descriptor",
     with_a_ready_descriptor,
     {"timers.with-descriptors"},
     {"call_later", "add_reader", "remove_reader"},
     0},
};
CHECK_AREA_PART(timers, many, definitions);
