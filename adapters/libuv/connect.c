/* SPDX-License-Identifier: MIT
 *
 * Connections: uv_tcp_connect and uv_pipe_connect, or a socket that is connected already. */
#include "adapter.h"

static void on_connected(uv_connect_t *connect, int error)
{
    struct operation *op = connect->data;
    op->connecting = 0;
    if (error < 0)
        operation_end(op, status_of(op->loop, error));
    else
        operation_made(op);
}

static void start_tcp(struct operation *op)
{
    struct loop_transport *t = transport_make(op->loop, sizeof *t, CONNECTION);
    int error = 0;

    if (t == NULL) {
        operation_end(op, LOOP_NO_MEMORY);
        return;
    }
    op->transport = t;
    uv_tcp_init(&op->loop->uv, &t->uv.tcp);
    if (op->local.given)
        error = uv_tcp_bind(&t->uv.tcp, (struct sockaddr *)&op->local.address, 0);
    if (error == 0)
        error = uv_tcp_connect(&op->connect, &t->uv.tcp, (struct sockaddr *)&op->remote.address,
                               on_connected);
    op->connecting = error == 0;
    if (error < 0)
        operation_end(op, status_of(op->loop, error));
}

static void start_pipe(struct operation *op)
{
    struct loop_transport *t = transport_make(op->loop, sizeof *t, CONNECTION);
    if (t == NULL) {
        operation_end(op, LOOP_NO_MEMORY);
        return;
    }
    op->transport = t;
    op->connecting = 1;
    uv_pipe_init(&op->loop->uv, &t->uv.pipe, 0);
    uv_pipe_connect(&op->connect, &t->uv.pipe, op->path, on_connected);
}

static loop_status take_over(struct operation *op, loop_fd sock, int tcp)
{
    struct loop_transport *t = transport_make(op->loop, sizeof *t, CONNECTION);
    if (t == NULL)
        return LOOP_NO_MEMORY;
    op->transport = t;
    if (tcp) {
        uv_tcp_init(&op->loop->uv, &t->uv.tcp);
        return status_of(op->loop, uv_tcp_open(&t->uv.tcp, (uv_os_sock_t)sock));
    }
    uv_pipe_init(&op->loop->uv, &t->uv.pipe, 0);
    return status_of(op->loop, uv_pipe_open(&t->uv.pipe, (uv_file)sock));
}

loop_status libuv_create_connection(struct loop *loop,
                                    const struct loop_connection_options *options,
                                    loop_protocol_factory factory, void *factory_arg,
                                    loop_connected done, void *arg, struct loop_handle **operation)
{
    int has_sock = options->sock != LOOP_NO_FD;
    if (loop->closed)
        return LOOP_CLOSED;
    if (address_is_given(&options->remote) == has_sock)
        return LOOP_VALUE;
    struct operation *op = operation_make(loop, factory, factory_arg, arg, operation != NULL);
    if (op == NULL)
        return LOOP_NO_MEMORY;
    op->connected = done;
    loop_status status;
    if (has_sock)
        status = take_over(op, options->sock, 1);
    else
        status = operation_address(op, &op->remote, &options->remote, 0, SOCK_STREAM);
    if (status == LOOP_OK && !has_sock)
        status = operation_address(op, &op->local, options->local, 1, SOCK_STREAM);
    if (status != LOOP_OK)
        return operation_discard(op, status);
    return operation_begin(op, has_sock ? operation_made : start_tcp, operation);
}

/* libuv cannot connect a pipe that was bound. */
loop_status libuv_create_unix_connection(struct loop *loop,
                                         const struct loop_connection_options *options,
                                         loop_protocol_factory factory, void *factory_arg,
                                         loop_connected done, void *arg,
                                         struct loop_handle **operation)
{
    int has_sock = options->sock != LOOP_NO_FD;
    if (loop->closed)
        return LOOP_CLOSED;
    if ((options->remote.path != NULL) == has_sock)
        return LOOP_VALUE;
    if (options->local != NULL)
        return LOOP_NOT_IMPLEMENTED;
    struct operation *op = operation_make(loop, factory, factory_arg, arg, operation != NULL);
    if (op == NULL)
        return LOOP_NO_MEMORY;
    op->connected = done;
    loop_status status =
        has_sock ? take_over(op, options->sock, 0) : path_of(&options->remote, &op->path);
    if (status != LOOP_OK)
        return operation_discard(op, status);
    return operation_begin(op, has_sock ? operation_made : start_pipe, operation);
}
