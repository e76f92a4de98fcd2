/* SPDX-License-Identifier: MIT
 *
 * Several loops in one process: one after another, side by side, in threads. */
#include <signal.h>

#include "scene.h"

/* Runs `loop` until a callback stops it. */
struct visit {
    struct check *check;
    struct loop *loop;
    int calls;
};

static void visit_call(void *arg)
{
    struct visit *visit = arg;

    visit->calls++;
    visit->check->ops->stop(visit->loop);
}

static void visit_loop(struct visit *visit)
{
    const struct loop_operations *ops = visit->check->ops;

    NEED_OK(visit->check, "call_soon", ops->call_soon(visit->loop, visit_call, visit, NULL));
    EXPECT_STATUS(visit->check, "run_forever", ops->run_forever(visit->loop), LOOP_OK);
}

static void many_loops(struct check *c)
{
    enum { LOOPS = 50 };
    struct visit *visits = check_alloc(c, LOOPS * sizeof *visits);

    scene_need_descriptors(c, 1024);
    for (int i = 0; i < LOOPS; i++)
        visits[i] = (struct visit){.check = c, .loop = check_open_loop(c)};
    for (int round = 1; round <= 2; round++) {
        for (int i = 0; i < LOOPS; i++) {
            visit_loop(&visits[i]);
            EXPECT_INT(c, "calls of a loop's own callback", visits[i].calls, round);
        }
    }
}

static void stop_is_its_own(struct check *c)
{
    struct visit *visit = check_alloc(c, sizeof *visit);
    struct loop *other = check_open_loop(c);
    struct counter counter = {.check = c, .target = 3};

    *visit = (struct visit){.check = c, .loop = other};
    for (int i = 0; i < 3; i++)
        NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, counter_call, &counter, NULL));
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, visit_call, visit, NULL));
    RUN_ITERATIONS(c, 5);
    EXPECT_INT(c, "calls in a loop while another one was stopped", counter.calls, 3);
    EXPECT_INT(c, "calls of the callback that stopped the other loop", visit->calls, 1);
}

/* A loop in which a timer, a signal and another thread have each called back once. */
struct round {
    struct check *check;
    struct loop *loop;
    int expected;
    int arrived;
};

static void arrive(void *arg)
{
    struct round *round = arg;

    if (++round->arrived == round->expected)
        round->check->ops->stop(round->loop);
}

static void post_arrival(void *arg)
{
    struct round *round = arg;

    check_block(MILLISECONDS(10));
    NEED_OK(round->check, "call_soon_threadsafe",
            round->check->ops->call_soon_threadsafe(round->loop, arrive, round, NULL));
}

static void run_round(struct check *c, struct round *round)
{
    const struct loop_operations *ops = c->ops;
    struct scene_thread *thread = scene_start(c, post_arrival, round);

    NEED_OK(c, "call_later", ops->call_later(round->loop, MILLISECONDS(5), arrive, round, NULL));
    round->expected = 2;
    if (LOOP_PROVIDES(ops, add_signal_handler) &&
        ops->add_signal_handler(round->loop, SIGINT, arrive, round) == LOOP_OK) {
        scene_signal_self(c, SIGINT);
        round->expected++;
    }
    EXPECT_STATUS(c, "run_forever", ops->run_forever(round->loop), LOOP_OK);
    scene_join(c, thread);
}

static void reopens(struct check *c)
{
    for (int i = 0; i < 5; i++) {
        struct round *round = check_alloc(c, sizeof *round);

        *round = (struct round){.check = c, .loop = check_open_loop(c)};
        run_round(c, round);
        EXPECT_INT(c, "callbacks of a timer, a signal and a thread", round->arrived,
                   round->expected);
        EXPECT_STATUS(c, "close", c->ops->close(round->loop), LOOP_OK);
        check_free_loop(c, round->loop);
    }
}

/* ---- threads: the main thread's loop waits for a call_soon_threadsafe of the other thread */

enum { TICKS = 200 };

struct worker {
    struct check *check;
    struct loop *loop;
    struct counter finished;
    loop_status status;
    int ticks;
    int callbacks_elsewhere;
};

static _Thread_local struct worker *here;

static void tick(void *arg)
{
    struct worker *worker = arg;
    const struct loop_operations *ops = worker->check->ops;

    worker->callbacks_elsewhere += here != worker;
    if (++worker->ticks == TICKS)
        ops->stop(worker->loop);
    else if (worker->ticks % 10 == 0 && LOOP_PROVIDES(ops, call_later))
        NEED_OK(worker->check, "call_later",
                ops->call_later(worker->loop, MILLISECONDS(1), tick, worker, NULL));
    else
        NEED_OK(worker->check, "call_soon", ops->call_soon(worker->loop, tick, worker, NULL));
}

static void work(void *arg)
{
    struct worker *worker = arg;
    struct check *c = worker->check;

    here = worker;
    worker->status = c->ops->run_forever(worker->loop);
    NEED_OK(c, "call_soon_threadsafe",
            c->ops->call_soon_threadsafe(c->loop, counter_call, &worker->finished, NULL));
}

static struct worker *new_worker(struct check *c, struct loop *loop)
{
    struct worker *worker = check_alloc(c, sizeof *worker);

    *worker = (struct worker){.check = c, .loop = loop};
    worker->finished = (struct counter){.check = c, .target = 1};
    NEED_OK(c, "call_soon", c->ops->call_soon(loop, tick, worker, NULL));
    return worker;
}

static void expect_work_done(struct worker *worker)
{
    struct check *c = worker->check;

    EXPECT_STATUS(c, "run_forever in a thread", worker->status, LOOP_OK);
    EXPECT_INT(c, "callbacks of a loop run in a thread", worker->ticks, TICKS);
    EXPECT_INT(c, "callbacks called outside the thread that runs the loop",
               worker->callbacks_elsewhere, 0);
}

static void runs_in_another_thread(struct check *c)
{
    struct worker *worker = new_worker(c, check_open_loop(c));
    struct visit *visit = check_alloc(c, sizeof *visit);
    struct scene_thread *thread = scene_start(c, work, worker);

    RUN_UNTIL(c, counter_reached, &worker->finished,
              "a thread runs a loop that another thread opened");
    scene_join(c, thread);
    expect_work_done(worker);
    *visit = (struct visit){.check = c, .loop = worker->loop};
    visit_loop(visit);
}

static bool all_finished(void *arg)
{
    struct worker **workers = arg;

    for (int i = 0; workers[i] != NULL; i++) {
        if (!counter_reached(&workers[i]->finished))
            return false;
    }
    return true;
}

static void loops_are_independent(struct check *c)
{
    enum { LOOPS = 4 };
    struct worker **workers = check_alloc(c, (LOOPS + 1) * sizeof *workers);
    struct scene_thread *threads[LOOPS];

    for (int i = 0; i < LOOPS; i++)
        workers[i] = new_worker(c, check_open_loop(c));
    for (int i = 0; i < LOOPS; i++)
        threads[i] = scene_start(c, work, workers[i]);
    RUN_UNTIL(c, all_finished, workers, "four loops run in four threads");
    for (int i = 0; i < LOOPS; i++) {
        scene_join(c, threads[i]);
        expect_work_done(workers[i]);
    }
}

static const struct check_definition definitions[] = {
    {.id = "lifecycle.many-loops", .run = many_loops, .rules = {"lifecycle.many-loops"}},
    {.id = "lifecycle.reopens",
     .run = reopens,
     .rules = {"lifecycle.reopens"},
     .needs = {"call_later", "call_soon_threadsafe"}},
    {.id = "lifecycle.stop-is-its-own",
     .run = stop_is_its_own,
     .rules = {"lifecycle.stop-is-its-own"}},
    {.id = "lifecycle.runs-in-another-thread",
     .run = runs_in_another_thread,
     .rules = {"lifecycle.any-thread"},
     .flags = CHECK_BUSY,
     .needs = {"call_soon_threadsafe"}},
    {.id = "lifecycle.loops-are-independent",
     .run = loops_are_independent,
     .rules = {"lifecycle.loops-are-independent"},
     .flags = CHECK_BUSY,
     .needs = {"call_soon_threadsafe"}},
};

CHECK_AREA_PART(lifecycle, loops, definitions);
