/* SPDX-License-Identifier: MIT
 *
 * Loops that end connections wrongly. */
#include <string.h>

#include "descriptors_watch.h"
#include "streams_wire.h"

static int swallow_eof(struct wire *w)
{
    bool idle = !w->accepted && w->writes == 0 && w->pauses == 0;

    return idle && w->received > 0 ? 0 : wire_eof(w);
}
WIRE_FAULT(spoil_eof, .eof = swallow_eof)

static int close_at_eof(struct wire *w)
{
    int answer = wire_eof(w);

    return w->accepted ? 0 : answer;
}
WIRE_FAULT(spoil_half_close, .eof = close_at_eof)

static loop_status drop_at_eof(struct wire *w)
{
    if (wire_buffered(w) == 0)
        return wire_inner->transport_write_eof(w->transport);
    wire_inner->transport_abort(w->transport);
    return LOOP_OK;
}
WIRE_FAULT(spoil_buffer_eof, .write_eof = drop_at_eof)

static loop_status write_after_eof(struct wire *w, const void *data, size_t length)
{
    loop_status status = wire_inner->transport_write(w->transport, data, length);

    return status == LOOP_RUNTIME ? LOOP_OK : status;
}
WIRE_FAULT(spoil_write_eof, .write = write_after_eof)

static void close_and_drop(struct wire *w)
{
    if (w->inside == NULL && wire_buffered(w) > 0)
        wire_inner->transport_abort(w->transport);
    else
        wire_inner->transport_close(w->transport);
}
WIRE_FAULT(spoil_close, .close = close_and_drop)

static void abort_and_flush(struct wire *w)
{
    if (w->inside == NULL && wire_buffered(w) > 0)
        wire_inner->transport_close(w->transport);
    else
        wire_inner->transport_abort(w->transport);
}
WIRE_FAULT(spoil_abort, .abort = abort_and_flush)

static void hide_reset(struct wire *w, loop_status why)
{
    wire_lost(w, why == LOOP_CONNRESET && w->writes == 0 ? LOOP_OK : why);
}
WIRE_FAULT(spoil_reset, .lost = hide_reset)

static void lose_twice(struct wire *w, loop_status why)
{
    wire_lost(w, why);
    if (why != LOOP_OK && w->written > (size_t)1 << 20)
        wire_lost(w, why);
}
WIRE_FAULT(spoil_reset_writing, .lost = lose_twice)

static loop_status break_pipe(struct wire *w, const void *data, size_t length)
{
    if (!w->lost && (os_state(wire_fd(w)) & (OS_ERROR | OS_HUNG_UP)) != 0)
        os_break_pipe();
    return wire_inner->transport_write(w->transport, data, length);
}
WIRE_FAULT(spoil_pipe, .write = break_pipe)

static void lose_again(struct wire *w)
{
    if (w->lost && w->inside == NULL && w->pauses == 0)
        wire_lost(w, LOOP_OK);
    else
        wire_inner->transport_close(w->transport);
}
WIRE_FAULT(spoil_lost, .close = lose_again)

static loop_status refuse_after_close(struct wire *w, const void *data, size_t length)
{
    return wire_inner->transport_is_closing(w->transport) != 0
               ? LOOP_NOTCONN
               : wire_inner->transport_write(w->transport, data, length);
}
WIRE_FAULT(spoil_write_closed, .write = refuse_after_close)

static bool is_inside(const struct wire *w, const char *callback)
{
    return w->inside != NULL && strcmp(w->inside, callback) == 0;
}

static void close_nested(struct wire *w)
{
    if (is_inside(w, "eof"))
        wire_lost(w, LOOP_OK);
    else
        wire_inner->transport_close(w->transport);
}
WIRE_FAULT(spoil_close_inside, .close = close_nested)

static void abort_nested(struct wire *w)
{
    if (is_inside(w, "eof"))
        wire_lost(w, LOOP_OK);
    else
        wire_inner->transport_abort(w->transport);
}
WIRE_FAULT(spoil_abort_inside, .abort = abort_nested)

static void close_in_resume(struct wire *w)
{
    w->mark = w->mark || is_inside(w, "resume");
    wire_inner->transport_close(w->transport);
}

static void lose_marked_twice(struct wire *w, loop_status why)
{
    wire_lost(w, why);
    if (w->mark)
        wire_lost(w, why);
}
WIRE_FAULT(spoil_flow_inside, .close = close_in_resume, .lost = lose_marked_twice)

const struct fault streams_end_faults[] = {
    {
        .id = "streams.eof-swallowed",
        .summary = "An end that only reads is not told of the EOF after its data",
        .checks = {"streams.end-of-file"},
        .spoil = spoil_eof,
    },
    {
        .id = "streams.cannot-stay-open",
        .summary = "An accepted connection closes at the EOF, whatever its protocol answers",
        .checks = {"streams.half-close"},
        .spoil = spoil_half_close,
    },
    {
        .id = "streams.eof-drops-buffer",
        .summary = "write_eof drops what is buffered",
        .checks = {"streams.end-after-buffer"},
        .spoil = spoil_buffer_eof,
    },
    {
        .id = "streams.writes-after-eof",
        .summary = "A write after write_eof is taken as if it were sent",
        .checks = {"streams.write-after-end"},
        .spoil = spoil_write_eof,
    },
    {
        .id = "streams.close-drops",
        .summary = "close drops what is buffered",
        .checks = {"streams.close-flushes"},
        .spoil = spoil_close,
    },
    {
        .id = "streams.abort-flushes",
        .summary = "abort sends what is buffered before it ends",
        .checks = {"streams.abort-drops"},
        .spoil = spoil_abort,
    },
    {
        .id = "streams.reset-in-good-order",
        .summary = "A reset is told as an end in good order",
        .checks = {"streams.reset"},
        .spoil = spoil_reset,
    },
    {
        .id = "streams.reset-loses-twice",
        .summary = "A reset while a megabyte waits calls connection_lost twice",
        .checks = {"streams.reset-while-writing"},
        .spoil = spoil_reset_writing,
    },
    {
        .id = "streams.breaks-pipe",
        .summary = "A write to a peer that is gone raises SIGPIPE",
        .checks = {"streams.broken-pipe"},
        .spoil = spoil_pipe,
    },
    {
        .id = "streams.close-loses-again",
        .summary = "close after connection_lost calls it again",
        .checks = {"streams.lost-once"},
        .spoil = spoil_lost,
    },
    {
        .id = "streams.write-after-close-refused",
        .summary = "A write to a closed transport is refused",
        .checks = {"streams.write-after-close"},
        .spoil = spoil_write_closed,
    },
    {
        .id = "streams.close-nests",
        .summary = "close inside eof_received calls connection_lost within it",
        .checks = {"streams.close-inside"},
        .spoil = spoil_close_inside,
    },
    {
        .id = "streams.abort-nests",
        .summary = "abort inside eof_received calls connection_lost within it",
        .checks = {"streams.abort-inside"},
        .spoil = spoil_abort_inside,
    },
    {
        .id = "streams.resume-loses-twice",
        .summary = "close inside resume_writing leads to two calls of connection_lost",
        .checks = {"streams.end-inside-flow"},
        .spoil = spoil_flow_inside,
    },
    {.id = NULL},
};
