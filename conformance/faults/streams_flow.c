/* SPDX-License-Identifier: MIT
 *
 * Loops that pause too often, too late or not at all. */
#include <string.h>

#include "descriptors_watch.h"
#include "streams_wire.h"

static loop_status pause_again(struct wire *w, const void *data, size_t length)
{
    if (w->paused)
        w->user.pause_writing(w->user.user);
    return wire_inner->transport_write(w->transport, data, length);
}
WIRE_FAULT(spoil_pause_twice, .write = pause_again)

static void double_marks(struct wire *w)
{
    wire_inner->transport_set_write_buffer_limits(w->transport, 131072, 32768);
    wire_made(w);
}
WIRE_FAULT(spoil_defaults, .made = double_marks)

static loop_status keep_default_high(struct loop_transport *transport, int64_t high, int64_t low)
{
    return wire_inner->transport_set_write_buffer_limits(
        transport, high == -1 && low > 0 && low < 65536 ? 65536 : high, low);
}
WIRE_FAULT_OF(spoil_derived, transport_set_write_buffer_limits, keep_default_high, .made = NULL)

static loop_status zero_is_default(struct loop_transport *transport, int64_t high, int64_t low)
{
    return wire_inner->transport_set_write_buffer_limits(transport, high == 0 ? -1 : high, low);
}
WIRE_FAULT_OF(spoil_zero, transport_set_write_buffer_limits, zero_is_default, .made = NULL)

static loop_status take_any(struct loop_transport *transport, int64_t high, int64_t low)
{
    wire_inner->transport_set_write_buffer_limits(transport, high, low);
    return LOOP_OK;
}
WIRE_FAULT_OF(spoil_invalid, transport_set_write_buffer_limits, take_any, .made = NULL)

static void count_resumes(struct wire *w)
{
    if (--w->pauses <= 0)
        wire_inner->transport_resume_reading(w->transport);
}
WIRE_FAULT(spoil_counted, .resume = count_resumes)

static void pause_later(struct wire *w)
{
    if (w->inside != NULL && strcmp(w->inside, "data") == 0)
        w->mark = true;
    else
        wire_inner->transport_pause_reading(w->transport);
}

static void pause_now(struct wire *w, const void *data, size_t length)
{
    bool due = w->mark;

    wire_data(w, data, length);
    if (due)
        wire_inner->transport_pause_reading(w->transport);
}
WIRE_FAULT(spoil_inside, .pause = pause_later, .data = pause_now)

static void forget_hang_up(struct wire *w)
{
    if ((os_state(wire_fd(w)) & OS_HALF_CLOSED) == 0)
        wire_inner->transport_resume_reading(w->transport);
}
WIRE_FAULT(spoil_hang_up, .resume = forget_hang_up)

const struct fault streams_flow_faults[] = {
    {
        .id = "streams.pauses-twice",
        .summary = "pause_writing comes again with a write into a buffer that is above the mark",
        .checks = {"streams.pauses-writer"},
        .spoil = spoil_pause_twice,
    },
    {
        .id = "streams.marks-doubled",
        .summary = "The default marks are twice as high",
        .checks = {"streams.default-marks"},
        .spoil = spoil_defaults,
    },
    {
        .id = "streams.high-mark-stays",
        .summary = "A low mark alone leaves the high one where it was",
        .checks = {"streams.derived-marks"},
        .spoil = spoil_derived,
    },
    {
        .id = "streams.zero-is-default",
        .summary = "A high mark of 0 stands for the default",
        .checks = {"streams.high-mark-zero"},
        .spoil = spoil_zero,
    },
    {
        .id = "streams.marks-unchecked",
        .summary = "Any marks are taken",
        .checks = {"streams.invalid-marks"},
        .spoil = spoil_invalid,
    },
    {
        .id = "streams.pauses-counted",
        .summary = "Reading must be resumed as often as it was paused",
        .checks = {"streams.pauses-reading"},
        .spoil = spoil_counted,
    },
    {
        .id = "streams.pauses-late",
        .summary = "Reading that is paused in data_received is paused after the next data",
        .checks = {"streams.pauses-inside"},
        .spoil = spoil_inside,
    },
    {
        .id = "streams.forgets-hang-up",
        .summary = "Reading is not resumed when the peer has hung up meanwhile",
        .checks = {"streams.hang-up-while-paused"},
        .spoil = spoil_hang_up,
    },
    {.id = NULL},
};
