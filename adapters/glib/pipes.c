/* SPDX-License-Identifier: MIT
 *
 * connect_read_pipe and connect_write_pipe: a GUnixInputStream, a GUnixOutputStream. Regular files
 * GIO would read in threads; it has no source for them, and they are refused. */
#include <fcntl.h>

#include "adapter.h"

static void start(struct operation *op)
{
    operation_turn(op, NULL);
}

static gboolean read_by(struct loop_transport *t, int fd)
{
    t->in = g_unix_input_stream_new(fd, FALSE);
    gboolean polled = g_pollable_input_stream_can_poll(G_POLLABLE_INPUT_STREAM(t->in));
    g_unix_input_stream_set_close_fd(G_UNIX_INPUT_STREAM(t->in), polled);
    return polled;
}

static gboolean write_by(struct loop_transport *t, int fd)
{
    t->out = g_unix_output_stream_new(fd, FALSE);
    gboolean polled = g_pollable_output_stream_can_poll(G_POLLABLE_OUTPUT_STREAM(t->out));
    g_unix_output_stream_set_close_fd(G_UNIX_OUTPUT_STREAM(t->out), polled);
    return polled;
}

/* GIO leaves the flags of a descriptor to its user. */
static loop_status connect_pipe(struct loop *loop, loop_fd fd, enum kind kind,
                                loop_protocol_factory factory, void *factory_arg,
                                loop_connected done, void *arg, struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (fd < 0 || fcntl((int)fd, F_GETFD) < 0)
        return LOOP_BADF;
    struct loop_transport *t = transport_make(loop, sizeof *t, kind);
    if (kind == READ_PIPE ? !read_by(t, (int)fd) : !write_by(t, (int)fd)) {
        transport_drop(t);
        return LOOP_VALUE;
    }
    g_unix_set_fd_nonblocking((int)fd, TRUE, NULL);
    struct operation *op = operation_make(loop, factory, factory_arg, arg);
    op->connected = done;
    op->transport = t;
    return operation_begin(op, start, handle);
}

loop_status glib_connect_read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                   void *factory_arg, loop_connected done, void *arg,
                                   struct loop_handle **handle)
{
    return connect_pipe(loop, fd, READ_PIPE, factory, factory_arg, done, arg, handle);
}

loop_status glib_connect_write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                    void *factory_arg, loop_connected done, void *arg,
                                    struct loop_handle **handle)
{
    return connect_pipe(loop, fd, WRITE_PIPE, factory, factory_arg, done, arg, handle);
}
