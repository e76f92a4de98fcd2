/* SPDX-License-Identifier: MIT
 *
 * The clock that timers are counted by. */
#include "alarm.h"

#include <inttypes.h>

static int64_t loop_time(struct check *c)
{
    return c->ops->time(c->loop);
}

struct walk {
    struct check *check;
    struct counter counter;
    int64_t last;
};

static void expect_no_step_back(struct walk *walk)
{
    struct check *c = walk->check;
    int64_t now = loop_time(c);

    EXPECT(c, now >= walk->last, "time() went back by %" PRId64 " ns", walk->last - now);
    walk->last = now;
}

static void read_often(void *arg)
{
    struct walk *walk = arg;
    struct check *c = walk->check;

    for (int i = 0; i < 100; i++)
        expect_no_step_back(walk);
    if (walk->counter.calls < 100)
        NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, read_often, walk, NULL));
    counter_call(&walk->counter);
}

/* Within a callback, from one iteration to the next, and from one run to the next. */
static void monotonic(struct check *c)
{
    struct walk walk = {.check = c, .last = INT64_MIN};

    for (int round = 0; round < 3; round++) {
        walk.counter = (struct counter){.check = c, .target = 100};
        NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, read_often, &walk, NULL));
        RUN_UNTIL(c, counter_reached, &walk.counter, "a hundred iterations");
        for (int i = 0; i < 100; i++)
            expect_no_step_back(&walk);
    }
}

static void expect_moved(struct check *c, int64_t before, int64_t waited, const char *where)
{
    int64_t moved = loop_time(c) - before;

    EXPECT(c, moved >= waited - 2 * alarm_step(c) - waited / 1000,
           "%s time() moved on by %" PRId64 " ns in %" PRId64 " ns", where, moved, waited);
}

static void block_and_look(void *arg)
{
    struct counter *counter = arg;
    struct check *c = counter->check;
    int64_t before = loop_time(c);

    check_block(MILLISECONDS(50));
    expect_moved(c, before, MILLISECONDS(50), "within a callback");
    counter_call(counter);
}

static void live(struct check *c)
{
    struct counter counter = {.check = c, .target = 1};

    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, block_and_look, &counter, NULL));
    RUN_UNTIL(c, counter_reached, &counter, "the callback");
}

static void live_between_runs(struct check *c)
{
    int64_t before;

    RUN_ITERATIONS(c, 1);
    before = loop_time(c);
    check_block(MILLISECONDS(50));
    expect_moved(c, before, MILLISECONDS(50), "while the loop was not running");
}

struct glance {
    struct counter counter;
    int64_t time;
};

static void glance_call(void *arg)
{
    struct glance *glance = arg;

    glance->time = loop_time(glance->counter.check);
    counter_call(&glance->counter);
}

/* time() as a callback sees it, in an iteration that the run did not begin with. */
static int64_t time_inside(struct check *c)
{
    struct glance glance = {.counter = {.check = c, .target = 1}};

    RUN_ITERATIONS(c, 1);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, glance_call, &glance, NULL));
    RUN_UNTIL(c, counter_reached, &glance.counter, "the callback");
    return glance.time;
}

/* A loop may read its clock once an iteration, but then must read it. */
static void runs_on_while_the_loop_rests(struct check *c)
{
    int64_t moved = time_inside(c);

    check_block(MILLISECONDS(60));
    moved = time_inside(c) - moved;
    EXPECT(c, moved >= MILLISECONDS(60) - 2 * alarm_step(c) - 60000,
           "time() moved on by %" PRId64 " ns while the loop rested for 60 ms", moved);
}

static void arm_one(struct alarms *set)
{
    int64_t step = alarm_step(set->check);

    alarm_later(&set->all[0], 10 * step > MILLISECONDS(40) ? 10 * step : MILLISECONDS(40));
}

/* How far the loop's clock and the machine's disagree about one wait, beyond what their steps and a
 * twentieth of it explain. For a loop that reads its clock once an iteration, the wait began at some
 * time in the one before it was asked for. */
static int64_t disagreement(struct check *c)
{
    struct alarms *set = alarms_make(c, 1);
    struct alarm *alarm = &set->all[0];
    int64_t longest, shortest, there;

    alarms_arm_inside(set, arm_one);
    ALARMS_RUN(set, "the call of a timer");
    there = alarm->called - (alarm->earliest - alarm->delay);
    longest = alarm->called_check - alarm->since;
    shortest = alarm->called_check - set->armed;
    return (there > longest ? there - longest : shortest - there) - 2 * alarm_step(c) -
           longest / 20;
}

/* A busy machine can come between two readings in some rounds, not in all. */
static void rate(struct check *c)
{
    int64_t least = INT64_MAX;

    for (int round = 0; round < 8 && least > 0; round++) {
        int64_t difference = disagreement(c);

        least = difference < least ? difference : least;
    }
    EXPECT(c, least <= 0,
           "in each of eight waits the loop's clock and the machine's disagreed by %" PRId64
           " ns more than their steps explain",
           least);
}

static void resolution_is_positive(struct check *c)
{
    int64_t resolution = c->ops->clock_resolution(c->loop);

    EXPECT(c, resolution > 0, "clock_resolution() is %" PRId64, resolution);
    EXPECT(c, resolution <= SECONDS(1), "clock_resolution() is %" PRId64 " ns", resolution);
    EXPECT_INT(c, "clock_resolution() the second time", c->ops->clock_resolution(c->loop),
               resolution);
}

/* The smallest step that time() was seen to take, and the smallest time between two looks and between
 * two iterations. */
struct steps {
    struct check *check;
    int64_t claimed;
    int64_t enough, limit; /* when to end: on the check's clock */
    int share;             /* percent of the time in which this process had a CPU */
    int64_t loop_last, check_last;
    int64_t smallest, look, turn, turn_last;
    bool done;
};

static bool steps_done(void *arg)
{
    return ((struct steps *)arg)->done;
}

static void look(struct steps *steps)
{
    int64_t now = loop_time(steps->check);
    int64_t here = check_now();
    int64_t step = now - steps->loop_last;
    int64_t since = here - steps->check_last;

    if (step > 0 && step < steps->smallest)
        steps->smallest = step;
    if (since > 0 && since < steps->look)
        steps->look = since;
    steps->loop_last = now;
    steps->check_last = here;
}

/* No step is seen that is shorter than a look takes, or than an iteration where the loop reads its
 * clock once in each, so that a fine clock seems coarser than it is. */
static bool as_fine_as_claimed(const struct steps *steps)
{
    return steps->smallest <= 2 * steps->claimed || steps->smallest <= 20 * steps->look ||
           steps->smallest <= 2 * steps->turn;
}

/* A loop that reads its clock once an iteration shows a step in each. */
static void look_and_go_on(void *arg)
{
    struct steps *steps = arg;
    struct check *c = steps->check;
    int64_t begun = check_now();

    if (begun - steps->turn_last < steps->turn)
        steps->turn = begun - steps->turn_last;
    steps->turn_last = begun;
    for (int i = 0; i < 10; i++)
        look(steps);
    steps->done = steps->check_last >= steps->limit ||
                  (steps->check_last >= steps->enough && as_fine_as_claimed(steps));
    if (!steps->done)
        NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, look_and_go_on, steps, NULL));
    check_notify(c);
}

/* A busy machine gives moments of CPU time that may fall between the steps of a coarse clock: one
 * that seems too coarse is looked at for longer. */
static struct steps measure_steps(struct check *c)
{
    struct steps steps = {.check = c,
                          .claimed = alarm_step(c),
                          .smallest = INT64_MAX,
                          .look = INT64_MAX,
                          .turn = INT64_MAX / 2};
    int64_t span = 5 * steps.claimed > MILLISECONDS(50) ? 5 * steps.claimed : MILLISECONDS(50);
    int64_t cpu = alarm_cpu(), begun = check_now();

    steps.loop_last = loop_time(c);
    steps.check_last = steps.turn_last = check_now();
    steps.enough = steps.check_last + span;
    steps.limit = steps.check_last + (10 * span > SECONDS(3) ? 10 * span : SECONDS(3));
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, look_and_go_on, &steps, NULL));
    RUN_UNTIL(c, steps_done, &steps, "the end of a measurement of time()");
    steps.share = (int)(100 * (alarm_cpu() - cpu) / (check_now() - begun));
    EXPECT(c, steps.smallest < INT64_MAX, "time() did not move in fifty steps of its resolution");
    check_measure(c, "smallest-step-seen", "ns", steps.smallest);
    return steps;
}

/* A scheduler's turns end when a coarse clock ticks: who gets but a few of them sees no two ticks. */
static void expect_not_understated(struct check *c, const struct steps *steps)
{
    if (!as_fine_as_claimed(steps) && steps->share < 25)
        check_skip(c, "the machine gave the loop %d %% of its time", steps->share);
    EXPECT(c, as_fine_as_claimed(steps),
           "time() steps by %" PRId64 " ns, and clock_resolution() says %" PRId64, steps->smallest,
           steps->claimed);
}

static void expect_not_overstated(struct check *c, const struct steps *steps)
{
    int64_t claimed = steps->claimed;

    /* So coarse a clock counts the system's ticks, and those of Wine are its own. */
    if (claimed >= MILLISECONDS(10))
        check_need_windows(c);
    EXPECT(c, steps->smallest >= claimed - claimed / 4,
           "time() steps by %" PRId64 " ns, and clock_resolution() says %" PRId64, steps->smallest,
           claimed);
}

static void resolution_not_understated(struct check *c)
{
    struct steps steps = measure_steps(c);

    expect_not_understated(c, &steps);
}

static void resolution_not_overstated(struct check *c)
{
    struct steps steps = measure_steps(c);

    expect_not_overstated(c, &steps);
}

static void reported_on_windows(struct check *c)
{
    struct steps steps = measure_steps(c);

    expect_not_understated(c, &steps);
    expect_not_overstated(c, &steps);
}

static void on_a_closed_loop(struct check *c)
{
    int64_t before;

    EXPECT_STATUS(c, "close", c->ops->close(c->loop), LOOP_OK);
    before = loop_time(c);
    check_block(MILLISECONDS(40));
    expect_moved(c, before, MILLISECONDS(40), "on a closed loop");
}

static const struct check_definition definitions[] = {
    {"clock.monotonic", monotonic, {"clock.monotonic"}, {"time"}, CHECK_BUSY},
    {"clock.live", live, {"clock.live"}, {"time", "clock_resolution"}, 0},
    {"clock.live-between-runs", live_between_runs, {"clock.live"}, {"time", "clock_resolution"}, 0},
    {"clock.runs-on-while-the-loop-rests",
     runs_on_while_the_loop_rests,
     {"clock.runs-on"},
     {"time", "clock_resolution"},
     0},
    {"clock.rate", rate, {"clock.rate"}, {"time", "clock_resolution", "call_later"}, 0},
    {"clock.resolution-is-positive",
     resolution_is_positive,
     {"clock.resolution-positive"},
     {"clock_resolution"},
     0},
    {"clock.resolution-not-understated",
     resolution_not_understated,
     {"clock.resolution-not-understated"},
     {"time", "clock_resolution"},
     CHECK_BUSY},
    {"clock.resolution-not-overstated",
     resolution_not_overstated,
     {"clock.resolution-not-overstated"},
     {"time", "clock_resolution"},
     CHECK_BUSY},
    {"clock.reported-resolution-on-windows",
     reported_on_windows,
     {"windows.clock.reported-resolution"},
     {"time", "clock_resolution"},
     CHECK_BUSY},
    {"clock.on-a-closed-loop",
     on_a_closed_loop,
     {"clock.on-a-closed-loop"},
     {"time", "clock_resolution"},
     0},
};
CHECK_AREA(clock, definitions);
