/* SPDX-License-Identifier: MIT
 *
 * Loops that lose, change and mix up bytes. */
#include <string.h>

#include "streams_wire.h"

static loop_status pass_write(struct wire *w, const void *data, size_t length)
{
    return wire_inner->transport_write(w->transport, data, length);
}

static loop_status drop_late_answers(struct wire *w, const void *data, size_t length)
{
    bool answer = w->inside != NULL && strcmp(w->inside, "data") == 0;

    return answer && w->pieces > 10 ? LOOP_OK : pass_write(w, data, length);
}
WIRE_FAULT(spoil_answers, .write = drop_late_answers)

static void flip_byte(struct wire *w, const void *data, size_t length)
{
    wire_data_damaged(w, (size_t)3 << 20, data, length);
}
WIRE_FAULT(spoil_byte, .data = flip_byte)

static loop_status drop_above(struct wire *w, const void *data, size_t length)
{
    return wire_buffered(w) > (size_t)1 << 20 ? LOOP_OK : pass_write(w, data, length);
}
WIRE_FAULT(spoil_full, .write = drop_above)

static loop_status swap_writes(struct wire *w, const void *data, size_t length)
{
    static const void *held;
    static size_t held_length;

    if (w->writes == 2000) {
        held = data;
        held_length = length;
        return LOOP_OK;
    }
    loop_status status = pass_write(w, data, length);
    return w->writes == 2001 ? pass_write(w, held, held_length) : status;
}
WIRE_FAULT(spoil_swap, .write = swap_writes)

static loop_status end_for_nothing(struct wire *w, const void *data, size_t length)
{
    return length == 0 ? wire_inner->transport_write_eof(w->transport)
                       : pass_write(w, data, length);
}
WIRE_FAULT(spoil_nothing, .write = end_for_nothing)

static struct {
    struct wire *wire;
    const void *data;
    size_t length;
} kept;

static void write_kept(void *arg)
{
    (void)arg;
    pass_write(kept.wire, kept.data, kept.length);
}

static loop_status keep_pointer(struct wire *w, const void *data, size_t length)
{
    if (length < (size_t)1 << 20 || length % 2 == 0)
        return pass_write(w, data, length);
    kept.wire = w;
    kept.data = data;
    kept.length = length;
    return wire_inner->call_soon(w->loop, write_kept, NULL, NULL);
}
WIRE_FAULT(spoil_pointer, .write = keep_pointer)

static size_t creep(struct loop_transport *transport)
{
    const struct wire *w = wire_of(transport);
    size_t size = wire_inner->transport_get_write_buffer_size(transport);

    return w != NULL && w->writes > 10 ? size + 8 * (size_t)w->writes : size;
}
WIRE_FAULT_OF(spoil_size, transport_get_write_buffer_size, creep, .write = NULL)

const struct fault streams_data_faults[] = {
    {
        .id = "streams.late-answers-dropped",
        .summary = "What is written inside data_received is dropped from the eleventh time on",
        .checks = {"streams.echoes"},
        .spoil = spoil_answers,
    },
    {
        .id = "streams.flips-bit",
        .summary = "A bit of the fourth megabyte is flipped",
        .checks = {"streams.megabytes"},
        .spoil = spoil_byte,
    },
    {
        .id = "streams.full-buffer-drops",
        .summary = "What is written while a megabyte is buffered is dropped",
        .checks = {"streams.slow-reader"},
        .spoil = spoil_full,
    },
    {
        .id = "streams.swaps-writes",
        .summary = "The 2000th write is sent after the 2001st",
        .checks = {"streams.small-writes"},
        .spoil = spoil_swap,
    },
    {
        .id = "streams.nothing-ends",
        .summary = "A write of no bytes writes an EOF",
        .checks = {"streams.nothing-written"},
        .spoil = spoil_nothing,
    },
    {
        .id = "streams.keeps-pointer",
        .summary =
            "A large write in an odd number of bytes is sent later, from the memory of the caller",
        .checks = {"streams.copies"},
        .spoil = spoil_pointer,
    },
    {
        .id = "streams.size-creeps",
        .summary = "Each of many writes leaves 8 bytes in the size of the buffer",
        .checks = {"streams.buffer-size"},
        .spoil = spoil_size,
    },
    {.id = NULL},
};
