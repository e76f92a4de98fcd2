/* SPDX-License-Identifier: MIT
 *
 * Servers: one uv_tcp_t or uv_pipe_t that listens. libuv knows nothing of a server's connections,
 * so there is no server_wait_closed. */
#include <stdlib.h>

#include "adapter.h"

static void drop(struct loop_server *server)
{
    if (--server->references == 0)
        free(server);
}

static void on_closed(uv_handle_t *handle)
{
    drop(handle->data);
}

static void close_handle(uv_handle_t *handle)
{
    uv_close(handle, on_closed);
}

static struct loop_server *make(struct operation *op, int tcp)
{
    struct loop_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return NULL;
    server->owner.close = close_handle;
    server->loop = op->loop;
    server->factory = op->factory;
    server->factory_arg = op->factory_arg;
    server->references = 1;
    server->uv.any.data = server;
    if (tcp)
        uv_tcp_init(&op->loop->uv, &server->uv.tcp);
    else
        uv_pipe_init(&op->loop->uv, &server->uv.pipe, 0);
    return server;
}

/* libuv tells here too that it could not accept. */
static void on_connection(uv_stream_t *stream, int error)
{
    struct loop_server *server = stream->data;
    struct loop *loop = server->loop;
    struct loop_transport *t = NULL;

    if (error == 0)
        t = transport_make(loop, sizeof *t, CONNECTION);
    else
        report(loop, error);
    if (t == NULL)
        return;
    if (uv_handle_get_type(&server->uv.any) == UV_TCP)
        uv_tcp_init(&loop->uv, &t->uv.tcp);
    else
        uv_pipe_init(&loop->uv, &t->uv.pipe, 0);
    if (uv_accept(stream, &t->uv.stream) < 0 ||
        transport_begin(t, server->factory, server->factory_arg) != LOOP_OK)
        transport_discard(t);
}

static void listen_now(struct operation *op, int error)
{
    if (error == 0)
        error = uv_listen(&op->server->uv.stream, op->backlog, on_connection);
    operation_end(op, status_of(op->loop, error));
}

static void start_given(struct operation *op)
{
    listen_now(op, 0);
}

static void start_tcp(struct operation *op)
{
    op->server = make(op, 1);
    if (op->server == NULL)
        operation_end(op, LOOP_NO_MEMORY);
    else
        listen_now(op, uv_tcp_bind(&op->server->uv.tcp, (struct sockaddr *)&op->local.address, 0));
}

static void start_pipe(struct operation *op)
{
    op->server = make(op, 0);
    if (op->server == NULL)
        operation_end(op, LOOP_NO_MEMORY);
    else
        listen_now(op, uv_pipe_bind(&op->server->uv.pipe, op->path));
}

static loop_status take_over(struct operation *op, loop_fd sock, int tcp)
{
    op->server = make(op, tcp);
    if (op->server == NULL)
        return LOOP_NO_MEMORY;
    int error = tcp ? uv_tcp_open(&op->server->uv.tcp, (uv_os_sock_t)sock)
                    : uv_pipe_open(&op->server->uv.pipe, (uv_file)sock);
    return status_of(op->loop, error);
}

static struct operation *make_operation(struct loop *loop,
                                        const struct loop_server_options *options,
                                        loop_protocol_factory factory, void *factory_arg,
                                        loop_serving done, void *arg, int wanted)
{
    struct operation *op = operation_make(loop, factory, factory_arg, arg, wanted);
    if (op == NULL)
        return NULL;
    op->serving = done;
    op->backlog = options->backlog == 0 ? 100 : (int)options->backlog;
    return op;
}

/* libuv 1.44 always sets SO_REUSEADDR, and never SO_REUSEPORT. */
loop_status libuv_create_server(struct loop *loop, const struct loop_server_options *options,
                                loop_protocol_factory factory, void *factory_arg, loop_serving done,
                                void *arg, struct loop_handle **operation)
{
    int has_sock = options->sock != LOOP_NO_FD;
    if (loop->closed)
        return LOOP_CLOSED;
    if (has_sock && address_is_given(&options->local))
        return LOOP_VALUE;
    if (options->flags & LOOP_REUSE_PORT)
        return LOOP_NOT_IMPLEMENTED;
    struct operation *op =
        make_operation(loop, options, factory, factory_arg, done, arg, operation != NULL);
    if (op == NULL)
        return LOOP_NO_MEMORY;
    loop_status status;
    if (has_sock)
        status = take_over(op, options->sock, 1);
    else
        status = operation_address(op, &op->local, &options->local, 1, SOCK_STREAM);
    if (status != LOOP_OK)
        return operation_discard(op, status);
    return operation_begin(op, has_sock ? start_given : start_tcp, operation);
}

loop_status libuv_create_unix_server(struct loop *loop, const struct loop_server_options *options,
                                     loop_protocol_factory factory, void *factory_arg,
                                     loop_serving done, void *arg, struct loop_handle **operation)
{
    int has_sock = options->sock != LOOP_NO_FD;
    if (loop->closed)
        return LOOP_CLOSED;
    if ((options->local.path != NULL) == has_sock)
        return LOOP_VALUE;
    struct operation *op =
        make_operation(loop, options, factory, factory_arg, done, arg, operation != NULL);
    if (op == NULL)
        return LOOP_NO_MEMORY;
    loop_status status =
        has_sock ? take_over(op, options->sock, 0) : path_of(&options->local, &op->path);
    if (status != LOOP_OK)
        return operation_discard(op, status);
    return operation_begin(op, has_sock ? start_given : start_pipe, operation);
}

void libuv_server_close(struct loop_server *server)
{
    if (!uv_is_closing(&server->uv.any))
        uv_close(&server->uv.any, on_closed);
}

int libuv_server_is_serving(struct loop_server *server)
{
    return !uv_is_closing(&server->uv.any);
}

loop_status libuv_server_get_sockname(struct loop_server *server, size_t index,
                                      void (*receive)(void *arg, const struct loop_address *),
                                      void *arg)
{
    if (index > 0)
        return LOOP_NOT_FOUND;
    return status_of(server->loop, tell_sockname(&server->uv.any, receive, arg));
}

void libuv_server_release(struct loop_server *server)
{
    libuv_server_close(server);
    drop(server);
}
