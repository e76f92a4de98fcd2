/* SPDX-License-Identifier: MIT
 *
 * How do bytes come and go? As much as the system gives or takes at once, one call an iteration, so
 * that no connection starves another. */
#include "transport.h"

#include <stdlib.h>

static void at_end(struct loop_transport *t)
{
    int keep_open = 0;

    t->eof_read = true;
    transport_read_or_not(t);
    if (t->protocol.eof_received)
        keep_open = t->protocol.eof_received(t->protocol.user);
    if (!keep_open)
        loop_transport_close(t);
}

void stream_start(struct loop_transport *t)
{
    transport_read_or_not(t);
}

void stream_readable(struct loop_transport *t)
{
    void *scratch = loop_scratch(t->loop);
    size_t count = 0;
    int error;

    if (!scratch) {
        transport_lose(t, LOOP_NO_MEMORY);
        return;
    }
    error = t->carrier->receive(t, scratch, SCRATCH_SIZE, &count);
    if (error != 0) {
        if (status_of(error) != LOOP_AGAIN)
            transport_lose(t, loop_fail(t->loop, error));
    } else if (count == 0) {
        at_end(t);
    } else if (t->protocol.data_received) {
        t->protocol.data_received(t->protocol.user, scratch, count);
    }
}

static void flushed(struct loop_transport *t)
{
    transport_watch(t, WRITER, false);
    if (t->closing)
        transport_flushed(t);
    else if (t->eof_written)
        t->kind->write_eof(t);
}

void stream_writable(struct loop_transport *t)
{
    size_t count = 0;
    int error = t->carrier->send(t, t->out.block + t->out.start, t->out.length, &count);

    if (error != 0) {
        if (status_of(error) != LOOP_AGAIN)
            transport_lose(t, loop_fail(t->loop, error));
        return;
    }
    buffer_take(&t->out, count);
    t->queued = t->out.length;
    transport_flow(t);
    if (t->queued == 0)
        flushed(t);
}

/* A failure is not the writer's to hear: the protocol is told that the connection is lost. */
loop_status stream_put(struct loop_transport *t, const void *data, size_t length)
{
    size_t sent = 0;
    int error = 0;

    if (t->queued == 0)
        error = t->carrier->send(t, data, length, &sent);
    if (error != 0 && status_of(error) != LOOP_AGAIN) {
        transport_lose(t, loop_fail(t->loop, error));
        return LOOP_OK;
    }
    if (sent == length)
        return LOOP_OK;
    if (!buffer_add(&t->out, (const char *)data + sent, length - sent)) {
        transport_lose(t, LOOP_NO_MEMORY);
        return LOOP_OK;
    }
    t->queued = t->out.length;
    transport_watch(t, WRITER, true);
    transport_flow(t);
    return LOOP_OK;
}

static void write_eof(struct loop_transport *t)
{
    socket_shutdown_write(t->fd);
}

static const struct transport_kind kind = {
    .is_socket = true,
    .reads = true,
    .start = stream_start,
    .readable = stream_readable,
    .writable = stream_writable,
    .write = stream_put,
    .write_eof = write_eof,
};

struct loop_transport *stream_make(struct loop *loop, loop_fd fd,
                                   const struct loop_protocol *protocol)
{
    struct loop_transport *t =
        transport_make(loop, sizeof *t, &kind, loop->io->streams, fd, protocol);

    if (!t)
        return NULL;
    socket_names(fd, &t->local, &t->remote);
    if (address_family(&t->local) != LOOP_ADDRESS_UNIX)
        socket_set_no_delay(fd); /* a socket that has no such option needs none */
    return t;
}
