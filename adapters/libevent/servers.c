/* SPDX-License-Identifier: MIT
 *
 * Servers: an evconnlistener each. It knows nothing of the connections that it accepted, so there
 * is no server_wait_closed; nor of a Unix socket's file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "adapter.h"

static void on_connection(struct evconnlistener *listener, evutil_socket_t fd,
                          struct sockaddr *from, int length, void *arg)
{
    struct loop_server *server = arg;
    struct loop_transport *t = transport_make(server->loop, fd);
    (void)listener;
    (void)from;
    (void)length;
    if (t == NULL)
        evutil_closesocket(fd);
    else if (transport_begin(t, server->factory, server->factory_arg) != LOOP_OK)
        transport_lose(t, LOOP_OK);
}

static void on_error(struct evconnlistener *listener, void *arg)
{
    struct loop *loop = ((struct loop_server *)arg)->loop;
    int os_error = EVUTIL_SOCKET_ERROR();
    struct loop_exception_context context = {.size = sizeof context,
                                             .status = failure(loop, os_error),
                                             .message = evutil_socket_error_to_string(os_error)};
    (void)listener;
    loop->handler(loop->handler_arg, &context);
}

/* Without an error callback libevent logs. */
static void choose_error_callback(struct loop_server *server)
{
    evconnlistener_set_error_cb(server->listener, server->loop->handler != NULL ? on_error : NULL);
}

loop_status libevent_set_exception_handler(struct loop *loop, loop_exception_handler handler,
                                           void *arg)
{
    struct loop_server *server;
    if (loop->closed)
        return LOOP_CLOSED;
    loop->handler = handler;
    loop->handler_arg = arg;
    LIST_FOREACH(server, &loop->servers, entries)
    {
        choose_error_callback(server);
    }
    return LOOP_OK;
}

static struct evconnlistener *listen_at(struct loop_server *server,
                                        const struct loop_server_options *options,
                                        const struct address *local)
{
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC;
    int backlog = options->backlog == 0 ? 100 : (int)options->backlog;

    if (local->length == 0) {
        evutil_make_socket_nonblocking((evutil_socket_t)options->sock);
        return evconnlistener_new(server->loop->base, on_connection, server, flags, backlog,
                                  (evutil_socket_t)options->sock);
    }
    if (local->storage.ss_family != AF_UNIX)
        flags |= LEV_OPT_REUSEABLE;
    if (options->flags & LOOP_REUSE_PORT)
        flags |= LEV_OPT_REUSEABLE_PORT;
    return evconnlistener_new_bind(server->loop->base, on_connection, server, flags, backlog,
                                   (const struct sockaddr *)&local->storage, local->length);
}

static struct loop_server *make(struct operation *op, const struct loop_server_options *options,
                                const struct address *local)
{
    struct loop_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return NULL;
    server->loop = op->loop;
    server->factory = op->factory;
    server->factory_arg = op->factory_arg;
    server->listener = listen_at(server, options, local);
    if (server->listener == NULL) {
        free(server);
        return NULL;
    }
    choose_error_callback(server);
    LIST_INSERT_HEAD(&op->loop->servers, server, entries);
    return server;
}

static loop_status begin(struct loop *loop, const struct loop_server_options *options,
                         const struct address *local, loop_protocol_factory factory,
                         void *factory_arg, loop_serving done, void *arg,
                         struct loop_handle **operation)
{
    struct operation *op = operation_make(loop, factory, factory_arg, arg, operation != NULL);
    if (op == NULL)
        return LOOP_NO_MEMORY;
    op->serving = done;
    errno = 0;
    op->server = make(op, options, local);
    if (op->server == NULL)
        return operation_discard(op, failure(loop, errno));
    operation_turn(op, LOOP_OK);
    return operation_begun(op, operation);
}

/* It binds to a struct sockaddr, and looks no name up. */
loop_status libevent_create_server(struct loop *loop, const struct loop_server_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_serving done, void *arg, struct loop_handle **operation)
{
    int given = options->sock != LOOP_NO_FD;
    struct address local = {.length = 0};

    if (loop->closed)
        return LOOP_CLOSED;
    if (given && address_is_given(&options->local))
        return LOOP_VALUE;
    loop_status status = given ? LOOP_OK : address_of(&options->local, 1, &local);
    if (status != LOOP_OK)
        return status;
    return begin(loop, options, &local, factory, factory_arg, done, arg, operation);
}

loop_status libevent_create_unix_server(struct loop *loop,
                                        const struct loop_server_options *options,
                                        loop_protocol_factory factory, void *factory_arg,
                                        loop_serving done, void *arg,
                                        struct loop_handle **operation)
{
    int given = options->sock != LOOP_NO_FD;
    struct address local = {.length = 0};

    if (loop->closed)
        return LOOP_CLOSED;
    if ((options->local.path != NULL) == given)
        return LOOP_VALUE;
    loop_status status = given ? LOOP_OK : address_of_path(&options->local, &local);
    if (status != LOOP_OK)
        return status;
    return begin(loop, options, &local, factory, factory_arg, done, arg, operation);
}

void libevent_server_close(struct loop_server *server)
{
    if (server->listener == NULL)
        return;
    LIST_REMOVE(server, entries);
    evconnlistener_free(server->listener);
    server->listener = NULL;
}

int libevent_server_is_serving(struct loop_server *server)
{
    return server->listener != NULL;
}

loop_status libevent_server_get_sockname(struct loop_server *server, size_t index,
                                         void (*receive)(void *arg, const struct loop_address *),
                                         void *arg)
{
    if (index > 0 || server->listener == NULL)
        return LOOP_NOT_FOUND;
    return address_tell(server->loop, evconnlistener_get_fd(server->listener), getsockname, receive,
                        arg);
}

void libevent_server_release(struct loop_server *server)
{
    libevent_server_close(server);
    free(server);
}

void discard_servers(struct loop *loop)
{
    while (!LIST_EMPTY(&loop->servers))
        libevent_server_close(LIST_FIRST(&loop->servers));
}
