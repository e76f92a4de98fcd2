/* SPDX-License-Identifier: MIT
 *
 * Pausing: of the one who writes, by the marks of the buffer, and of the one who reads. */
#include "streams.h"

#include <string.h>

static loop_status set_limits(struct endpoint *e, int64_t high, int64_t low)
{
    return e->check->ops->transport_set_write_buffer_limits(e->transport, high, low);
}

/* Writes until `size` bytes are in the buffer, and returns how many that took: the system may still
 * have room for some, though the peer of a full socket takes none. */
static size_t buffer_up_to(struct endpoint *e, size_t size)
{
    static const char bytes[512 * 1024];
    size_t written = 0;

    for (size_t now = stream_buffered(e); now < size; now = stream_buffered(e)) {
        EXPECT(e->check, written < 64 * sizeof bytes && size - now <= sizeof bytes,
               "after %zu bytes %zu are buffered", written, now);
        stream_write(e, bytes, size - now);
        written += size - now;
        RUN_ITERATIONS(e->check, 2);
    }
    return written;
}

/* `user` is where to keep what was buffered at the newest resume_writing. */
static void sees_resume(struct endpoint *e)
{
    *(size_t *)e->user = stream_buffered(e);
}

static void watch_resumes(struct endpoint *e, size_t *at_resume)
{
    e->user = at_resume;
    e->on_resume = sees_resume;
}

static void pauses_writer(struct check *c)
{
    loop_fd peer;
    size_t filled;
    size_t at_resume = 0;
    struct endpoint *e = stream_full(c, &peer, &filled);

    watch_resumes(e, &at_resume);
    EXPECT_STATUS(c, "transport_set_write_buffer_limits", set_limits(e, 100000, 20000), LOOP_OK);
    filled += buffer_up_to(e, 100000);
    EXPECT_INT(c, "calls of pause_writing up to the high mark", e->pauses, 0);
    filled += buffer_up_to(e, 150000);
    RUN_UNTIL(c, endpoint_paused, e, "pause_writing above the high mark");
    filled += buffer_up_to(e, 300000);
    RUN_UNTIL(c, endpoint_paused, e, "pause_writing with 300000 bytes buffered");
    /* From here on the buffer only shrinks. Before, the system may have found room for all of it. */
    int pauses = e->pauses;
    struct peer *p = peer_start(c, peer);
    p->per_tick = 8 * 1024;
    RUN_UNTIL(c, endpoint_resumed, e, "resume_writing when the buffer was sent");
    EXPECT(c, at_resume <= 20000, "resumed with %zu bytes buffered, above the low mark",
           at_resume);
    p->per_tick = 0;
    PEER_RECEIVE(p, filled);
    EXPECT_INT(c, "calls of pause_writing", e->pauses, pauses);
    stream_finish(e);
}

static void default_marks(struct check *c)
{
    loop_fd peer;
    size_t filled;
    size_t at_resume = 0;
    struct endpoint *e = stream_full(c, &peer, &filled);

    watch_resumes(e, &at_resume);
    buffer_up_to(e, 65536);
    EXPECT_INT(c, "calls of pause_writing up to 65536 bytes", e->pauses, 0);
    buffer_up_to(e, 65537);
    RUN_UNTIL(c, endpoint_paused, e, "pause_writing above 65536 bytes");
    struct peer *p = peer_start(c, peer);
    p->per_tick = 4 * 1024;
    RUN_UNTIL(c, endpoint_resumed, e, "resume_writing");
    EXPECT(c, at_resume <= 16384, "resumed with %zu bytes buffered", at_resume);
    stream_abort(e);
    EXPECT_LOST(e, LOOP_OK);
}

static void derived_marks(struct check *c)
{
    loop_fd peer;
    size_t filled;
    size_t at_resume = 0;
    struct endpoint *e = stream_full(c, &peer, &filled);

    watch_resumes(e, &at_resume);
    EXPECT_STATUS(c, "a low mark alone", set_limits(e, -1, 10000), LOOP_OK);
    buffer_up_to(e, 40000);
    EXPECT_INT(c, "calls of pause_writing up to four times the low mark", e->pauses, 0);
    buffer_up_to(e, 40001);
    RUN_UNTIL(c, endpoint_paused, e, "pause_writing above four times the low mark");
    EXPECT_STATUS(c, "a high mark alone", set_limits(e, 20000, -1), LOOP_OK);
    struct peer *p = peer_start(c, peer);
    p->per_tick = 4 * 1024;
    RUN_UNTIL(c, endpoint_resumed, e, "resume_writing");
    EXPECT(c, at_resume <= 5000, "resumed with %zu bytes buffered, above a quarter of 20000",
           at_resume);
    stream_abort(e);
    EXPECT_LOST(e, LOOP_OK);
}

static void high_mark_zero(struct check *c)
{
    loop_fd peer;
    size_t filled;
    size_t at_resume = 1;
    struct endpoint *e = stream_full(c, &peer, &filled);

    watch_resumes(e, &at_resume);
    EXPECT_STATUS(c, "a high mark of 0", set_limits(e, 0, -1), LOOP_OK);
    RUN_ITERATIONS(c, 2);
    EXPECT_INT(c, "calls of pause_writing with nothing buffered", e->pauses, 0);
    buffer_up_to(e, 50000);
    RUN_UNTIL(c, endpoint_paused, e, "pause_writing with a buffer that is not empty");
    peer_start(c, peer);
    RUN_UNTIL(c, endpoint_resumed, e, "resume_writing");
    EXPECT_INT(c, "bytes buffered at resume_writing", at_resume, 0);
    stream_finish(e);
}

static void invalid_marks(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);

    EXPECT_STATUS(c, "a high mark below the low one", set_limits(e, 10, 20), LOOP_VALUE);
    EXPECT_STATUS(c, "a negative high mark", set_limits(e, -5, -1), LOOP_VALUE);
    EXPECT_STATUS(c, "a negative low mark", set_limits(e, 10, -5), LOOP_VALUE);
    EXPECT_STATUS(c, "a mark above and at the other", set_limits(e, 20, 20), LOOP_OK);
    EXPECT_STATUS(c, "the default marks", set_limits(e, -1, -1), LOOP_OK);
    stream_finish(e);
}

static void pauses_reading(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);

    scene_send(c, peer, "one");
    AWAIT_BYTES(e, 3);
    stream_pause(e);
    stream_pause(e);
    scene_send(c, peer, "two");
    RUN_IDLE(c, MILLISECONDS(50));
    EXPECT_TEXT(e, "one");
    stream_resume(e);
    AWAIT_BYTES(e, 6);
    stream_resume(e);
    scene_send(c, peer, "three");
    AWAIT_BYTES(e, 11);
    EXPECT_TEXT(e, "onetwothree");
    stream_finish(e);
}

static void pauses(struct endpoint *e, const void *data, size_t length)
{
    (void)data;
    (void)length;
    ++*(int *)e->user;
    stream_pause(e);
}

static void pauses_inside(struct check *c)
{
    loop_fd peer;
    int calls = 0;
    struct endpoint *e = stream_to_peer(c, &peer);
    size_t waits = scene_fill(c, peer);

    e->user = &calls;
    e->on_data = pauses;
    for (int round = 1; round <= 3; round++) {
        AWAIT_BYTES(e, e->bytes + 1);
        RUN_IDLE(c, MILLISECONDS(20));
        EXPECT_INT(c, "calls of data_received, each of which paused", calls, round);
        stream_resume(e);
    }
    e->on_data = NULL;
    AWAIT_BYTES(e, waits);
    stream_finish(e);
}

static void hang_up_while_paused(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);

    stream_pause(e);
    scene_send(c, peer, "last words");
    scene_close(c, peer);
    RUN_IDLE(c, MILLISECONDS(50));
    EXPECT_LOG(e, "FMC");
    stream_resume(e);
    EXPECT_LOST(e, LOOP_OK);
    EXPECT_TEXT(e, "last words");
    EXPECT_LOG(e, "FMCdeL");
}

static const struct check_definition definitions[] = {
    {.id = "streams.pauses-writer",
     .run = pauses_writer,
     .rules = {"streams.pauses-writer"},
     .needs = {"create_connection", "transport_write", "transport_get_write_buffer_size",
               "transport_set_write_buffer_limits", "transport_close", "call_later"}},
    {.id = "streams.default-marks",
     .run = default_marks,
     .rules = {"streams.default-marks"},
     .needs = {"create_connection", "transport_write", "transport_get_write_buffer_size",
               "transport_set_write_buffer_limits", "transport_abort", "call_later"}},
    {.id = "streams.derived-marks",
     .run = derived_marks,
     .rules = {"streams.derived-marks"},
     .needs = {"create_connection", "transport_write", "transport_get_write_buffer_size",
               "transport_set_write_buffer_limits", "transport_abort", "call_later"}},
    {.id = "streams.high-mark-zero",
     .run = high_mark_zero,
     .rules = {"streams.high-mark-zero"},
     .needs = {"create_connection", "transport_write", "transport_get_write_buffer_size",
               "transport_set_write_buffer_limits", "transport_close", "call_later"}},
    {.id = "streams.invalid-marks",
     .run = invalid_marks,
     .rules = {"streams.invalid-marks"},
     .needs = {"create_connection", "transport_set_write_buffer_limits", "transport_close"}},
    {.id = "streams.pauses-reading",
     .run = pauses_reading,
     .rules = {"streams.pauses-reading"},
     .needs = {"create_connection", "transport_pause_reading", "transport_resume_reading",
               "transport_close", "call_later"}},
    {.id = "streams.pauses-inside",
     .run = pauses_inside,
     .rules = {"streams.pauses-inside"},
     .needs = {"create_connection", "transport_pause_reading", "transport_resume_reading",
               "transport_close", "call_later"}},
    {.id = "streams.hang-up-while-paused",
     .run = hang_up_while_paused,
     .rules = {"streams.hang-up-while-paused"},
     .needs = {"create_connection", "transport_pause_reading", "transport_resume_reading",
               "call_later"}},
};

CHECK_AREA_PART(streams, flow, definitions);
