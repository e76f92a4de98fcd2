/* SPDX-License-Identifier: MIT
 *
 * Closing a loop, what a closed one does, and what a running one refuses. */
#include <signal.h>

#include "scene.h"

static struct counter *new_counter(struct check *c, int target)
{
    struct counter *counter = check_alloc(c, sizeof *counter);

    *counter = (struct counter){.check = c, .target = target};
    return counter;
}

/* What an operation returned that was called while the loop ran. */
struct attempt {
    struct check *check;
    struct loop *other;
    struct counter *after;
    loop_status status;
};

static struct attempt *start_attempt(struct check *c, loop_callback callback)
{
    struct attempt *attempt = check_alloc(c, sizeof *attempt);

    *attempt = (struct attempt){.check = c, .after = new_counter(c, 1)};
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, callback, attempt, NULL));
    return attempt;
}

static void stop_other(void *arg)
{
    struct attempt *attempt = arg;

    attempt->check->ops->stop(attempt->other);
}

/* The attempt left the loop running: it goes on to what is called next. */
static void expect_refused(struct attempt *attempt, const char *rule, const char *what)
{
    struct check *c = attempt->check;

    RUN_UNTIL(c, counter_reached, attempt->after, "the loop goes on after the refusal");
    EXPECT_STATUS(c, what, attempt->status, check_rule(c, rule)->status);
    RUN_ITERATIONS(c, 3);
}

static void go_on(struct attempt *attempt)
{
    struct check *c = attempt->check;

    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, counter_call, attempt->after, NULL));
}

/* A loop that does run inside itself is to come back from it. */
static void run_call(void *arg)
{
    struct attempt *attempt = arg;
    struct check *c = attempt->check;

    attempt->other = c->loop;
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, stop_other, attempt, NULL));
    attempt->status = c->ops->run_forever(c->loop);
    if (attempt->status == LOOP_OK)
        c->ops->stop(c->loop);
}

/* The stop meant for an inner run has ended the outer one: so the loop is run again. */
static void run_while_running(struct check *c)
{
    struct attempt *attempt = start_attempt(c, run_call);

    EXPECT_STATUS(c, "the outer run_forever", RUN(c, "stop() in a callback"), LOOP_OK);
    go_on(attempt);
    expect_refused(attempt, "lifecycle.run-while-running", "run_forever in a callback");
}

static void run_other_call(void *arg)
{
    struct attempt *attempt = arg;
    struct check *c = attempt->check;

    NEED_OK(c, "call_soon", c->ops->call_soon(attempt->other, stop_other, attempt, NULL));
    attempt->status = c->ops->run_forever(attempt->other);
    go_on(attempt);
}

static void one_loop_a_thread(struct check *c)
{
    struct attempt *attempt = start_attempt(c, run_other_call);

    attempt->other = check_open_loop(c);
    expect_refused(attempt, "lifecycle.one-loop-a-thread", "run_forever of another loop");
    EXPECT_STATUS(c, "the other loop's run_forever, later", c->ops->run_forever(attempt->other),
                  LOOP_OK);
}

static void close_call(void *arg)
{
    struct attempt *attempt = arg;

    attempt->status = attempt->check->ops->close(attempt->check->loop);
    go_on(attempt);
}

static void close_while_running(struct check *c)
{
    struct attempt *attempt = start_attempt(c, close_call);

    expect_refused(attempt, "lifecycle.close-while-running", "close in a callback");
    if (LOOP_PROVIDES(c->ops, is_closed))
        EXPECT(c, !c->ops->is_closed(c->loop), "is_closed after a refused close");
}

static void close_loop(struct check *c)
{
    EXPECT_STATUS(c, "close", c->ops->close(c->loop), LOOP_OK);
}

/* The pipes take the numbers that the loop's descriptors had. */
static void close_twice(struct check *c)
{
    struct scene_pair pipes[4];

    close_loop(c);
    for (int i = 0; i < 4; i++)
        pipes[i] = scene_pipe(c);
    EXPECT_STATUS(c, "close of a closed loop", c->ops->close(c->loop), LOOP_OK);
    for (int i = 0; i < 4; i++) {
        scene_send(c, pipes[i].peer, "x");
        EXPECT_INT(c, "bytes through a pipe opened after the first close",
                   scene_drain(c, pipes[i].end), 1);
    }
}

static void tells_closed(struct check *c)
{
    EXPECT(c, !c->ops->is_closed(c->loop), "is_closed of an open loop");
    close_loop(c);
    EXPECT(c, c->ops->is_closed(c->loop), "is_closed of a closed loop");
}

/* Every kind of callback that this loop has, all of them due. */
static void register_all(struct check *c, struct counter *counter)
{
    struct scene_pair pair = scene_sockets(c);
    const struct loop_operations *ops = c->ops;

    scene_send(c, pair.peer, "x");
    for (int i = 0; i < 20; i++) {
        NEED_OK(c, "call_soon", ops->call_soon(c->loop, counter_call, counter, NULL));
        if (LOOP_PROVIDES(ops, call_soon_threadsafe))
            ops->call_soon_threadsafe(c->loop, counter_call, counter, NULL);
        if (LOOP_PROVIDES(ops, call_later))
            ops->call_later(c->loop, 0, counter_call, counter, NULL);
    }
    if (LOOP_PROVIDES(ops, add_reader))
        ops->add_reader(c->loop, pair.end, counter_call, counter);
    if (LOOP_PROVIDES(ops, add_writer))
        ops->add_writer(c->loop, pair.end, counter_call, counter);
}

static void close_discards(struct check *c)
{
    struct counter *counter = new_counter(c, 1);

    register_all(c, counter);
    close_loop(c);
    EXPECT_INT(c, "callbacks called by close", counter->calls, 0);
    check_free_loop(c, c->loop);
    EXPECT_INT(c, "callbacks called by free", counter->calls, 0);
}

static void closes_after_stop(struct check *c)
{
    register_all(c, new_counter(c, 1));
    c->ops->stop(c->loop);
    close_loop(c);
    check_free_loop(c, c->loop);
}

static void close_leaves_descriptors(struct check *c)
{
    struct scene_pair read = scene_sockets(c), written = scene_sockets(c);
    struct counter *counter = new_counter(c, 1);

    NEED_OK(c, "add_reader", c->ops->add_reader(c->loop, read.end, counter_call, counter));
    NEED_OK(c, "add_writer", c->ops->add_writer(c->loop, written.end, counter_call, counter));
    RUN_UNTIL(c, counter_reached, counter, "the writer of a writable socket is called");
    close_loop(c);
    check_free_loop(c, c->loop);
    scene_send(c, read.peer, "abc");
    EXPECT_INT(c, "bytes through the socket that was read", scene_drain(c, read.end), 3);
    scene_send(c, written.end, "abc");
    EXPECT_INT(c, "bytes through the socket that was written", scene_drain(c, written.peer), 3);
}

/* ---- a closed loop refuses */

static void expect_closed(struct check *c, const char *operation, loop_status status)
{
    EXPECT_STATUS(c, operation, status, check_rule(c, "lifecycle.closed-refuses")->status);
}

static void closed_refuses_run(struct check *c)
{
    close_loop(c);
    expect_closed(c, "run_forever", RUN(c, "the loop is closed"));
}

static void closed_refuses_call_soon(struct check *c)
{
    close_loop(c);
    expect_closed(c, "call_soon",
                  c->ops->call_soon(c->loop, counter_call, new_counter(c, 1), NULL));
}

static void closed_refuses_threadsafe(struct check *c)
{
    close_loop(c);
    expect_closed(c, "call_soon_threadsafe",
                  c->ops->call_soon_threadsafe(c->loop, counter_call, new_counter(c, 1), NULL));
}

static void closed_refuses_timers(struct check *c)
{
    close_loop(c);
    expect_closed(c, "call_later",
                  c->ops->call_later(c->loop, 0, counter_call, new_counter(c, 1), NULL));
    expect_closed(c, "call_at", c->ops->call_at(c->loop, 0, counter_call, new_counter(c, 1), NULL));
}

static void closed_refuses_descriptors(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);

    NEED_OK(c, "add_reader",
            c->ops->add_reader(c->loop, pair.end, counter_call, new_counter(c, 1)));
    close_loop(c);
    expect_closed(c, "add_reader",
                  c->ops->add_reader(c->loop, pair.end, counter_call, new_counter(c, 1)));
    expect_closed(c, "add_writer",
                  c->ops->add_writer(c->loop, pair.end, counter_call, new_counter(c, 1)));
}

static void closed_removes_nothing(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    loop_status none = check_rule(c, "lifecycle.closed-removes-nothing")->status;

    NEED_OK(c, "add_reader",
            c->ops->add_reader(c->loop, pair.end, counter_call, new_counter(c, 1)));
    NEED_OK(c, "add_writer",
            c->ops->add_writer(c->loop, pair.end, counter_call, new_counter(c, 1)));
    close_loop(c);
    EXPECT_STATUS(c, "remove_reader", c->ops->remove_reader(c->loop, pair.end), none);
    EXPECT_STATUS(c, "remove_writer", c->ops->remove_writer(c->loop, pair.end), none);
}

static void closed_refuses_signals(struct check *c)
{
    NEED_OK(c, "add_signal_handler",
            c->ops->add_signal_handler(c->loop, SIGINT, counter_call, new_counter(c, 1)));
    close_loop(c);
    expect_closed(c, "add_signal_handler",
                  c->ops->add_signal_handler(c->loop, SIGINT, counter_call, new_counter(c, 1)));
}

static void look_at(struct check *c, struct loop_handle *handle)
{
    const struct loop_operations *ops = c->ops;

    if (handle == NULL)
        return;
    if (LOOP_PROVIDES(ops, handle_cancel))
        ops->handle_cancel(c->loop, handle);
    if (LOOP_PROVIDES(ops, handle_cancelled))
        ops->handle_cancelled(c->loop, handle);
    ops->handle_release(c->loop, handle);
}

static void closed_is_harmless(struct check *c)
{
    const struct loop_operations *ops = c->ops;
    struct loop_handle *soon = NULL, *timer = NULL, *posted = NULL;

    NEED_OK(c, "call_soon", ops->call_soon(c->loop, counter_call, new_counter(c, 1), &soon));
    if (LOOP_PROVIDES(ops, call_later))
        ops->call_later(c->loop, SECONDS(60), counter_call, new_counter(c, 1), &timer);
    if (LOOP_PROVIDES(ops, call_soon_threadsafe))
        ops->call_soon_threadsafe(c->loop, counter_call, new_counter(c, 1), &posted);
    close_loop(c);
    ops->stop(c->loop);
    if (LOOP_PROVIDES(ops, time)) {
        int64_t before = ops->time(c->loop);
        EXPECT(c, ops->time(c->loop) >= before, "time() of a closed loop goes backwards");
    }
    if (LOOP_PROVIDES(ops, is_running))
        EXPECT(c, !ops->is_running(c->loop), "is_running of a closed loop");
    look_at(c, soon);
    look_at(c, timer);
    look_at(c, posted);
}

static const struct check_definition definitions[] = {
    {.id = "lifecycle.run-while-running",
     .run = run_while_running,
     .rules = {"lifecycle.run-while-running"}},
    {.id = "lifecycle.one-loop-a-thread",
     .run = one_loop_a_thread,
     .rules = {"lifecycle.one-loop-a-thread"}},
    {.id = "lifecycle.close-while-running",
     .run = close_while_running,
     .rules = {"lifecycle.close-while-running"}},
    {.id = "lifecycle.close-twice", .run = close_twice, .rules = {"lifecycle.close-twice"}},
    {.id = "lifecycle.tells-closed",
     .run = tells_closed,
     .rules = {"lifecycle.state-is-told"},
     .needs = {"is_closed"}},
    {.id = "lifecycle.close-discards",
     .run = close_discards,
     .rules = {"lifecycle.close-discards"}},
    {.id = "lifecycle.closes-after-stop",
     .run = closes_after_stop,
     .rules = {"lifecycle.close-works-always"}},
    {.id = "lifecycle.close-leaves-descriptors",
     .run = close_leaves_descriptors,
     .rules = {"lifecycle.close-leaves-descriptors"},
     .needs = {"add_reader", "add_writer"}},
    {.id = "lifecycle.closed-refuses-run",
     .run = closed_refuses_run,
     .rules = {"lifecycle.closed-refuses"}},
    {.id = "lifecycle.closed-refuses-call-soon",
     .run = closed_refuses_call_soon,
     .rules = {"lifecycle.closed-refuses"}},
    {.id = "lifecycle.closed-refuses-threadsafe",
     .run = closed_refuses_threadsafe,
     .rules = {"lifecycle.closed-refuses"},
     .needs = {"call_soon_threadsafe"}},
    {.id = "lifecycle.closed-refuses-timers",
     .run = closed_refuses_timers,
     .rules = {"lifecycle.closed-refuses"},
     .needs = {"call_later", "call_at"}},
    {.id = "lifecycle.closed-refuses-descriptors",
     .run = closed_refuses_descriptors,
     .rules = {"lifecycle.closed-refuses"},
     .needs = {"add_reader", "add_writer"}},
    {.id = "lifecycle.closed-removes-nothing",
     .run = closed_removes_nothing,
     .rules = {"lifecycle.closed-removes-nothing"},
     .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer"}},
    {.id = "lifecycle.closed-refuses-signals",
     .run = closed_refuses_signals,
     .rules = {"lifecycle.closed-refuses"},
     .needs = {"add_signal_handler"}},
    {.id = "lifecycle.closed-is-harmless",
     .run = closed_is_harmless,
     .rules = {"lifecycle.closed-is-harmless"},
     .needs = {"handle_release"}},
};

CHECK_AREA_PART(lifecycle, close, definitions);
