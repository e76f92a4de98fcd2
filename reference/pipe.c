/* SPDX-License-Identifier: MIT
 *
 * What is a pipe to the loop? A stream of one direction: its end ends the transport, and who writes
 * learns that the reader has gone. */
#include "pipe.h"

#include <stdlib.h>

/* ---- the two kinds */

static void at_end(struct loop_transport *t)
{
    t->eof_read = true;
    transport_read_or_not(t);
    if (t->protocol.eof_received)
        t->protocol.eof_received(t->protocol.user); /* nothing is left to be kept open */
    transport_lose(t, LOOP_OK);
}

static void reader_readable(struct loop_transport *t)
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

static const struct transport_kind reader_kind = {
    .reads = true,
    .start = stream_start,
    .readable = reader_readable,
};

static void writer_start(struct loop_transport *t)
{
    if (pipe_tells_of_reader(t->fd))
        transport_watch(t, READER, true);
}

static void writer_readable(struct loop_transport *t)
{
    if (pipe_reader_gone(t))
        transport_lose(t, t->queued > 0 ? LOOP_PIPE : LOOP_OK);
    else
        transport_watch(t, READER, false); /* from now on only a write can tell */
}

static const struct transport_kind writer_kind = {
    .eof_closes = true,
    .start = writer_start,
    .readable = writer_readable,
    .writable = stream_writable,
    .write = stream_put,
};

struct loop_transport *pipe_reader_make(struct loop *loop, loop_fd fd,
                                        const struct loop_protocol *protocol)
{
    return transport_make(loop, sizeof(struct loop_transport), &reader_kind, &pipe_carrier, fd,
                          protocol);
}

struct loop_transport *pipe_writer_make(struct loop *loop, loop_fd fd,
                                        const struct loop_protocol *protocol)
{
    return transport_make(loop, sizeof(struct loop_transport), &writer_kind, &pipe_carrier, fd,
                          protocol);
}

/* ---- connect_read_pipe, connect_write_pipe */

struct connecting {
    struct operation base;
    enum direction direction;
    enum pipe_sort sort;
    loop_fd fd;
};

static void undo(struct operation *operation)
{
    struct connecting *c = (struct connecting *)operation;

    if (c->fd != LOOP_NO_FD)
        descriptor_close(c->fd);
    c->fd = LOOP_NO_FD;
}

/* What cannot be waited for never keeps a writer waiting. */
static loop_status refusal_of_device(const struct connecting *c)
{
    return c->direction == READER && !device_can_wait(c->fd) ? LOOP_PERM : LOOP_OK;
}

static loop_status refusal_of_pipe(const struct connecting *c)
{
    const char *operation = c->direction == READER ? "connect_read_pipe" : "connect_write_pipe";

    return pipe_overlaps(c->fd) ? LOOP_OK
                                : limits_refusal(c->base.loop, operation, "not-overlapped");
}

static loop_status prepare(const struct connecting *c)
{
    loop_status status;
    int error;

    if (c->sort == PIPE_NEITHER)
        return LOOP_VALUE;
    status = c->sort == PIPE_DEVICE ? refusal_of_device(c) : refusal_of_pipe(c);
    if (status != LOOP_OK)
        return status;
    error = pipe_adopt(c->base.loop, c->fd);
    return error == 0 ? LOOP_OK : loop_fail(c->base.loop, error);
}

static void make_transport(struct operation *operation)
{
    struct connecting *c = (struct connecting *)operation;
    struct loop_protocol protocol;
    struct loop_transport *transport;
    loop_status status = operation_protocol(operation, &protocol);

    if (status == LOOP_OK)
        status = prepare(c);
    if (status != LOOP_OK) {
        operation_end(operation, status);
        return;
    }
    transport = (c->direction == READER ? pipe_reader_make : pipe_writer_make)(operation->loop,
                                                                               c->fd, &protocol);
    if (!transport) {
        operation_end(operation, LOOP_NO_MEMORY);
        return;
    }
    c->fd = LOOP_NO_FD;
    transport_begin(transport, operation);
}

static loop_status connect_pipe(struct loop *loop, enum direction direction, loop_fd fd,
                                loop_protocol_factory factory, void *factory_arg,
                                loop_connected done, void *arg, struct loop_handle **ticket)
{
    enum pipe_sort sort = PIPE_NEITHER;
    struct connecting *c;
    int error;

    if (loop->closed)
        return LOOP_CLOSED;
    if (fd < 0)
        return LOOP_VALUE;
    error = pipe_sort(fd, &sort);
    if (error != 0)
        return loop_fail(loop, error);
    if (transports_own(loop, fd, direction))
        return LOOP_RUNTIME;
    c = (struct connecting *)operation_make(loop, sizeof *c, undo);
    if (!c)
        return LOOP_NO_MEMORY;
    c->base.factory = factory;
    c->base.factory_arg = factory_arg;
    c->base.connected = done;
    c->base.arg = arg;
    c->direction = direction;
    c->sort = sort;
    c->fd = fd;
    operation_next(&c->base, make_transport);
    operation_start(&c->base, ticket);
    return LOOP_OK;
}

loop_status loop_connect_read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                   void *factory_arg, loop_connected done, void *arg,
                                   struct loop_handle **operation)
{
    return connect_pipe(loop, READER, fd, factory, factory_arg, done, arg, operation);
}

loop_status loop_connect_write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                    void *factory_arg, loop_connected done, void *arg,
                                    struct loop_handle **operation)
{
    return connect_pipe(loop, WRITER, fd, factory, factory_arg, done, arg, operation);
}
