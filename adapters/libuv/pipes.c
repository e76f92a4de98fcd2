/* SPDX-License-Identifier: MIT
 *
 * connect_read_pipe and connect_write_pipe: uv_guess_handle says which stream libuv has for a
 * descriptor. */
#include "adapter.h"

void close_file(uv_file fd)
{
    uv_fs_t request;
    uv_fs_close(NULL, &request, fd, NULL);
    uv_fs_req_cleanup(&request);
}

/* uv_tty_init opens a terminal anew, and then the one that it was given is nobody's. */
static int open_tty(struct loop_transport *t, uv_file fd)
{
    uv_os_fd_t opened;
    int error = uv_tty_init(&t->loop->uv, &t->uv.tty, fd, 0);
    if (error == 0 && uv_fileno(&t->uv.any, &opened) == 0 && opened != fd)
        close_file(fd);
    return error;
}

/* libuv has no stream for a file; what is not even open, uv_fs_fstat tells. */
static loop_status refuse(struct loop *loop, uv_file fd)
{
    uv_fs_t request;
    int error = uv_fs_fstat(NULL, &request, fd, NULL);
    uv_fs_req_cleanup(&request);
    return error < 0 ? status_of(loop, error) : LOOP_VALUE;
}

static loop_status open_pipe(struct operation *op, struct loop_transport *t, uv_file fd)
{
    uv_loop_t *loop = &op->loop->uv;
    int error;

    switch (uv_guess_handle(fd)) {
    case UV_NAMED_PIPE:
        uv_pipe_init(loop, &t->uv.pipe, 0);
        op->transport = t;
        return status_of(op->loop, uv_pipe_open(&t->uv.pipe, fd));
    case UV_TCP:
        uv_tcp_init(loop, &t->uv.tcp);
        op->transport = t;
        return status_of(op->loop, uv_tcp_open(&t->uv.tcp, fd));
    case UV_TTY:
        error = open_tty(t, fd);
        if (error == 0)
            op->transport = t;
        else
            transport_drop(t);
        return status_of(op->loop, error);
    default:
        transport_drop(t);
        return refuse(op->loop, fd);
    }
}

static loop_status connect_pipe(struct loop *loop, loop_fd fd, enum kind kind,
                                loop_protocol_factory factory, void *factory_arg,
                                loop_connected done, void *arg, struct loop_handle **operation)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct operation *op = operation_make(loop, factory, factory_arg, arg, operation != NULL);
    if (op == NULL)
        return LOOP_NO_MEMORY;
    op->connected = done;
    struct loop_transport *t = transport_make(loop, sizeof *t, kind);
    loop_status status = t == NULL ? LOOP_NO_MEMORY : open_pipe(op, t, (uv_file)fd);
    if (status != LOOP_OK)
        return operation_discard(op, status);
    return operation_begin(op, operation_made, operation);
}

loop_status libuv_connect_read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                    void *factory_arg, loop_connected done, void *arg,
                                    struct loop_handle **operation)
{
    return connect_pipe(loop, fd, READ_PIPE, factory, factory_arg, done, arg, operation);
}

loop_status libuv_connect_write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                     void *factory_arg, loop_connected done, void *arg,
                                     struct loop_handle **operation)
{
    return connect_pipe(loop, fd, WRITE_PIPE, factory, factory_arg, done, arg, operation);
}
