/* SPDX-License-Identifier: MIT
 *
 * Threads that post at the worst moments: as the loop falls asleep, stops, or is closed. */
#include "posts.h"

enum { JITTERS = 256 };

/* A thread that posts one call for each `asked`, after a pause of its own choice. */
struct rally {
    struct check *check;
    struct loop *loop;
    struct counter served;
    int64_t jitters[JITTERS];
    atomic_int asked, answered;
    atomic_bool over;
};

static struct rally *make_rally(struct check *c)
{
    struct rally *rally = check_alloc(c, sizeof *rally);

    rally->check = c;
    rally->loop = c->loop;
    rally->served = (struct counter){.check = c};
    for (int i = 0; i < JITTERS; i++)
        rally->jitters[i] = (int64_t)(check_random(c) % 60000);
    return rally;
}

/* Spins a little, for the answer is near; then leaves the processor to others. */
static bool wait_asked(struct rally *rally, int served)
{
    int64_t began = check_now();

    while (atomic_load(&rally->asked) == served && !atomic_load(&rally->over))
        if (check_now() - began > 200000)
            check_block(100000);
    return !atomic_load(&rally->over);
}

static void serve(void *arg);

static void answer(void *arg)
{
    struct rally *rally = arg;
    struct check *c = rally->check;

    for (int served = 0; wait_asked(rally, served); served++) {
        posts_spin(rally->jitters[served % JITTERS]);
        NEED_OK(c, "call_soon_threadsafe",
                c->ops->call_soon_threadsafe(rally->loop, serve, rally, NULL));
        atomic_fetch_add(&rally->answered, 1);
    }
}

static void serve(void *arg)
{
    struct rally *rally = arg;

    if (rally->served.calls + 1 < rally->served.target)
        atomic_fetch_add(&rally->asked, 1);
    counter_call(&rally->served);
}

static void end_rally(struct rally *rally, struct scene_thread *thread)
{
    atomic_store(&rally->over, true);
    scene_join(rally->check, thread);
    check_measure(rally->check, "rounds", "rounds", rally->served.calls);
}

/* Each call is posted only after the one before was called, so that none wakes the loop for
 * another. */
static void no_wakeup_lost(struct check *c)
{
    struct rally *rally = make_rally(c);
    struct scene_thread *thread = scene_start(c, answer, rally);
    int64_t until = check_now() + MILLISECONDS(400);

    while (check_now() < until && rally->served.calls < 5000) {
        rally->served.target += 20;
        atomic_fetch_add(&rally->asked, 1);
        RUN_UNTIL(c, counter_reached, &rally->served,
                  "a call that was posted as the loop fell asleep");
    }
    end_rally(rally, thread);
}

static void stop_now(void *arg)
{
    struct rally *rally = arg;

    rally->check->ops->stop(rally->loop);
}

/* The call is posted behind stop_now, or at the moment of it. */
static void stop_beside_answer(void *arg)
{
    struct rally *rally = arg;
    struct check *c = rally->check;
    bool wait = check_random(c) % 2;

    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, stop_now, rally, NULL));
    atomic_fetch_add(&rally->asked, 1);
    while (wait && atomic_load(&rally->answered) < rally->served.target)
        check_block(20000);
}

static void racing_with_stop(struct check *c)
{
    struct rally *rally = make_rally(c);
    struct scene_thread *thread = scene_start(c, answer, rally);
    int64_t until = check_now() + MILLISECONDS(300);

    while (check_now() < until && rally->served.calls < 2000) {
        rally->served.target++;
        NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, stop_beside_answer, rally, NULL));
        EXPECT_STATUS(c, "run_forever", RUN(c, "stop() in a callback"), LOOP_OK);
        RUN_UNTIL(c, counter_reached, &rally->served, "a call that was posted as the loop stopped");
        EXPECT_INT(c, "calls of one posted callback", rally->served.calls, rally->served.target);
    }
    end_rally(rally, thread);
}

/* ---- closing */

struct doomed {
    struct check *check;
    struct loop *loop;
    atomic_bool posting, closed;
};

static void ignore(void *arg)
{
    (void)arg;
}

/* Before close has returned both answers are right, afterwards only one is. */
static void post_until_closed(void *arg)
{
    struct doomed *doomed = arg;
    struct check *c = doomed->check;
    bool closed;

    do {
        loop_status status;

        closed = atomic_load(&doomed->closed);
        status = c->ops->call_soon_threadsafe(doomed->loop, ignore, NULL, NULL);
        if (closed || status != LOOP_OK)
            EXPECT_STATUS(c, "call_soon_threadsafe beside or after close", status, LOOP_CLOSED);
        atomic_store(&doomed->posting, true);
        posts_spin(2000);
    } while (!closed);
}

static void racing_with_close(struct check *c)
{
    for (int round = 0; round < 25; round++) {
        struct doomed *doomed = check_alloc(c, sizeof *doomed);
        struct scene_thread *thread;

        doomed->check = c;
        doomed->loop = check_open_loop(c);
        thread = scene_start(c, post_until_closed, doomed);
        while (!atomic_load(&doomed->posting))
            check_block(50000);
        posts_spin((int64_t)(check_random(c) % 200000));
        EXPECT_STATUS(c, "close", c->ops->close(doomed->loop), LOOP_OK);
        atomic_store(&doomed->closed, true);
        scene_join(c, thread);
        check_free_loop(c, doomed->loop);
    }
}

/* ---- two loops */

/* What distinguishes threads: each has this variable of its own. */
static _Thread_local int where;

struct court {
    struct check *check;
    struct loop *other;
    const int *here; /* the thread of the check's loop */
    struct counter returned;
    int strokes; /* calls in the other loop */
};

static void return_ball(void *arg);

static void strike(void *arg)
{
    struct court *court = arg;
    struct check *c = court->check;

    court->strokes++;
    EXPECT(c, &where != court->here, "a call for one loop was called by another");
    NEED_OK(c, "call_soon_threadsafe",
            c->ops->call_soon_threadsafe(c->loop, return_ball, court, NULL));
}

static void serve_ball(struct court *court)
{
    struct check *c = court->check;

    NEED_OK(c, "call_soon_threadsafe",
            c->ops->call_soon_threadsafe(court->other, strike, court, NULL));
}

static void return_ball(void *arg)
{
    struct court *court = arg;

    if (court->returned.calls + 1 < court->returned.target)
        serve_ball(court);
    counter_call(&court->returned);
}

static void run_other(void *arg)
{
    struct court *court = arg;
    struct check *c = court->check;

    EXPECT_STATUS(c, "run_forever in another thread", c->ops->run_forever(court->other), LOOP_OK);
}

static void stop_other(void *arg)
{
    struct court *court = arg;

    court->check->ops->stop(court->other);
}

static void two_loops(struct check *c)
{
    struct court *court = check_alloc(c, sizeof *court);
    int64_t until = check_now() + MILLISECONDS(400);
    struct scene_thread *thread;

    *court = (struct court){
        .check = c, .other = check_open_loop(c), .here = &where, .returned = {.check = c}};
    thread = scene_start(c, run_other, court);
    while (check_now() < until && court->returned.calls < 5000) {
        court->returned.target += 20;
        serve_ball(court);
        RUN_UNTIL(c, counter_reached, &court->returned, "a call between two loops in two threads");
    }
    NEED_OK(c, "call_soon_threadsafe",
            c->ops->call_soon_threadsafe(court->other, stop_other, court, NULL));
    scene_join(c, thread);
    EXPECT_INT(c, "calls in the other loop", court->strokes, court->returned.calls);
    check_measure(c, "rounds", "rounds", court->strokes);
}

static const struct check_definition definitions[] = {
    {"threads.no-wakeup-lost",
     no_wakeup_lost,
     {"threads.wakes", "threads.none-lost"},
     {"call_soon_threadsafe"},
     CHECK_BUSY},
    {"threads.racing-with-stop",
     racing_with_stop,
     {"threads.none-lost"},
     {"call_soon_threadsafe"},
     CHECK_BUSY},
    {"threads.racing-with-close",
     racing_with_close,
     {"threads.racing-with-close"},
     {"call_soon_threadsafe"},
     CHECK_BUSY},
    {"threads.two-loops",
     two_loops,
     {"threads.wakes", "threads.none-lost"},
     {"call_soon_threadsafe"},
     CHECK_BUSY},
};
CHECK_AREA_PART(threads, races, definitions);
