/* SPDX-License-Identifier: MIT
 *
 * Running and stopping one loop. */
#include "scene.h"

/* A callback that registers itself again, and stops the loop at the `stop_at`th call. */
struct chain {
    struct check *check;
    int calls;
    int stop_at;
};

static void chain_call(void *arg)
{
    struct chain *chain = arg;
    struct check *c = chain->check;

    chain->calls++;
    if (chain->calls == chain->stop_at)
        c->ops->stop(c->loop);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, chain_call, chain, NULL));
}

static struct chain *start_chain(struct check *c, int stop_at)
{
    struct chain *chain = check_alloc(c, sizeof *chain);

    *chain = (struct chain){.check = c, .stop_at = stop_at};
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, chain_call, chain, NULL));
    return chain;
}

static struct counter *new_counter(struct check *c, int target)
{
    struct counter *counter = check_alloc(c, sizeof *counter);

    *counter = (struct counter){.check = c, .target = target};
    return counter;
}

static void soon(struct check *c, loop_callback callback, void *arg)
{
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, callback, arg, NULL));
}

static void stop_call(void *arg)
{
    struct check *c = arg;

    c->ops->stop(c->loop);
}

static void stop_twice_call(void *arg)
{
    stop_call(arg);
    stop_call(arg);
}

static void expect_run_ok(struct check *c, const char *what)
{
    EXPECT_STATUS(c, "run_forever", RUN(c, what), LOOP_OK);
}

static void stop_with_work_left(struct check *c)
{
    struct chain *chain = start_chain(c, 10);
    struct scene_pair pair = scene_sockets(c);

    if (LOOP_PROVIDES(c->ops, add_reader))
        c->ops->add_reader(c->loop, pair.end, counter_call, new_counter(c, 1));
    if (LOOP_PROVIDES(c->ops, call_later))
        c->ops->call_later(c->loop, SECONDS(3600), counter_call, new_counter(c, 1), NULL);
    expect_run_ok(c, "stop() in a callback, with callbacks, a reader and a timer left");
    EXPECT(c, chain->calls >= 10, "the run ended before the stop, after %d callbacks",
           chain->calls);
}

static void stop_finishes_iteration(struct check *c)
{
    struct counter *rest = new_counter(c, 2);

    soon(c, stop_call, c);
    soon(c, counter_call, rest);
    soon(c, counter_call, rest);
    expect_run_ok(c, "stop() in the first of three callbacks");
    EXPECT_INT(c, "calls of the two callbacks after the one that stopped", rest->calls, 2);
}

/* Stops, and registers a callback for the next run. */
struct leaving {
    struct check *check;
    struct counter *later;
};

static void leave_call(void *arg)
{
    struct leaving *leaving = arg;

    stop_call(leaving->check);
    soon(leaving->check, counter_call, leaving->later);
}

static struct leaving *new_leaving(struct check *c)
{
    struct leaving *leaving = check_alloc(c, sizeof *leaving);

    *leaving = (struct leaving){.check = c, .later = new_counter(c, 1)};
    return leaving;
}

static void stop_defers_new(struct check *c)
{
    struct leaving *leaving = new_leaving(c);

    soon(c, leave_call, leaving);
    expect_run_ok(c, "stop() in a callback");
    EXPECT_INT(c, "calls, in the stopped run, of what was added after the stop",
               leaving->later->calls, 0);
    RUN_UNTIL(c, counter_reached, leaving->later, "what was added after the stop is called");
}

static void stop_loses_nothing(struct check *c)
{
    struct leaving *leaving = new_leaving(c);
    struct counter *rest = new_counter(c, 2);

    soon(c, leave_call, leaving);
    soon(c, counter_call, rest);
    soon(c, counter_call, rest);
    expect_run_ok(c, "stop() in the first of three callbacks");
    RUN_UNTIL(c, counter_reached, leaving->later, "what was added after the stop is called");
    RUN_UNTIL(c, counter_reached, rest, "what was queued behind the stop is called");
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of what was added after the stop", leaving->later->calls, 1);
    EXPECT_INT(c, "calls of the two callbacks behind the stop", rest->calls, 2);
}

static void stop_before_run_returns(struct check *c)
{
    c->ops->stop(c->loop);
    expect_run_ok(c, "stop() before it");
}

static void twice_call(void *arg)
{
    struct leaving *leaving = arg;

    soon(leaving->check, counter_call, leaving->later);
}

static void stop_before_run_iterates(struct check *c)
{
    struct leaving *nested = new_leaving(c);
    struct counter *queued = new_counter(c, 1), *reader = new_counter(c, 1);
    struct scene_pair pair = scene_sockets(c);

    NEED_OK(c, "add_reader", c->ops->add_reader(c->loop, pair.end, counter_call, reader));
    scene_send(c, pair.peer, "x");
    soon(c, counter_call, queued);
    soon(c, twice_call, nested);
    c->ops->stop(c->loop);
    expect_run_ok(c, "stop() before it");
    EXPECT_INT(c, "calls of what was queued before the stop", queued->calls, 1);
    EXPECT_INT(c, "calls of the reader of a readable socket", reader->calls, 1);
    EXPECT_INT(c, "calls of what a callback of that iteration added", nested->later->calls, 0);
}

/* A run that a stale stop cut short ends before the fifth link. */
static void expect_whole_run(struct check *c)
{
    struct chain *chain = start_chain(c, 5);

    expect_run_ok(c, "stop() in the fifth callback of a chain");
    EXPECT(c, chain->calls >= 5, "a stop of the run before ended this one after %d of 5 callbacks",
           chain->calls);
}

static void stop_is_used_up(struct check *c)
{
    soon(c, stop_twice_call, c);
    expect_run_ok(c, "two stops in one callback");
    expect_whole_run(c);
}

static void stop_before_run_is_used_up(struct check *c)
{
    c->ops->stop(c->loop);
    c->ops->stop(c->loop);
    expect_run_ok(c, "two stops before it");
    expect_whole_run(c);
}

static void runs_again(struct check *c)
{
    struct counter *counter = new_counter(c, 0);

    for (int run = 1; run <= 100; run++) {
        soon(c, counter_call, counter);
        soon(c, stop_call, c);
        expect_run_ok(c, "stop() in a callback");
        EXPECT_INT(c, "calls of one callback a run, after so many runs", counter->calls, run);
    }
}

/* A reader that takes what there is. */
struct reading {
    struct counter *counter;
    struct scene_pair pair;
};

static void read_call(void *arg)
{
    struct reading *reading = arg;

    scene_drain(reading->counter->check, reading->pair.end);
    counter_call(reading->counter);
}

static struct reading *start_reading(struct check *c)
{
    struct reading *reading = check_alloc(c, sizeof *reading);

    *reading = (struct reading){.counter = new_counter(c, 1), .pair = scene_sockets(c)};
    NEED_OK(c, "add_reader", c->ops->add_reader(c->loop, reading->pair.end, read_call, reading));
    return reading;
}

static void readers_outlive_runs(struct check *c)
{
    struct reading *reading = start_reading(c);

    for (int run = 1; run <= 10; run++) {
        reading->counter->target = run;
        scene_send(c, reading->pair.peer, "x");
        RUN_UNTIL(c, counter_reached, reading->counter,
                  "a reader registered before the first run is called in each run");
    }
}

static void timers_outlive_runs(struct check *c)
{
    struct counter *timer = new_counter(c, 1);

    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, MILLISECONDS(150), counter_call, timer, NULL));
    for (int run = 0; run < 3; run++) {
        soon(c, stop_call, c);
        expect_run_ok(c, "stop() in a callback");
    }
    RUN_UNTIL(c, counter_reached, timer,
              "a timer set before the first run is called in a later one");
}

static void timer_due_between_runs(struct check *c)
{
    struct counter *timer = new_counter(c, 1);

    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, MILLISECONDS(20), counter_call, timer, NULL));
    soon(c, stop_call, c);
    expect_run_ok(c, "stop() in a callback");
    check_block(MILLISECONDS(50));
    RUN_UNTIL(c, counter_reached, timer, "a timer that fell due between two runs is called");
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of the timer", timer->calls, 1);
}

static void reader_ready_between_runs(struct check *c)
{
    struct reading *reading = start_reading(c);

    soon(c, stop_call, c);
    expect_run_ok(c, "stop() in a callback");
    scene_send(c, reading->pair.peer, "x");
    RUN_UNTIL(c, counter_reached, reading->counter,
              "a reader of what arrived between two runs is called");
}

static void idle_costs_nothing(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct counter *never = new_counter(c, 1);

    if (LOOP_PROVIDES(c->ops, add_reader))
        c->ops->add_reader(c->loop, pair.end, counter_call, never);
    NEED_OK(c, "call_later", c->ops->call_later(c->loop, SECONDS(1800), counter_call, never, NULL));
    RUN_IDLE(c, MILLISECONDS(300));
    EXPECT_INT(c, "calls of an idle reader and of a timer due in half an hour", never->calls, 0);
}

/* What is_running says of two loops while the first runs. */
struct seen {
    struct check *check;
    struct loop *other;
    int own, others;
};

static void look_call(void *arg)
{
    struct seen *seen = arg;
    struct check *c = seen->check;

    seen->own = c->ops->is_running(c->loop);
    seen->others = c->ops->is_running(seen->other);
    c->ops->stop(c->loop);
}

static void tells_running(struct check *c)
{
    struct seen *seen = check_alloc(c, sizeof *seen);

    *seen = (struct seen){.check = c, .other = check_open_loop(c)};
    EXPECT(c, !c->ops->is_running(c->loop), "is_running before the run");
    soon(c, look_call, seen);
    expect_run_ok(c, "stop() in a callback");
    EXPECT(c, seen->own, "is_running in a callback");
    EXPECT(c, !seen->others, "is_running of another loop in a callback");
    EXPECT(c, !c->ops->is_running(c->loop), "is_running after the run");
}

static const struct check_definition definitions[] = {
    {.id = "lifecycle.stop-with-work-left",
     .run = stop_with_work_left,
     .rules = {"lifecycle.stop-ends-run"},
     .flags = CHECK_BUSY},
    {.id = "lifecycle.stop-finishes-iteration",
     .run = stop_finishes_iteration,
     .rules = {"lifecycle.stop-finishes-iteration"}},
    {.id = "lifecycle.stop-defers-new",
     .run = stop_defers_new,
     .rules = {"lifecycle.stop-defers-new"}},
    {.id = "lifecycle.stop-loses-nothing",
     .run = stop_loses_nothing,
     .rules = {"lifecycle.stop-loses-nothing"}},
    {.id = "lifecycle.stop-before-run-returns",
     .run = stop_before_run_returns,
     .rules = {"lifecycle.stop-before-run"}},
    {.id = "lifecycle.stop-before-run-iterates",
     .run = stop_before_run_iterates,
     .rules = {"lifecycle.stop-before-run"},
     .needs = {"add_reader"}},
    {.id = "lifecycle.stop-is-used-up",
     .run = stop_is_used_up,
     .rules = {"lifecycle.stop-is-used-up"}},
    {.id = "lifecycle.stop-before-run-is-used-up",
     .run = stop_before_run_is_used_up,
     .rules = {"lifecycle.stop-before-run"}},
    {.id = "lifecycle.runs-again", .run = runs_again, .rules = {"lifecycle.runs-again"}},
    {.id = "lifecycle.readers-outlive-runs",
     .run = readers_outlive_runs,
     .rules = {"lifecycle.runs-again"},
     .needs = {"add_reader"}},
    {.id = "lifecycle.timers-outlive-runs",
     .run = timers_outlive_runs,
     .rules = {"lifecycle.runs-again"},
     .needs = {"call_later"}},
    {.id = "lifecycle.timer-due-between-runs",
     .run = timer_due_between_runs,
     .rules = {"lifecycle.nothing-lost-between-runs"},
     .needs = {"call_later"}},
    {.id = "lifecycle.reader-ready-between-runs",
     .run = reader_ready_between_runs,
     .rules = {"lifecycle.nothing-lost-between-runs"},
     .needs = {"add_reader"}},
    {.id = "lifecycle.idle-costs-nothing",
     .run = idle_costs_nothing,
     .rules = {"lifecycle.idle-costs-nothing"},
     .needs = {"call_later"}},
    {.id = "lifecycle.tells-running",
     .run = tells_running,
     .rules = {"lifecycle.state-is-told"},
     .needs = {"is_running"}},
};

CHECK_AREA(lifecycle, definitions);
