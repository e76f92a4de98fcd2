/* SPDX-License-Identifier: MIT
 *
 * Transports that write. Where it matters what is buffered, the pipe was filled before. */
#include <string.h>

#include "pipes.h"

static const char piece[1000] = "a thousand bytes, of which most are zero";

/* A writer whose pipe takes nothing more; what is in the pipe goes to *full. */
static struct endpoint *blocked_writer(struct check *c, struct scene_pair pair, size_t *full)
{
    *full = scene_fill(c, pair.peer);
    return pipes_writer(c, pair.peer);
}

/* What came out of a pipe that held `full` bytes of a scene: the pattern behind them. */
static void expect_pattern(struct check *c, const struct tap *t, size_t full, size_t length)
{
    EXPECT_INT(c, "bytes that came out of the pipe", t->bytes, full + length);
    EXPECT_INT(c, "bytes that came out as they were written",
               pattern_mismatch(t->data + full, length), length);
}

static void writes(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_writer(c, pair.peer);
    struct tap *t = pipes_tap(c, pair.end, 0);

    pipes_write(e, "one,", 4);
    pipes_write(e, "", 0);
    pipes_write(e, "two", 3);
    t->target = 7;
    RUN_UNTIL(c, tap_reached, t, "what was written to come out of the pipe");
    EXPECT(c, t->bytes == 7 && memcmp(t->data, "one,two", 7) == 0,
           "other bytes came out of the pipe than were written");
    EXPECT_INT(c, "calls of connection_lost", e->lost, 0);
    c->ops->transport_close(e->transport);
    pipes_await_loss(e, LOOP_OK);
    RUN_UNTIL(c, tap_ended, t, "the end of the pipe");
}

static void megabytes(struct check *c)
{
    enum { LENGTH = 2000000 };
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_writer(c, pair.peer);
    struct tap *t = pipes_tap(c, pair.end, 50000);

    pipes_write(e, pattern_new(c, LENGTH), LENGTH);
    t->target = LENGTH;
    RUN_UNTIL(c, tap_reached, t, "megabytes to come out of the pipe");
    c->ops->transport_close(e->transport);
    RUN_UNTIL(c, tap_ended, t, "the end of the pipe");
    expect_pattern(c, t, 0, LENGTH);
    pipes_await_loss(e, LOOP_OK);
}

static void thousands(struct check *c)
{
    enum { COUNT = 5000, EACH = 13 };
    struct scene_pair pair = scene_pipe(c);
    size_t full;
    struct endpoint *e = blocked_writer(c, pair, &full);
    const unsigned char *all = pattern_new(c, COUNT * EACH);
    struct tap *t;

    for (size_t i = 0; i < COUNT; i++)
        pipes_write(e, all + i * EACH, EACH);
    t = pipes_tap(c, pair.end, 0);
    c->ops->transport_close(e->transport);
    RUN_UNTIL(c, tap_ended, t, "thousands of small writes to come out of the pipe");
    expect_pattern(c, t, full, COUNT * EACH);
    pipes_await_loss(e, LOOP_OK);
}

static void write_eof(struct check *c)
{
    enum { LENGTH = 100000 };
    struct scene_pair pair = scene_pipe(c);
    size_t full;
    struct endpoint *e = blocked_writer(c, pair, &full);
    struct tap *t;

    EXPECT(c, c->ops->transport_can_write_eof(e->transport), "a pipe says it has no end");
    pipes_write(e, pattern_new(c, LENGTH), LENGTH);
    EXPECT_STATUS(c, "transport_write_eof", c->ops->transport_write_eof(e->transport), LOOP_OK);
    t = pipes_tap(c, pair.end, 0);
    RUN_UNTIL(c, tap_ended, t, "the end of the pipe after write_eof");
    expect_pattern(c, t, full, LENGTH);
}

static void eof_closes(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_writer(c, pair.peer);

    EXPECT_STATUS(c, "transport_write_eof", c->ops->transport_write_eof(e->transport), LOOP_OK);
    pipes_await_loss(e, LOOP_OK);
}

static void close_flushes(struct check *c)
{
    enum { LENGTH = 300000 };
    struct scene_pair pair = scene_pipe(c);
    size_t full;
    struct endpoint *e = blocked_writer(c, pair, &full);
    struct tap *t;

    pipes_write(e, pattern_new(c, LENGTH), LENGTH);
    c->ops->transport_close(e->transport);
    RUN_IDLE(c, MILLISECONDS(30));
    EXPECT_INT(c, "calls of connection_lost before all is flushed", e->lost, 0);
    t = pipes_tap(c, pair.end, 0);
    RUN_UNTIL(c, tap_ended, t, "the end of the pipe after a close");
    expect_pattern(c, t, full, LENGTH);
    pipes_await_loss(e, LOOP_OK);
}

static void abort_drops(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    size_t full;
    struct endpoint *e = blocked_writer(c, pair, &full);
    struct tap *t;

    pipes_write(e, piece, sizeof piece);
    c->ops->transport_abort(e->transport);
    pipes_await_loss(e, LOOP_OK);
    t = pipes_tap(c, pair.end, 0);
    RUN_UNTIL(c, tap_ended, t, "the end of the pipe after an abort");
    EXPECT_INT(c, "bytes that came out of the pipe", t->bytes, full);
}

static bool buffer_is_empty(void *arg)
{
    struct endpoint *e = arg;

    return e->check->ops->transport_get_write_buffer_size(e->transport) == 0;
}

static void buffer_size(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    size_t full;
    struct endpoint *e = blocked_writer(c, pair, &full);
    struct tap *t;

    EXPECT_INT(c, "bytes buffered before anything was written",
               c->ops->transport_get_write_buffer_size(e->transport), 0);
    pipes_write(e, piece, sizeof piece);
    pipes_write(e, piece, 500);
    EXPECT_INT(c, "bytes buffered after 1500 were written to a full pipe",
               c->ops->transport_get_write_buffer_size(e->transport), 1500);
    t = pipes_tap(c, pair.end, 0);
    t->target = full + 1500;
    RUN_UNTIL(c, tap_reached, t, "what was buffered to come out of the pipe");
    /* A proactor hears of it only now. */
    RUN_UNTIL(c, buffer_is_empty, e, "the buffer to be empty after all came out");
}

static void water_marks(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    size_t full;
    struct endpoint *e = blocked_writer(c, pair, &full);

    EXPECT_STATUS(c, "transport_set_write_buffer_limits",
                  c->ops->transport_set_write_buffer_limits(e->transport, 2000, 500), LOOP_OK);
    pipes_write(e, piece, sizeof piece);
    pipes_write(e, piece, sizeof piece);
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of pause_writing at the high-water mark", e->pauses, 0);
    pipes_write(e, piece, 1);
    RUN_UNTIL(c, endpoint_paused, e, "pause_writing above the high-water mark");
    pipes_tap(c, pair.end, 0);
    RUN_UNTIL(c, endpoint_resumed, e, "resume_writing at the low-water mark");
    EXPECT(c, c->ops->transport_get_write_buffer_size(e->transport) <= 500,
           "resume_writing came above the low-water mark");
    EXPECT_INT(c, "calls of pause_writing", e->pauses, 1);
}

static void default_marks(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    size_t full;
    struct endpoint *e = blocked_writer(c, pair, &full);
    const unsigned char *data = pattern_new(c, 65536);

    pipes_write(e, data, 65536);
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of pause_writing with 64 KiB buffered", e->pauses, 0);
    pipes_write(e, data, 1);
    RUN_UNTIL(c, endpoint_paused, e, "pause_writing with more than 64 KiB buffered");
}

/* ---- the reader is gone */

static void reader_gone_idle(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_writer(c, pair.peer);

    scene_close(c, pair.end);
    pipes_await_loss(e, LOOP_OK);
    pipes_write(e, "after", 5);
    RUN_IDLE(c, MILLISECONDS(30));
}

static void reader_gone_buffered(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    size_t full;
    struct endpoint *e = blocked_writer(c, pair, &full);

    pipes_ignore_signal(c);
    pipes_write(e, piece, sizeof piece);
    scene_close(c, pair.end);
    pipes_await_loss(e, LOOP_PIPE);
}

/* However the loop learns of it, at the latest it does when it writes. */
static void reader_gone(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_writer(c, pair.peer);

    pipes_ignore_signal(c);
    scene_close(c, pair.end);
    pipes_write(e, "into the void", 13);
    RUN_UNTIL(c, endpoint_lost, e, "connection_lost of a pipe without a reader");
    for (int i = 0; i < 3; i++)
        pipes_write(e, "more of it", 10);
    RUN_IDLE(c, MILLISECONDS(50));
}

/* Nobody here has told the system to ignore SIGPIPE. */
static void no_signal(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_writer(c, pair.peer);

    scene_close(c, pair.end);
    pipes_write(e, "into the void", 13);
    RUN_UNTIL(c, endpoint_lost, e, "connection_lost of a pipe without a reader");
}

static void silent_after_close(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_writer(c, pair.peer);
    struct tap *t = pipes_tap(c, pair.end, 0);

    c->ops->transport_close(e->transport);
    EXPECT(c, c->ops->transport_is_closing(e->transport), "a closed transport is not closing");
    pipes_write(e, "too late", 8);
    c->ops->transport_close(e->transport);
    pipes_await_loss(e, LOOP_OK);
    c->ops->transport_close(e->transport);
    pipes_write(e, "much too late", 13);
    RUN_UNTIL(c, tap_ended, t, "the end of the pipe");
    EXPECT_INT(c, "bytes written after the close that came out", t->bytes, 0);
}

static void idle(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_writer(c, pair.peer);

    RUN_IDLE(c, MILLISECONDS(200));
    c->ops->transport_close(e->transport);
    pipes_await_loss(e, LOOP_OK);
}

/* Waiting for a reader that does not read costs nothing either. */
static void blocked_idle(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    size_t full;
    struct endpoint *e = blocked_writer(c, pair, &full);

    pipes_write(e, piece, sizeof piece);
    RUN_IDLE(c, MILLISECONDS(200));
    EXPECT_INT(c, "calls of connection_lost", e->lost, 0);
}

static void null_device(struct check *c)
{
    struct endpoint *e = pipes_writer(c, scene_open(c, "/dev/null"));

    pipes_write(e, piece, sizeof piece);
    RUN_IDLE(c, MILLISECONDS(30));
    c->ops->transport_close(e->transport);
    pipes_await_loss(e, LOOP_OK);
}

static void a_socket(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct endpoint *e = pipes_writer(c, pair.peer);
    struct tap *t = pipes_tap(c, pair.end, 0);

    pipes_write(e, "through a socket", 16);
    c->ops->transport_close(e->transport);
    RUN_UNTIL(c, tap_ended, t, "the end of the socket");
    EXPECT_INT(c, "bytes that came out of the socket", t->bytes, 16);
    pipes_await_loss(e, LOOP_OK);
}

/* Nobody asked for the answer. */
static void answered(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct endpoint *e = pipes_writer(c, pair.peer);
    struct tap *t;

    scene_send(c, pair.end, "an answer");
    RUN_IDLE(c, MILLISECONDS(50));
    EXPECT_INT(c, "calls of connection_lost", e->lost, 0);
    EXPECT_INT(c, "bytes received", e->bytes, 0);
    pipes_write(e, "a question", 10);
    t = pipes_tap(c, pair.end, 0);
    t->target = 10;
    RUN_UNTIL(c, tap_reached, t, "what was written after the answer");
    c->ops->transport_close(e->transport);
    pipes_await_loss(e, LOOP_OK);
}

#define WRITES "connect_write_pipe", "transport_write", "transport_release"
#define LIMITS "transport_set_write_buffer_limits", "transport_get_write_buffer_size"

static const struct check_definition definitions[] = {
    {.id = "pipes.writes",
     .run = writes,
     .rules = {"pipes.writes"},
     .needs = {WRITES, "transport_close", "call_later"}},
    {.id = "pipes.write-megabytes",
     .run = megabytes,
     .rules = {"pipes.write-megabytes"},
     .needs = {WRITES, "transport_close", "call_later"},
     .flags = CHECK_BUSY},
    {.id = "pipes.thousands",
     .run = thousands,
     .rules = {"pipes.thousands"},
     .needs = {WRITES, "transport_close", "call_later"},
     .flags = CHECK_BUSY},
    {.id = "pipes.write-eof",
     .run = write_eof,
     .rules = {"pipes.write-eof"},
     .needs = {WRITES, "transport_write_eof", "transport_can_write_eof", "call_later"}},
    {.id = "pipes.eof-closes",
     .run = eof_closes,
     .rules = {"pipes.eof-closes"},
     .needs = {"connect_write_pipe", "transport_write_eof", "transport_release"}},
    {.id = "pipes.close-flushes",
     .run = close_flushes,
     .rules = {"pipes.close-flushes"},
     .needs = {WRITES, "transport_close", "call_later"}},
    {.id = "pipes.abort-drops",
     .run = abort_drops,
     .rules = {"pipes.abort-drops"},
     .needs = {WRITES, "transport_abort", "call_later"}},
    {.id = "pipes.buffer-size",
     .run = buffer_size,
     .rules = {"pipes.buffer-size"},
     .needs = {WRITES, "transport_get_write_buffer_size", "call_later"}},
    {.id = "pipes.water-marks",
     .run = water_marks,
     .rules = {"pipes.water-marks"},
     .needs = {WRITES, LIMITS, "call_later"}},
    {.id = "pipes.default-marks",
     .run = default_marks,
     .rules = {"pipes.default-marks"},
     .needs = {WRITES}},
    {.id = "pipes.reader-gone-idle",
     .run = reader_gone_idle,
     .rules = {"pipes.reader-gone-idle"},
     .needs = {WRITES, "call_later"}},
    {.id = "pipes.reader-gone-buffered",
     .run = reader_gone_buffered,
     .rules = {"pipes.reader-gone-buffered"},
     .needs = {WRITES}},
    {.id = "pipes.reader-gone",
     .run = reader_gone,
     .rules = {"pipes.reader-gone"},
     .needs = {WRITES, "call_later"}},
    {.id = "pipes.no-signal", .run = no_signal, .rules = {"pipes.no-signal"}, .needs = {WRITES}},
    {.id = "pipes.silent-after-close",
     .run = silent_after_close,
     .rules = {"pipes.silent-after-close"},
     .needs = {WRITES, "transport_close", "transport_is_closing", "call_later"}},
    {.id = "pipes.writer-idle",
     .run = idle,
     .rules = {"pipes.writer-idle"},
     .needs = {WRITES, "transport_close", "call_later"}},
    {.id = "pipes.blocked-idle",
     .run = blocked_idle,
     .rules = {"pipes.blocked-idle"},
     .needs = {WRITES, "call_later"}},
    {.id = "pipes.write-null-device",
     .run = null_device,
     .rules = {"pipes.write-null-device"},
     .needs = {WRITES, "transport_close", "call_later"}},
    {.id = "pipes.write-answered",
     .run = answered,
     .rules = {"pipes.write-answered"},
     .needs = {WRITES, "transport_close", "call_later"}},
    {.id = "pipes.write-socket",
     .run = a_socket,
     .rules = {"pipes.write-socket"},
     .needs = {WRITES, "transport_close", "call_later"}},
};

CHECK_AREA_PART(pipes, write, definitions);
