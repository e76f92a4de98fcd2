/* SPDX-License-Identifier: MIT
 *
 * Descriptors that are closed, duplicated or shared: with another loop, or with a forked child. */
#include "descriptors.h"

#include "peer.h"

#define IDLE MILLISECONDS(50)

static void duplicate_left_open(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    loop_fd duplicate = scene_dup(c, pair.end);
    struct watched reader = watched_fd(c, pair.end);

    watch_reader(c, pair.end, watched_call, &reader);
    RUN_ITERATIONS(c, 2);
    forget_reader(c, pair.end);
    scene_close(c, pair.end);
    scene_send(c, pair.peer, "data");
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of the removed reader", reader.calls.calls, 0);

    struct watched other = watched_fd(c, duplicate);
    watch_reader(c, duplicate, watched_drain, &other);
    AWAIT_CALLS(c, &other.calls, 1, "a call of the duplicate's reader");
    EXPECT_INT(c, "calls of the removed reader", reader.calls.calls, 0);
}

static void duplicates(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    loop_fd duplicate = scene_dup(c, pair.end);
    struct watched reader = watched_fd(c, pair.end);
    struct watched other = watched_fd(c, duplicate);

    watch_reader(c, pair.end, watched_call, &reader);
    watch_reader(c, duplicate, watched_call, &other);
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the first descriptor's reader");
    AWAIT_CALLS(c, &other.calls, 1, "a call of the duplicate's reader");
    forget_reader(c, pair.end);
    scene_close(c, pair.end);
    int before = reader.calls.calls;
    AWAIT_CALLS(c, &other.calls, 2, "calls of the duplicate's reader when it is the only one");
    EXPECT_INT(c, "calls of the removed reader", reader.calls.calls - before, 0);
}

static void leave_and_close(void *arg)
{
    struct watched *reader = arg;

    forget_reader(reader->check, reader->fd);
    scene_close(reader->check, reader->fd);
    counter_call(&reader->calls);
}

static void closed_in_callback(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);

    scene_send(c, pair.peer, "data");
    watch_reader(c, pair.end, leave_and_close, &reader);
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader that closes its descriptor");
    expect_working(c);
    EXPECT_INT(c, "calls of the reader that closed its descriptor", reader.calls.calls, 1);
}

static void closed_while_watched_survived(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);
    struct trial trial;

    watch_reader(c, pair.end, watched_call, &reader);
    RUN_ITERATIONS(c, 2);
    scene_close(c, pair.end);
    loop_status ran = try_run(c, &trial, "two iterations with a descriptor that was closed");
    check_note(c, "run_forever returned %s", loop_status_name(ran));
    forget_reader(c, pair.end);
    end_trial(c, &trial, "a run after the closed descriptor was removed");
    expect_working(c);
}

/* A loop that would now make something anew cannot have it. */
static void closed_in_shortage(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);
    struct peer_shortage *shortage;

    watch_reader(c, pair.end, watched_call, &reader);
    expect_time_goes_on(c); /* what a loop opens when it first waits is there now */
    scene_close(c, pair.end);
    forget_reader(c, pair.end);
    shortage = peer_exhaust_descriptors(c);
    expect_time_goes_on(c);
    peer_end_shortage(shortage);
    expect_working(c);
}

static void closed_while_watched_quiet(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct scene_pair other = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);
    struct watched still = watched_fd(c, other.end);

    watch_reader(c, pair.end, watched_call, &reader);
    watch_reader(c, other.end, watched_drain, &still);
    RUN_ITERATIONS(c, 2);
    scene_close(c, pair.end);
    scene_send(c, other.peer, "data");
    AWAIT_CALLS(c, &still.calls, 1, "a call of the reader of another descriptor");
    RUN_ITERATIONS(c, 2);
    int before = reader.calls.calls;
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of the reader of the closed descriptor", reader.calls.calls - before, 0);
}

struct second_loop {
    struct check *check;
    struct loop *loop;
    int calls;
};

static void stop_second(void *arg)
{
    struct second_loop *second = arg;

    second->check->ops->stop(second->loop);
}

static void second_reads(void *arg)
{
    struct second_loop *second = arg;

    second->calls++;
    stop_second(second);
}

/* A timer ends the run of a second loop that is not told. */
static void run_second(struct second_loop *second)
{
    struct check *c = second->check;
    struct loop_handle *guard;

    NEED_OK(c, "call_later",
            c->ops->call_later(second->loop, SECONDS(3), stop_second, second, &guard));
    second->calls = 0;
    EXPECT_STATUS(c, "run_forever of the second loop", c->ops->run_forever(second->loop), LOOP_OK);
    c->ops->handle_cancel(second->loop, guard);
    c->ops->handle_release(second->loop, guard);
}

static void two_loops(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);
    struct second_loop second = {.check = c, .loop = check_open_loop(c)};

    watch_reader(c, pair.end, watched_call, &reader);
    NEED_OK(c, "add_reader", c->ops->add_reader(second.loop, pair.end, second_reads, &second));
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the first loop's reader");
    run_second(&second);
    EXPECT(c, second.calls > 0, "the second loop's reader was not called within 3 s");
    forget_reader(c, pair.end);
    run_second(&second);
    EXPECT(c, second.calls > 0, "the second loop's reader went with that of the first");
}

struct closing {
    struct check *check;
    loop_fd fd;
};

static int close_in_child(void *arg)
{
    struct closing *closing = arg;

    scene_close(closing->check, closing->fd);
    return 0;
}

static void child_closes(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);
    struct closing closing = {c, pair.end};

    watch_reader(c, pair.end, watched_drain, &reader);
    RUN_ITERATIONS(c, 2);
    EXPECT_INT(c, "exit code of the child", scene_in_child(c, close_in_child, &closing), 0);
    RUN_ITERATIONS(c, 2);
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the parent's reader");
}

static void flags_untouched(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched watched = watched_fd(c, pair.end);

    scene_set_blocking(c, pair.end, true);
    int64_t flags = scene_flags(c, pair.end);
    watch_reader(c, pair.end, watched_call, &watched);
    watch_writer(c, pair.end, watched_call, &watched);
    EXPECT_INT(c, "flags of a blocking descriptor that was added", scene_flags(c, pair.end), flags);
    AWAIT_CALLS(c, &watched.calls, 1, "a call of the writer");
    EXPECT_INT(c, "flags of it while it is watched", scene_flags(c, pair.end), flags);
    forget_reader(c, pair.end);
    forget_writer(c, pair.end);
    RUN_ITERATIONS(c, 2);
    EXPECT_INT(c, "flags of it when it was removed", scene_flags(c, pair.end), flags);
}

static const struct check_definition definitions[] = {
    {
        .id = "descriptors.duplicate-left-open",
        .run = duplicate_left_open,
        .rules = {"descriptors.duplicate-left-open"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.duplicates",
        .run = duplicates,
        .rules = {"descriptors.duplicates"},
        .needs = {"add_reader", "remove_reader"},
    },
    {
        .id = "descriptors.closed-in-callback",
        .run = closed_in_callback,
        .rules = {"descriptors.closed-in-callback"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.closed-while-watched-survived",
        .run = closed_while_watched_survived,
        .rules = {"descriptors.closed-while-watched-survived"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.closed-in-shortage",
        .run = closed_in_shortage,
        .rules = {"descriptors.closed-in-shortage"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.closed-while-watched-quiet",
        .run = closed_while_watched_quiet,
        .rules = {"descriptors.closed-while-watched-quiet"},
        .needs = {"add_reader", "call_later"},
    },
    {
        .id = "descriptors.two-loops",
        .run = two_loops,
        .rules = {"descriptors.two-loops"},
        .needs = {"add_reader", "remove_reader", "call_later", "handle_cancel", "handle_release"},
    },
    {
        .id = "descriptors.child-closes",
        .run = child_closes,
        .rules = {"descriptors.child-closes"},
        .needs = {"add_reader"},
    },
    {
        .id = "descriptors.flags-untouched",
        .run = flags_untouched,
        .rules = {"descriptors.flags-untouched"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer"},
    },
};

CHECK_AREA_PART(descriptors, shared, definitions);
