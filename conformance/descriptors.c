/* SPDX-License-Identifier: MIT
 *
 * Readers and writers: called when there is something to do, again while there is, else not. */
#include "descriptors.h"

#define IDLE MILLISECONDS(50)

static void reader_called(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);

    watch_reader(c, pair.end, watched_drain, &reader);
    for (int i = 0; i < 3; i++) {
        scene_send(c, pair.peer, "x");
        AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader for one byte");
    }
    EXPECT_INT(c, "bytes that the reader found", reader.bytes, 3);
}

static void silence(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);

    watch_reader(c, pair.end, watched_call, &reader);
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of a reader with nothing to read", reader.calls.calls, 0);
}

static void take_one(void *arg)
{
    struct watched *reader = arg;

    reader->bytes += scene_take(reader->check, reader->fd, 1);
    counter_call(&reader->calls);
}

static void level_triggered(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);

    scene_send(c, pair.peer, "12345678");
    watch_reader(c, pair.end, watched_call, &reader);
    AWAIT_CALLS(c, &reader.calls, 4, "calls of a reader that reads nothing of what is there");
    forget_reader(c, pair.end);

    struct watched slow = watched_fd(c, pair.end);
    watch_reader(c, pair.end, take_one, &slow);
    AWAIT_CALLS(c, &slow.calls, 8, "a call of the reader for each of 8 bytes, sent at once");
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "bytes taken one a call", slow.bytes, 8);
    EXPECT_INT(c, "calls for those bytes", slow.calls.calls, 8);
}

/* Each call of the reader leaves a callback for the next iteration. */
struct iterations {
    struct check *check;
    struct counter reads;
    int begun;
};

static void count_iteration(void *arg)
{
    struct iterations *it = arg;

    it->begun++;
}

static void read_once(void *arg)
{
    struct iterations *it = arg;
    struct check *c = it->check;

    EXPECT_INT(c, "iterations begun before this call of the reader", it->begun, it->reads.calls);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, count_iteration, it, NULL));
    counter_call(&it->reads);
}

static void once_an_iteration(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct iterations it = {.check = c, .reads = {.check = c}};

    scene_send(c, pair.peer, "data");
    watch_reader(c, pair.end, read_once, &it);
    AWAIT_CALLS(c, &it.reads, 10, "ten calls of a reader that reads nothing");
}

static void writer_called(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched writer = watched_fd(c, pair.end);

    watch_writer(c, pair.end, watched_call, &writer);
    AWAIT_CALLS(c, &writer.calls, 5, "calls of the writer of an empty socket");
}

static void writer_waits_for_room(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched writer = watched_fd(c, pair.end);
    struct watched reader = watched_fd(c, pair.peer);

    scene_fill(c, pair.end);
    watch_writer(c, pair.end, watched_call, &writer);
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of the writer of a full socket", writer.calls.calls, 0);
    watch_reader(c, pair.peer, watched_drain, &reader);
    AWAIT_CALLS(c, &writer.calls, 1, "a call of the writer once its peer reads");
}

static void reader_and_writer(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);
    struct watched writer = watched_fd(c, pair.end);

    watch_reader(c, pair.end, watched_drain, &reader);
    watch_writer(c, pair.end, watched_call, &writer);
    AWAIT_CALLS(c, &writer.calls, 3, "calls of the writer beside a reader");
    EXPECT_INT(c, "calls of the reader with nothing to read", reader.calls.calls, 0);

    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader beside a writer");
    EXPECT_INT(c, "bytes that the reader found", reader.bytes, 4);
    scene_fill(c, pair.end);
    RUN_ITERATIONS(c, 3);
    int before = writer.calls.calls;
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader beside a writer that has no room");
    EXPECT_INT(c, "calls of the writer without room", writer.calls.calls - before, 0);
}

static void argument(struct check *c)
{
    struct scene_pair one = scene_sockets(c);
    struct scene_pair other = scene_sockets(c);
    struct watched readers[] = {watched_fd(c, one.end), watched_fd(c, other.end)};
    struct watched writer = watched_fd(c, one.end);

    watch_reader(c, one.end, watched_drain, &readers[0]);
    watch_reader(c, other.end, watched_drain, &readers[1]);
    scene_send(c, one.peer, "data");
    AWAIT_CALLS(c, &readers[0].calls, 1, "a call of the first reader with its own argument");
    EXPECT_INT(c, "calls with the second reader's argument", readers[1].calls.calls, 0);
    scene_send(c, other.peer, "data");
    AWAIT_CALLS(c, &readers[1].calls, 1, "a call of the second reader with its own argument");
    EXPECT_INT(c, "calls with the first reader's argument", readers[0].calls.calls, 1);
    watch_writer(c, one.end, watched_call, &writer);
    AWAIT_CALLS(c, &writer.calls, 1, "a call of the first one's writer with its own argument");
    EXPECT_INT(c, "calls of the readers", readers[0].calls.calls + readers[1].calls.calls, 2);
}

/* Adds a reader and a writer that are ready, and looks whether they were called meanwhile. */
struct inside {
    struct check *check;
    struct watched watched;
    struct counter added;
};

static void add_ready(void *arg)
{
    struct inside *in = arg;
    struct check *c = in->check;

    watch_reader(c, in->watched.fd, watched_call, &in->watched);
    watch_writer(c, in->watched.fd, watched_call, &in->watched);
    EXPECT_INT(c, "calls when the adds returned", in->watched.calls.calls, 0);
    counter_call(&in->added);
}

static void not_inside_add(struct check *c)
{
    struct scene_pair outside = scene_sockets(c);
    struct scene_pair within = scene_sockets(c);
    struct inside first = {
        .check = c, .watched = watched_fd(c, outside.end), .added = {.check = c}};
    struct inside second = {
        .check = c, .watched = watched_fd(c, within.end), .added = {.check = c}};

    scene_send(c, outside.peer, "data");
    scene_send(c, within.peer, "data");
    add_ready(&first);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, add_ready, &second, NULL));
    AWAIT_CALLS(c, &second.added, 1, "the callback that adds");
    AWAIT_CALLS(c, &second.watched.calls, 2, "calls of what it added");
}

struct sending {
    struct check *check;
    loop_fd fd;
};

static void send_late(void *arg)
{
    struct sending *s = arg;

    check_block(MILLISECONDS(30));
    scene_send(s->check, s->fd, "data");
}

static void wakes_sleeping_loop(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);
    struct sending sending = {c, pair.peer};

    watch_reader(c, pair.end, watched_drain, &reader);
    struct scene_thread *thread = scene_start(c, send_late, &sending);
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader for what a thread sent meanwhile");
    scene_join(c, thread);
    EXPECT_INT(c, "bytes that the reader found", reader.bytes, 4);
}

struct adding {
    struct check *check;
    struct watched first, second, writer;
};

static void add_second(void *arg)
{
    struct adding *a = arg;

    watch_reader(a->check, a->second.fd, watched_drain, &a->second);
}

static void drain_and_add(void *arg)
{
    struct adding *a = arg;

    watched_drain(&a->first);
    if (a->first.calls.calls == 1) {
        add_second(a);
        watch_writer(a->check, a->first.fd, watched_call, &a->writer);
    }
}

static void added_in_callback(struct check *c)
{
    struct scene_pair first = scene_sockets(c);
    struct scene_pair second = scene_sockets(c);
    struct adding adding = {.check = c,
                            .first = watched_fd(c, first.end),
                            .second = watched_fd(c, second.end),
                            .writer = watched_fd(c, first.end)};

    scene_send(c, second.peer, "data");
    watch_reader(c, first.end, drain_and_add, &adding);
    RUN_ITERATIONS(c, 2);
    scene_send(c, first.peer, "data");
    AWAIT_CALLS(c, &adding.second.calls, 1, "a call of the reader that another one added");
    AWAIT_CALLS(c, &adding.writer.calls, 1, "a call of the writer that its own reader added");
    scene_send(c, second.peer, "data");
    AWAIT_CALLS(c, &adding.second.calls, 1, "a second call of that reader");
}

static void post_late(void *arg)
{
    struct adding *a = arg;
    struct check *c = a->check;

    check_block(MILLISECONDS(30));
    EXPECT_STATUS(c, "call_soon_threadsafe",
                  c->ops->call_soon_threadsafe(c->loop, add_second, a, NULL), LOOP_OK);
}

static void added_by_post(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct adding adding = {.check = c, .second = watched_fd(c, pair.end)};

    if (is_refused(c, "add_reader", NULL))
        watch_reader(c, pair.end, watched_drain, &adding.second);
    struct scene_thread *thread = scene_start(c, post_late, &adding);
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &adding.second.calls, 1, "a call of the reader that a posted callback added");
    scene_join(c, thread);
}

static const struct check_definition definitions[] = {
    {
        .id = "descriptors.reader-called",
        .run = reader_called,
        .rules = {"descriptors.reader-called"},
        .needs = {"add_reader"},
    },
    {
        .id = "descriptors.silence",
        .run = silence,
        .rules = {"descriptors.silence"},
        .needs = {"add_reader", "call_later"},
    },
    {
        .id = "descriptors.level-triggered",
        .run = level_triggered,
        .rules = {"descriptors.level-triggered"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.once-an-iteration",
        .run = once_an_iteration,
        .rules = {"descriptors.once-an-iteration"},
        .needs = {"add_reader"},
    },
    {
        .id = "descriptors.writer-called",
        .run = writer_called,
        .rules = {"descriptors.writer-called"},
        .needs = {"add_writer"},
    },
    {
        .id = "descriptors.writer-waits-for-room",
        .run = writer_waits_for_room,
        .rules = {"descriptors.writer-waits-for-room"},
        .needs = {"add_reader", "add_writer", "call_later"},
    },
    {
        .id = "descriptors.reader-and-writer",
        .run = reader_and_writer,
        .rules = {"descriptors.reader-and-writer"},
        .needs = {"add_reader", "add_writer"},
    },
    {
        .id = "descriptors.argument",
        .run = argument,
        .rules = {"descriptors.argument"},
        .needs = {"add_reader", "add_writer"},
    },
    {
        .id = "descriptors.not-inside-add",
        .run = not_inside_add,
        .rules = {"descriptors.not-inside-add"},
        .needs = {"add_reader", "add_writer"},
    },
    {
        .id = "descriptors.wakes-sleeping-loop",
        .run = wakes_sleeping_loop,
        .rules = {"descriptors.wakes-sleeping-loop"},
        .needs = {"add_reader"},
    },
    {
        .id = "descriptors.added-in-callback",
        .run = added_in_callback,
        .rules = {"descriptors.added-in-callback"},
        .needs = {"add_reader", "add_writer"},
    },
    {
        .id = "descriptors.added-by-post",
        .run = added_by_post,
        .rules = {"descriptors.added-by-post"},
        .needs = {"add_reader", "call_soon_threadsafe"},
    },
};

CHECK_AREA(descriptors, definitions);
