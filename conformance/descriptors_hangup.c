/* SPDX-License-Identifier: MIT
 *
 * Ends, hang-ups, resets, errors and connections: they call back once, and cost nothing forgotten.
 */
#include "descriptors.h"

#define IDLE MILLISECONDS(50)

static void expect_end(struct check *c, struct scene_pair pair)
{
    struct watched reader = watched_fd(c, pair.end);

    watch_reader(c, pair.end, watched_drain, &reader);
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader for data");
    EXPECT_INT(c, "bytes before the end", reader.bytes, 4);
    RUN_ITERATIONS(c, 2);
    scene_close(c, pair.peer);
    AWAIT_CALLS(c, &reader.calls, 2, "calls of the reader at the end");
    forget_reader(c, pair.end);
}

static void reader_sees_end(struct check *c)
{
    expect_end(c, scene_sockets(c));
    expect_end(c, scene_tcp(c));
}

static void reader_sees_half_close(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);
    struct watched writer = watched_fd(c, pair.end);
    struct watched peer = watched_fd(c, pair.peer);

    watch_reader(c, pair.end, watched_call, &reader);
    scene_shutdown_write(c, pair.peer);
    AWAIT_CALLS(c, &reader.calls, 2, "calls of the reader whose peer writes no more");
    forget_reader(c, pair.end);
    watch_writer(c, pair.end, watched_call, &writer);
    AWAIT_CALLS(c, &writer.calls, 1, "a call of the writer after its peer's half-close");
    forget_writer(c, pair.end);
    watch_reader(c, pair.peer, watched_drain, &peer);
    scene_send(c, pair.end, "data");
    AWAIT_CALLS(c, &peer.calls, 1, "a call of the reader that has closed its writing side");
}

static void reader_sees_reset(struct check *c)
{
    struct scene_pair pair = scene_tcp(c);
    struct watched reader = watched_fd(c, pair.end);

    watch_reader(c, pair.end, watched_call, &reader);
    RUN_ITERATIONS(c, 2);
    EXPECT_INT(c, "calls of the reader before the reset", reader.calls.calls, 0);
    scene_reset(c, pair.peer);
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader after a reset");
}

static void take_error(void *arg)
{
    struct watched *reader = arg;

    scene_take_error(reader->check, reader->fd);
    watched_drain(reader);
}

static void reader_sees_error(struct check *c)
{
    struct scene_datagrams datagrams = scene_refused_datagram(c);
    struct watched reader = watched_fd(c, datagrams.fd);

    watch_reader(c, datagrams.fd, take_error, &reader);
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader for a refused datagram");
    RUN_IDLE(c, IDLE);
    scene_datagram_back(c, &datagrams);
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader for a datagram after the error");
    EXPECT_INT(c, "bytes that the reader found", reader.bytes, 4);
}

static void writer_sees_hang_up(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched writer = watched_fd(c, pair.end);

    scene_fill(c, pair.end);
    watch_writer(c, pair.end, watched_call, &writer);
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of the writer without room", writer.calls.calls, 0);
    scene_close(c, pair.peer);
    AWAIT_CALLS(c, &writer.calls, 1, "a call of the writer whose peer is gone");
}

static void writer_sees_refusal(struct check *c)
{
    loop_fd fd = scene_connecting(c, 0);
    struct watched writer = watched_fd(c, fd);

    watch_writer(c, fd, watched_call, &writer);
    AWAIT_CALLS(c, &writer.calls, 1, "a call of the writer whose connection is refused");
}

static void writer_sees_connection(struct check *c)
{
    struct loop_address address;
    char host[64];

    scene_listener(c, &address, host);
    loop_fd fd = scene_connecting(c, address.port);
    struct watched writer = watched_fd(c, fd);
    watch_writer(c, fd, watched_call, &writer);
    AWAIT_CALLS(c, &writer.calls, 1, "a call of the writer whose connection is made");
    scene_send(c, fd, "data");
}

static void listener(struct check *c)
{
    struct loop_address address;
    char host[64];
    loop_fd fd = scene_listener(c, &address, host);
    struct watched reader = watched_fd(c, fd);

    watch_reader(c, fd, watched_call, &reader);
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of the reader while nobody connects", reader.calls.calls, 0);
    scene_connecting(c, address.port);
    AWAIT_CALLS(c, &reader.calls, 2, "calls of the reader while a connection waits");
    scene_turn_away(c, fd);
    RUN_ITERATIONS(c, 2);
    int before = reader.calls.calls;
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of the reader after accept", reader.calls.calls - before, 0);
}

static void read_and_leave(void *arg)
{
    struct watched *watched = arg;

    forget_reader(watched->check, watched->fd);
    counter_call(&watched->calls);
}

static void hang_up_forgotten(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);
    struct watched writer = watched_fd(c, pair.end);

    watch_reader(c, pair.end, read_and_leave, &reader);
    watch_writer(c, pair.end, watched_call, &writer);
    RUN_ITERATIONS(c, 2);
    scene_close(c, pair.peer);
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader at the hang-up");
    forget_writer(c, pair.end);
    int before = writer.calls.calls;
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of the removed reader", reader.calls.calls, 1);
    EXPECT_INT(c, "calls of the removed writer", writer.calls.calls - before, 0);
}

static void half_close_is_no_room(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched writer = watched_fd(c, pair.end);

    scene_fill(c, pair.end);
    watch_writer(c, pair.end, watched_call, &writer);
    RUN_ITERATIONS(c, 2);
    scene_shutdown_write(c, pair.peer);
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of the writer without room", writer.calls.calls, 0);
}

static void write_end_sees_close(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct watched reader = watched_fd(c, pair.peer);

    watch_reader(c, pair.peer, watched_call, &reader);
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls before the close", reader.calls.calls, 0);
    scene_close(c, pair.end);
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the writing end's reader after the close");
}

static const struct check_definition definitions[] = {
    {
        .id = "descriptors.reader-sees-end",
        .run = reader_sees_end,
        .rules = {"descriptors.reader-sees-end"},
        .needs = {"add_reader", "remove_reader"},
    },
    {
        .id = "descriptors.reader-sees-half-close",
        .run = reader_sees_half_close,
        .rules = {"descriptors.reader-sees-half-close"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer"},
    },
    {
        .id = "descriptors.reader-sees-reset",
        .run = reader_sees_reset,
        .rules = {"descriptors.reader-sees-reset"},
        .needs = {"add_reader"},
    },
    {
        .id = "descriptors.reader-sees-error",
        .run = reader_sees_error,
        .rules = {"descriptors.reader-sees-error"},
        .needs = {"add_reader", "call_later"},
    },
    {
        .id = "descriptors.writer-sees-hang-up",
        .run = writer_sees_hang_up,
        .rules = {"descriptors.writer-sees-hang-up"},
        .needs = {"add_writer"},
    },
    {
        .id = "descriptors.writer-sees-refusal",
        .run = writer_sees_refusal,
        .rules = {"descriptors.writer-sees-refusal"},
        .needs = {"add_writer"},
    },
    {
        .id = "descriptors.writer-sees-connection",
        .run = writer_sees_connection,
        .rules = {"descriptors.writer-sees-connection"},
        .needs = {"add_writer"},
    },
    {
        .id = "descriptors.listener",
        .run = listener,
        .rules = {"descriptors.listener"},
        .needs = {"add_reader", "call_later"},
    },
    {
        .id = "descriptors.hang-up-forgotten",
        .run = hang_up_forgotten,
        .rules = {"descriptors.hang-up-forgotten"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer", "call_later"},
    },
    {
        .id = "descriptors.half-close-is-no-room",
        .run = half_close_is_no_room,
        .rules = {"descriptors.half-close-is-no-room"},
        .needs = {"add_writer", "call_later"},
    },
    {
        .id = "descriptors.write-end-sees-close",
        .run = write_end_sees_close,
        .rules = {"descriptors.write-end-sees-close"},
        .needs = {"add_reader", "call_later"},
    },
};

CHECK_AREA_PART(descriptors, hangup, definitions);
