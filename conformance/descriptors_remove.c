/* SPDX-License-Identifier: MIT
 *
 * Removing and replacing readers and writers: what is gone is not called, also when it was due. */
#include <limits.h>

#include "descriptors.h"

#define IDLE MILLISECONDS(50)

static void remove_stops(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);
    struct watched writer = watched_fd(c, pair.end);

    scene_send(c, pair.peer, "data");
    watch_reader(c, pair.end, watched_call, &reader);
    watch_writer(c, pair.end, watched_call, &writer);
    AWAIT_CALLS(c, &reader.calls, 2, "calls of the reader before it is removed");
    AWAIT_CALLS(c, &writer.calls, 2, "calls of the writer before it is removed");
    forget_reader(c, pair.end);
    forget_writer(c, pair.end);
    int reads = reader.calls.calls, writes = writer.calls.calls;
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of the removed reader", reader.calls.calls - reads, 0);
    EXPECT_INT(c, "calls of the removed writer", writer.calls.calls - writes, 0);
}

static void remove_answers(struct check *c)
{
    const struct loop_operations *ops = c->ops;
    loop_fd fd = scene_sockets(c).end;
    struct watched watched = watched_fd(c, fd);

    watch_reader(c, fd, watched_call, &watched);
    EXPECT_STATUS(c, "remove_writer beside a reader", ops->remove_writer(c->loop, fd),
                  LOOP_NOT_FOUND);
    EXPECT_STATUS(c, "remove_reader", ops->remove_reader(c->loop, fd), LOOP_OK);
    EXPECT_STATUS(c, "remove_reader again", ops->remove_reader(c->loop, fd), LOOP_NOT_FOUND);
    watch_writer(c, fd, watched_call, &watched);
    EXPECT_STATUS(c, "remove_reader beside a writer", ops->remove_reader(c->loop, fd),
                  LOOP_NOT_FOUND);
    EXPECT_STATUS(c, "remove_writer", ops->remove_writer(c->loop, fd), LOOP_OK);
    EXPECT_STATUS(c, "remove_writer again", ops->remove_writer(c->loop, fd), LOOP_NOT_FOUND);

    loop_fd unknown = scene_sockets(c).end;
    EXPECT_STATUS(c, "remove_reader of what was never watched",
                  ops->remove_reader(c->loop, unknown), LOOP_NOT_FOUND);
    EXPECT_STATUS(c, "remove_writer of what was never watched",
                  ops->remove_writer(c->loop, unknown), LOOP_NOT_FOUND);
}

static void remove_one_keeps_other(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);
    struct watched writer = watched_fd(c, pair.end);

    watch_reader(c, pair.end, watched_drain, &reader);
    watch_writer(c, pair.end, watched_call, &writer);
    AWAIT_CALLS(c, &writer.calls, 1, "a call of the writer beside a reader");
    forget_writer(c, pair.end);
    int writes = writer.calls.calls;
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader whose writer was removed");
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of the removed writer", writer.calls.calls - writes, 0);

    watch_writer(c, pair.end, watched_call, &writer);
    forget_reader(c, pair.end);
    int reads = reader.calls.calls;
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &writer.calls, 2, "calls of the writer whose reader was removed");
    EXPECT_INT(c, "calls of the removed reader", reader.calls.calls - reads, 0);
    scene_fill(c, pair.end);
    RUN_ITERATIONS(c, 2);
    RUN_IDLE(c, IDLE);
}

static void read_and_leave(void *arg)
{
    struct watched *reader = arg;

    forget_reader(reader->check, reader->fd);
    counter_call(&reader->calls);
}

static void remove_in_own_callback(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);

    scene_send(c, pair.peer, "data");
    watch_reader(c, pair.end, read_and_leave, &reader);
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader that removes itself");
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of the reader that removed itself", reader.calls.calls, 1);
}

/* Callbacks that are due together; whichever is called first removes all of them. */
enum { DUE = 4 };
struct due {
    struct check *check;
    loop_fd fds[DUE];
    struct counter calls, fresh;
};

static void remove_all_readers(void *arg)
{
    struct due *due = arg;

    for (int i = 0; i < DUE; i++)
        forget_reader(due->check, due->fds[i]);
    counter_call(&due->calls);
}

static struct due due_readers(struct check *c)
{
    struct due due = {.check = c, .calls = {.check = c}, .fresh = {.check = c}};

    for (int i = 0; i < DUE; i++) {
        struct scene_pair pair = scene_sockets(c);

        due.fds[i] = pair.end;
        scene_send(c, pair.peer, "data");
    }
    return due;
}

static void remove_when_due(struct check *c)
{
    struct due due = due_readers(c);

    for (int i = 0; i < DUE; i++)
        watch_reader(c, due.fds[i], remove_all_readers, &due);
    AWAIT_CALLS(c, &due.calls, 1, "a call of one of the ready readers");
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of readers that the first one called removed", due.calls.calls, 1);
}

static void remove_both(void *arg)
{
    struct watched *watched = arg;

    forget_reader(watched->check, watched->fd);
    forget_writer(watched->check, watched->fd);
    counter_call(&watched->calls);
}

static void remove_partner_when_due(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched both = watched_fd(c, pair.end);

    scene_send(c, pair.peer, "data");
    watch_reader(c, pair.end, remove_both, &both);
    watch_writer(c, pair.end, remove_both, &both);
    AWAIT_CALLS(c, &both.calls, 1, "a call of the ready reader or writer");
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of reader and writer, of which the first removed both", both.calls.calls,
               1);
}

static void second_add_replaces(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched old = watched_fd(c, pair.end);
    struct watched fresh = watched_fd(c, pair.end);

    watch_reader(c, pair.end, watched_drain, &old);
    watch_reader(c, pair.end, watched_drain, &fresh);
    watch_writer(c, pair.end, watched_call, &old);
    watch_writer(c, pair.end, watched_call, &fresh);
    AWAIT_CALLS(c, &fresh.calls, 1, "a call of the writer that was added last");
    forget_writer(c, pair.end);
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &fresh.calls, 1, "a call of the reader that was added last");
    EXPECT_INT(c, "calls of what was replaced", old.calls.calls, 0);
    EXPECT_STATUS(c, "remove_reader after two adds", c->ops->remove_reader(c->loop, pair.end),
                  LOOP_OK);
    EXPECT_STATUS(c, "remove_reader again", c->ops->remove_reader(c->loop, pair.end),
                  LOOP_NOT_FOUND);
}

static void replace_all_readers(void *arg)
{
    struct due *due = arg;

    for (int i = 0; i < DUE; i++)
        watch_reader(due->check, due->fds[i], counter_call, &due->fresh);
    counter_call(&due->calls);
}

static void replaced_when_due(struct check *c)
{
    struct due due = due_readers(c);

    for (int i = 0; i < DUE; i++)
        watch_reader(c, due.fds[i], replace_all_readers, &due);
    AWAIT_CALLS(c, &due.fresh, DUE, "calls of the readers that were put in");
    EXPECT_INT(c, "calls of readers that the first one called replaced", due.calls.calls, 1);
}

static void read_and_return(void *arg)
{
    struct watched *reader = arg;
    struct check *c = reader->check;

    reader->bytes += scene_drain(c, reader->fd);
    forget_reader(c, reader->fd);
    watch_reader(c, reader->fd, read_and_return, reader);
    counter_call(&reader->calls);
}

static void added_again(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);

    watch_reader(c, pair.end, read_and_return, &reader);
    for (int i = 0; i < 5; i++) {
        scene_send(c, pair.peer, "data");
        AWAIT_CALLS(c, &reader.calls, 1, "a call of a reader that adds itself again each time");
    }
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "bytes that the reader found", reader.bytes, 20);
}

struct churning {
    struct check *check;
    struct watched reader, writer;
    struct counter done;
};

static void churn_descriptor(void *arg)
{
    struct churning *churning = arg;
    struct check *c = churning->check;
    loop_fd fd = churning->reader.fd;

    for (int i = 0; i < 1000; i++) {
        watch_reader(c, fd, watched_drain, &churning->reader);
        watch_writer(c, fd, watched_call, &churning->writer);
        forget_reader(c, fd);
        forget_writer(c, fd);
    }
    counter_call(&churning->done);
}

static void churn(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct churning churning = {.check = c,
                                .reader = watched_fd(c, pair.end),
                                .writer = watched_fd(c, pair.end),
                                .done = {.check = c}};

    churn_descriptor(&churning);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, churn_descriptor, &churning, NULL));
    AWAIT_CALLS(c, &churning.done, 1, "the callback that adds and removes");
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of what was added and removed",
               churning.reader.calls.calls + churning.writer.calls.calls, 0);
    watch_reader(c, pair.end, watched_drain, &churning.reader);
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &churning.reader.calls, 1, "a call of the reader that was added last");
    EXPECT_INT(c, "calls of the removed writer", churning.writer.calls.calls, 0);
}

static void negative_refused(struct check *c)
{
    static const loop_fd numbers[] = {LOOP_NO_FD, -2, INT_MIN};
    struct counter never = {.check = c};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        loop_status status = c->ops->add_reader(c->loop, numbers[i], counter_call, &never);

        EXPECT_STATUS(c, "add_reader of a negative number", status, LOOP_VALUE);
        status = c->ops->add_writer(c->loop, numbers[i], counter_call, &never);
        EXPECT_STATUS(c, "add_writer of a negative number", status, LOOP_VALUE);
        EXPECT(c, c->ops->remove_reader(c->loop, numbers[i]) != LOOP_OK,
               "remove_reader found a reader of %lld", (long long)numbers[i]);
    }
    expect_working(c);
    EXPECT_INT(c, "calls for a negative number", never.calls, 0);
}

static const struct check_definition definitions[] = {
    {
        .id = "descriptors.remove-stops",
        .run = remove_stops,
        .rules = {"descriptors.remove-stops"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer", "call_later"},
    },
    {
        .id = "descriptors.remove-answers",
        .run = remove_answers,
        .rules = {"descriptors.remove-answers"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer"},
    },
    {
        .id = "descriptors.remove-one-keeps-other",
        .run = remove_one_keeps_other,
        .rules = {"descriptors.remove-one-keeps-other"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer", "call_later"},
    },
    {
        .id = "descriptors.remove-in-own-callback",
        .run = remove_in_own_callback,
        .rules = {"descriptors.remove-in-own-callback"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.remove-when-due",
        .run = remove_when_due,
        .rules = {"descriptors.remove-when-due"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.remove-partner-when-due",
        .run = remove_partner_when_due,
        .rules = {"descriptors.remove-partner-when-due"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer", "call_later"},
    },
    {
        .id = "descriptors.second-add-replaces",
        .run = second_add_replaces,
        .rules = {"descriptors.second-add-replaces"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer"},
    },
    {
        .id = "descriptors.replaced-when-due",
        .run = replaced_when_due,
        .rules = {"descriptors.replaced-when-due"},
        .needs = {"add_reader"},
    },
    {
        .id = "descriptors.added-again",
        .run = added_again,
        .rules = {"descriptors.added-again"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.churn",
        .run = churn,
        .rules = {"descriptors.churn"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer", "call_later"},
        .flags = CHECK_BUSY,
    },
    {
        .id = "descriptors.negative-refused",
        .run = negative_refused,
        .rules = {"descriptors.negative-refused"},
        .needs = {"add_reader", "add_writer", "remove_reader", "call_later"},
    },
};

CHECK_AREA_PART(descriptors, remove, definitions);
