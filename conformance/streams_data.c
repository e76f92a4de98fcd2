/* SPDX-License-Identifier: MIT
 *
 * Bytes: what is written arrives, all of it, in order, once. */
#include "streams.h"

#include <string.h>

static void echo(struct endpoint *e, const void *data, size_t length)
{
    stream_write(e, data, length);
}

static void sets_echo(struct endpoint *e)
{
    e->on_data = echo;
}

static void echoes(struct check *c)
{
    struct stream_ends ends = stream_ends_of(c, stream_serve(c, sets_echo));

    for (size_t round = 1; round <= 20; round++) {
        stream_write(ends.client, pattern_new(c, 20 * 5) + (round - 1) * 5, 5);
        AWAIT_BYTES(ends.client, round * 5);
    }
    EXPECT_PATTERN(ends.server, 100);
    EXPECT_PATTERN(ends.client, 100);
    stream_finish(ends.client);
}

static void megabytes(struct check *c)
{
    struct stream_ends ends = stream_ends(c);
    size_t size = 4 * MEGABYTE;
    unsigned char *bytes = pattern_new(c, size);

    stream_write(ends.client, bytes, size);
    stream_write(ends.server, bytes, size);
    AWAIT_BYTES(ends.client, size);
    AWAIT_BYTES(ends.server, size);
    EXPECT_PATTERN(ends.client, size);
    EXPECT_PATTERN(ends.server, size);
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "bytes still buffered", stream_buffered(ends.client), 0);
    stream_finish(ends.client);
}

static void slow_reader(struct check *c)
{
    const size_t piece = 10000, size = 300 * piece;
    loop_fd peer;
    struct endpoint *e = stream_narrow(c, &peer);
    struct peer *p = peer_start(c, peer);
    unsigned char *bytes = pattern_new(c, size);

    p->per_tick = 64 * 1024;
    for (size_t offset = 0; offset < size; offset += piece)
        stream_write(e, bytes + offset, piece);
    EXPECT(c, stream_buffered(e) > 0, "3 MB were written, and nothing is buffered");
    PEER_RECEIVE(p, size);
    PEER_EXPECT_PATTERN(p, size);
    stream_finish(e);
}

static void small_writes(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);
    struct peer *p = peer_start(c, peer);
    unsigned char *bytes = pattern_new(c, 5000 * 17);
    size_t sent = 0;

    for (size_t i = 0; i < 5000; i++) {
        stream_write(e, bytes + sent, 1 + i % 17);
        sent += 1 + i % 17;
    }
    PEER_RECEIVE(p, sent);
    PEER_EXPECT_PATTERN(p, sent);
    stream_finish(e);
}

static void nothing_written(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_to_peer(c, &peer);
    struct peer *p = peer_start(c, peer);

    stream_write(e, "", 0);
    stream_say(e, "a");
    stream_write(e, "", 0);
    PEER_RECEIVE(p, 1);
    RUN_ITERATIONS(c, 5);
    EXPECT_INT(c, "bytes still buffered", stream_buffered(e), 0);
    stream_say(e, "b");
    PEER_RECEIVE(p, 2);
    PEER_EXPECT_TEXT(p, "ab");
    EXPECT(c, !p->ended, "a write of nothing ended the connection");
    stream_finish(e);
}

static void copies(struct check *c)
{
    loop_fd peer;
    struct endpoint *e = stream_narrow(c, &peer);
    struct peer *p = peer_start(c, peer);
    const size_t size = 2 * MEGABYTE - 1;
    unsigned char *bytes = pattern_new(c, size);

    stream_write(e, bytes, size);
    memset(bytes, 'x', size);
    PEER_RECEIVE(p, size);
    PEER_EXPECT_PATTERN(p, size);
    stream_finish(e);
}

static void buffer_size(struct check *c)
{
    loop_fd peer;
    size_t filled;
    struct endpoint *e = stream_full(c, &peer, &filled);
    unsigned char *bytes = pattern_new(c, MEGABYTE);

    EXPECT_INT(c, "bytes buffered at first", stream_buffered(e), 0);
    for (int i = 0; i < 64; i++)
        stream_write(e, bytes, MEGABYTE / 64);
    RUN_ITERATIONS(c, 3);
    EXPECT(c, stream_buffered(e) > 0 && stream_buffered(e) <= MEGABYTE,
           "1 MB was written to a full socket, and %zu bytes are buffered", stream_buffered(e));
    struct peer *p = peer_start(c, peer);
    PEER_RECEIVE(p, filled + MEGABYTE);
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "bytes buffered when all was sent", stream_buffered(e), 0);
    stream_finish(e);
}

static const struct check_definition definitions[] = {
    {.id = "streams.echoes",
     .run = echoes,
     .rules = {"streams.echoes"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "transport_write",
               "transport_close"}},
    {.id = "streams.megabytes",
     .run = megabytes,
     .rules = {"streams.megabytes"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "transport_write",
               "transport_get_write_buffer_size", "transport_close"}},
    {.id = "streams.slow-reader",
     .run = slow_reader,
     .rules = {"streams.slow-reader"},
     .needs = {"create_connection", "transport_write", "transport_get_write_buffer_size",
               "transport_close", "call_later"}},
    {.id = "streams.small-writes",
     .run = small_writes,
     .rules = {"streams.small-writes"},
     .needs = {"create_connection", "transport_write", "transport_close", "call_later"}},
    {.id = "streams.nothing-written",
     .run = nothing_written,
     .rules = {"streams.nothing-written"},
     .needs = {"create_connection", "transport_write", "transport_get_write_buffer_size",
               "transport_close", "call_later"}},
    {.id = "streams.copies",
     .run = copies,
     .rules = {"streams.copies"},
     .needs = {"create_connection", "transport_write", "transport_close", "call_later"}},
    {.id = "streams.buffer-size",
     .run = buffer_size,
     .rules = {"streams.buffer-size"},
     .needs = {"create_connection", "transport_write", "transport_get_write_buffer_size",
               "transport_close", "call_later"}},
};

CHECK_AREA_PART(streams, data, definitions);
