/* SPDX-License-Identifier: MIT
 *
 * Loops that write to pipes wrongly. */
#include "piped.h"

static loop_status pass(struct loop_transport *transport, const void *data, size_t length)
{
    return piped_inner->transport_write(transport, data, length);
}

static loop_status drop_three(struct piped *p, struct loop_transport *transport, const void *data,
                              size_t length)
{
    return p != NULL && p->writes && length == 3 ? LOOP_OK : pass(transport, data, length);
}

PIPED_FAULT(spoil_three, .write = drop_three)

static loop_status halve(struct piped *p, struct loop_transport *transport, const void *data,
                         size_t length)
{
    return pass(transport, data, p != NULL && length > 1000000 ? length / 2 : length);
}

PIPED_FAULT(spoil_megabytes, .write = halve)

static loop_status drop_one(struct piped *p, struct loop_transport *transport, const void *data,
                            size_t length)
{
    static int writes;

    return p != NULL && ++writes == 3000 ? LOOP_OK : pass(transport, data, length);
}

PIPED_FAULT(spoil_thousands, .write = drop_one)

static loop_status eof_aborts(struct loop_transport *transport)
{
    if (piped_of(transport) == NULL)
        return piped_inner->transport_write_eof(transport);
    piped_inner->transport_abort(transport);
    return LOOP_OK;
}

PIPED_FAULT_OF(spoil_eof, transport_write_eof, eof_aborts, .made = NULL)

static loop_status eof_and_mark(struct loop_transport *transport)
{
    struct piped *p = piped_of(transport);

    if (p != NULL)
        p->mark = true;
    return piped_inner->transport_write_eof(transport);
}

static void lost_unless_marked(struct piped *p, loop_status why)
{
    if (!p->mark)
        piped_lost(p, why);
}

PIPED_FAULT_OF(spoil_eof_loss, transport_write_eof, eof_and_mark, .lost = lost_unless_marked)

static void close_aborts(struct loop_transport *transport)
{
    const struct piped *p = piped_of(transport);

    if (p != NULL && p->writes)
        piped_inner->transport_abort(transport);
    else
        piped_inner->transport_close(transport);
}

PIPED_FAULT_OF(spoil_close, transport_close, close_aborts, .made = NULL)

static void abort_closes(struct loop_transport *transport)
{
    piped_inner->transport_close(transport);
}

PIPED_FAULT_OF(spoil_abort, transport_abort, abort_closes, .made = NULL)

static size_t one_more(struct loop_transport *transport)
{
    return piped_inner->transport_get_write_buffer_size(transport) + 1;
}

PIPED_FAULT_OF(spoil_size, transport_get_write_buffer_size, one_more, .made = NULL)

static loop_status ignore_limits(struct loop_transport *transport, int64_t high, int64_t low)
{
    (void)transport;
    (void)high;
    (void)low;
    return LOOP_OK;
}

PIPED_FAULT_OF(spoil_limits, transport_set_write_buffer_limits, ignore_limits, .made = NULL)

static void low_marks(struct piped *p)
{
    piped_inner->transport_set_write_buffer_limits(p->transport, 4000, -1);
    piped_made(p);
}

PIPED_FAULT(spoil_marks, .made = low_marks)

/* As asyncio does, at the first write: what can be read is taken for the end. */
static loop_status end_if_answered(struct piped *p, struct loop_transport *transport,
                                   const void *data, size_t length)
{
    char byte;

    if (p != NULL && piped_kind(p->fd) == 's' && piped_read(p->fd, &byte, 1) > 0)
        piped_inner->transport_abort(transport);
    return pass(transport, data, length);
}

PIPED_FAULT(spoil_answered, .write = end_if_answered)

/* ---- the reader is gone */

static void untold_unless_closed(struct piped *p, loop_status why)
{
    if (p->child || !p->writes || p->closed || why != LOOP_OK || p->mark)
        piped_lost(p, why);
}

static loop_status write_and_mark(struct piped *p, struct loop_transport *transport,
                                  const void *data, size_t length)
{
    if (p != NULL)
        p->mark = true;
    return pass(transport, data, length);
}

PIPED_FAULT(spoil_idle_loss, .lost = untold_unless_closed, .write = write_and_mark)

static void lost_well(struct piped *p, loop_status why)
{
    piped_lost(p, why == LOOP_PIPE ? LOOP_OK : why);
}

PIPED_FAULT(spoil_why, .lost = lost_well)

static loop_status loud(struct piped *p, struct loop_transport *transport, const void *data,
                        size_t length)
{
    return p != NULL && (p->lost || p->closed) ? LOOP_PIPE : pass(transport, data, length);
}

PIPED_FAULT(spoil_silence, .write = loud)

static loop_status raise_signal(struct piped *p, struct loop_transport *transport, const void *data,
                                size_t length)
{
    if (p != NULL && p->writes && !p->lost && piped_has_no_reader(p->fd))
        piped_break_pipe();
    return pass(transport, data, length);
}

PIPED_FAULT(spoil_signal, .write = raise_signal)

const struct fault pipes_write_faults[] = {
    {.id = "pipes.drops-three-bytes",
     .summary = "a write of three bytes is dropped",
     .checks = {"pipes.writes"},
     .spoil = spoil_three},
    {.id = "pipes.halves-megabytes",
     .summary = "of a large write only half is written",
     .checks = {"pipes.write-megabytes"},
     .spoil = spoil_megabytes},
    {.id = "pipes.drops-one-of-thousands",
     .summary = "the 3000th write is dropped",
     .checks = {"pipes.thousands"},
     .spoil = spoil_thousands},
    {.id = "pipes.write-eof-aborts",
     .summary = "write_eof drops what is buffered",
     .checks = {"pipes.write-eof"},
     .spoil = spoil_eof},
    {.id = "pipes.write-eof-is-not-lost",
     .summary = "a pipe whose writing side has ended is not lost",
     .checks = {"pipes.eof-closes"},
     .spoil = spoil_eof_loss},
    {.id = "pipes.close-aborts",
     .summary = "close drops what is buffered",
     .checks = {"pipes.close-flushes", "pipes.thousands", "pipes.both-ends"},
     .spoil = spoil_close},
    {.id = "pipes.abort-closes",
     .summary = "abort flushes what is buffered",
     .checks = {"pipes.abort-drops"},
     .spoil = spoil_abort},
    {.id = "pipes.buffer-size-creeps",
     .summary = "get_write_buffer_size says one too many",
     .checks = {"pipes.buffer-size"},
     .spoil = spoil_size},
    {.id = "pipes.limits-ignored",
     .summary = "set_write_buffer_limits does nothing",
     .checks = {"pipes.water-marks"},
     .spoil = spoil_limits},
    {.id = "pipes.default-mark-low",
     .summary = "the high-water mark is 4000 bytes",
     .checks = {"pipes.default-marks"},
     .spoil = spoil_marks},
    {.id = "pipes.answer-ends",
     .summary = "a writer is lost when its other end has sent something",
     .checks = {"pipes.write-answered"},
     .spoil = spoil_answered},
    {.id = "pipes.idle-loss-untold",
     .summary = "a writer that never wrote does not hear that its reader is gone",
     .checks = {"pipes.reader-gone-idle"},
     .spoil = spoil_idle_loss},
    {.id = "pipes.broken-is-fine",
     .summary = "a broken pipe is lost with OK",
     .checks = {"pipes.reader-gone-buffered"},
     .spoil = spoil_why},
    {.id = "pipes.loud-after-loss",
     .summary = "a write after close or loss returns PIPE",
     .checks = {"pipes.reader-gone", "pipes.silent-after-close"},
     .spoil = spoil_silence},
    {.id = "pipes.raises-signal",
     .summary = "a write without a reader raises SIGPIPE",
     .checks = {"pipes.no-signal"},
     .spoil = spoil_signal},
    {.id = NULL},
};
