/* SPDX-License-Identifier: MIT
 *
 * Transports that read: from pipes, and from what a pipe may be instead. */
#include <string.h>

#include "pipes.h"
#include "scene_descriptors.h"

static void expect_text_and_end(struct check *c, struct scene_pair pair, const char *text)
{
    struct endpoint *e = pipes_reader(c, pair.end);

    scene_send(c, pair.peer, text);
    AWAIT_BYTES(e, strlen(text));
    scene_close(c, pair.peer);
    pipes_await_loss(e, LOOP_OK);
    EXPECT_TEXT(e, text);
}

static void reads(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_reader(c, pair.end);

    scene_send(c, pair.peer, "one,");
    AWAIT_BYTES(e, 4);
    scene_send(c, pair.peer, "two");
    AWAIT_BYTES(e, 7);
    EXPECT_TEXT(e, "one,two");
    EXPECT_INT(c, "calls of eof_received while the writer is there", e->eofs, 0);
    scene_close(c, pair.peer);
    pipes_await_loss(e, LOOP_OK);
}

static void end(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e;

    scene_send(c, pair.peer, "all of it");
    scene_close(c, pair.peer);
    e = pipes_reader(c, pair.end);
    pipes_await_loss(e, LOOP_OK);
    EXPECT_TEXT(e, "all of it");
    EXPECT_INT(c, "calls of eof_received", e->eofs, 1);
    RUN_IDLE(c, MILLISECONDS(30));
}

/* eof_received may ask to keep the writing side open: a pipe has none. */
static void end_keeps_nothing(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_reader(c, pair.end);

    e->keeps_open = 1;
    scene_close(c, pair.peer);
    pipes_await_loss(e, LOOP_OK);
    EXPECT_INT(c, "calls of eof_received", e->eofs, 1);
}

static void fifo(struct check *c)
{
    expect_text_and_end(c, scene_fifo(c), "through a FIFO");
}

static void a_socket(struct check *c)
{
    expect_text_and_end(c, scene_sockets(c), "through a socket");
}

static void terminal(struct check *c)
{
    struct scene_pair pair = scene_terminal(c);
    struct endpoint *e = pipes_reader(c, pair.end);

    scene_send(c, pair.peer, "through a terminal\n");
    AWAIT_BYTES(e, strlen("through a terminal\n"));
    EXPECT_TEXT(e, "through a terminal\n");
    c->ops->transport_close(e->transport);
    pipes_await_loss(e, LOOP_OK);
}

/* Linux calls it an error that nobody has the terminal open any more, others an end. */
static void master_hangup(struct check *c)
{
    struct scene_pair pair = scene_terminal(c);
    struct endpoint *e = pipes_reader(c, pair.peer);

    scene_send(c, pair.end, "goodbye");
    AWAIT_BYTES(e, strlen("goodbye"));
    scene_close(c, pair.end);
    RUN_UNTIL(c, endpoint_lost, e, "connection_lost of a terminal that hung up");
    EXPECT(c, e->why == LOOP_OK || e->why == LOOP_IO, "connection_lost says %s",
           loop_status_name(e->why));
    EXPECT_TEXT(e, "goodbye");
}

static void megabytes(struct check *c)
{
    enum { LENGTH = 3000000 };
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_reader(c, pair.end);

    pipes_ignore_signal(c);
    pipes_pour(c, pair.peer, pattern_new(c, LENGTH), LENGTH);
    pipes_await_loss(e, LOOP_OK);
    EXPECT_PATTERN(e, LENGTH);
}

static void pauses(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_reader(c, pair.end);

    c->ops->transport_pause_reading(e->transport);
    c->ops->transport_pause_reading(e->transport);
    scene_send(c, pair.peer, "waits");
    RUN_IDLE(c, MILLISECONDS(50));
    EXPECT_INT(c, "bytes received while paused", e->bytes, 0);
    c->ops->transport_resume_reading(e->transport);
    c->ops->transport_resume_reading(e->transport);
    AWAIT_BYTES(e, 5);
    EXPECT_TEXT(e, "waits");
    scene_close(c, pair.peer);
    pipes_await_loss(e, LOOP_OK);
}

static void paused_hangup(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_reader(c, pair.end);

    c->ops->transport_pause_reading(e->transport);
    scene_send(c, pair.peer, "last words");
    scene_close(c, pair.peer);
    RUN_IDLE(c, MILLISECONDS(200));
    EXPECT_INT(c, "bytes received while paused", e->bytes, 0);
    EXPECT_INT(c, "calls of eof_received while paused", e->eofs, 0);
    c->ops->transport_resume_reading(e->transport);
    pipes_await_loss(e, LOOP_OK);
    EXPECT_TEXT(e, "last words");
}

static void close_from_callback(struct endpoint *e, const void *data, size_t length)
{
    (void)data;
    (void)length;
    e->check->ops->transport_close(e->transport);
}

/* What closes in data_received hears no more of it; the writer sees that nobody reads. */
static void close_in_data(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_reader(c, pair.end);
    size_t heard;

    pipes_ignore_signal(c);
    e->on_data = close_from_callback;
    scene_fill(c, pair.peer);
    RUN_UNTIL(c, endpoint_received, (e->target = 1, e), "data");
    heard = e->bytes;
    pipes_await_loss(e, LOOP_OK);
    EXPECT_INT(c, "bytes received after the close", e->bytes - heard, 0);
    EXPECT_INT(c, "calls of eof_received after the close", e->eofs, 0);
}

/* A timer beside a pipe whose peer always has more. */
struct rival {
    struct counter timer;
    loop_fd peer;
};

static void refill(struct endpoint *e, const void *data, size_t length)
{
    const struct rival *r = e->user;

    (void)data;
    (void)length;
    e->bytes = 0;
    if (r->timer.calls == 0)
        scene_fill(e->check, r->peer);
}

static void never_starves(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct rival rival = {{.check = c, .target = 1}, pair.peer};
    struct endpoint *e = pipes_reader(c, pair.end);

    e->user = &rival;
    e->on_data = refill;
    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, MILLISECONDS(20), counter_call, &rival.timer, NULL));
    scene_fill(c, pair.peer);
    RUN_UNTIL(c, counter_reached, &rival.timer, "a timer beside a pipe that is always readable");
    scene_close(c, pair.peer);
    pipes_await_loss(e, LOOP_OK);
}

static void idle(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_reader(c, pair.end);

    RUN_IDLE(c, MILLISECONDS(200));
    scene_close(c, pair.peer);
    pipes_await_loss(e, LOOP_OK);
}

/* Two transports on the two ends of one pipe. */
static void both_ends(struct check *c)
{
    enum { LENGTH = 1000000 };
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *in = pipes_reader(c, pair.end), *out = pipes_writer(c, pair.peer);

    pipes_write(out, pattern_new(c, LENGTH), LENGTH);
    c->ops->transport_close(out->transport);
    pipes_await_loss(in, LOOP_OK);
    pipes_await_loss(out, LOOP_OK);
    EXPECT_PATTERN(in, LENGTH);
}

#define READS "connect_read_pipe", "transport_release"

static const struct check_definition definitions[] = {
    {.id = "pipes.reads", .run = reads, .rules = {"pipes.reads"}, .needs = {READS}},
    {.id = "pipes.end", .run = end, .rules = {"pipes.end"}, .needs = {READS, "call_later"}},
    {.id = "pipes.end-keeps-nothing",
     .run = end_keeps_nothing,
     .rules = {"pipes.end-keeps-nothing"},
     .needs = {READS}},
    {.id = "pipes.fifo", .run = fifo, .rules = {"pipes.fifo"}, .needs = {READS}},
    {.id = "pipes.socket", .run = a_socket, .rules = {"pipes.socket"}, .needs = {READS}},
    {.id = "pipes.terminal",
     .run = terminal,
     .rules = {"pipes.terminal"},
     .needs = {READS, "transport_close"}},
    {.id = "pipes.master-hangup",
     .run = master_hangup,
     .rules = {"pipes.master-hangup"},
     .needs = {READS}},
    {.id = "pipes.read-megabytes",
     .run = megabytes,
     .rules = {"pipes.read-megabytes"},
     .needs = {READS, "call_later"},
     .flags = CHECK_BUSY},
    {.id = "pipes.pause",
     .run = pauses,
     .rules = {"pipes.pause"},
     .needs = {READS, "transport_pause_reading", "transport_resume_reading", "call_later"}},
    {.id = "pipes.paused-hangup",
     .run = paused_hangup,
     .rules = {"pipes.paused-hangup"},
     .needs = {READS, "transport_pause_reading", "transport_resume_reading", "call_later"}},
    {.id = "pipes.close-in-data",
     .run = close_in_data,
     .rules = {"pipes.close-in-data"},
     .needs = {READS, "transport_close"}},
    {.id = "pipes.never-starves",
     .run = never_starves,
     .rules = {"pipes.never-starves"},
     .needs = {READS, "call_later"},
     .flags = CHECK_BUSY},
    {.id = "pipes.idle", .run = idle, .rules = {"pipes.idle"}, .needs = {READS, "call_later"}},
    {.id = "pipes.both-ends",
     .run = both_ends,
     .rules = {"pipes.both-ends"},
     .needs = {READS, "connect_write_pipe", "transport_write", "transport_close"},
     .flags = CHECK_BUSY},
};

CHECK_AREA(pipes, definitions);
