/* SPDX-License-Identifier: MIT
 *
 * Servers: a GSocketService of one socket. It knows nothing of the connections that it accepted, so
 * there is no server_wait_closed; nor of a Unix socket's file. */
#include "adapter.h"

struct loop_server {
    struct owner owner;
    struct loop *loop;
    GSocketService *service;
    GSocket *socket;
    loop_protocol_factory factory;
    void *factory_arg;
};

static gboolean on_incoming(GSocketService *service, GSocketConnection *connection, GObject *source,
                            gpointer data)
{
    struct loop_server *server = data;
    struct loop_transport *t = stream_make(server->loop, g_object_ref(connection));
    (void)service;
    (void)source;
    if (transport_begin(t, server->factory, server->factory_arg) != LOOP_OK)
        transport_discard(t);
    return TRUE;
}

static void shut(struct owner *owner)
{
    glib_server_close((struct loop_server *)owner);
}

static struct loop_server *make(struct operation *op)
{
    struct loop_server *server = g_new0(struct loop_server, 1);
    server->loop = op->loop;
    server->service = g_socket_service_new();
    server->socket = g_steal_pointer(&op->socket);
    server->factory = op->factory;
    server->factory_arg = op->factory_arg;
    g_signal_connect(server->service, "incoming", G_CALLBACK(on_incoming), server);
    own(&server->owner, op->loop, shut);
    return server;
}

static GSocket *bind_to(GSocketAddress *local, GError **error)
{
    GSocket *socket = g_socket_new(g_socket_address_get_family(local), G_SOCKET_TYPE_STREAM,
                                   G_SOCKET_PROTOCOL_DEFAULT, error);
    if (socket != NULL && !g_socket_bind(socket, local, TRUE, error))
        g_clear_object(&socket);
    return socket;
}

/* What g_socket_listener_add_address does for an address, which hides the socket's port. */
static void start(struct operation *op)
{
    GError *error = NULL;
    if (op->socket == NULL)
        op->socket = bind_to(op->local, &error);
    if (op->socket != NULL) {
        op->server = make(op);
        g_socket_set_listen_backlog(op->server->socket, op->backlog);
        if (g_socket_listen(op->server->socket, &error))
            g_socket_listener_add_socket(G_SOCKET_LISTENER(op->server->service), op->server->socket,
                                         NULL, &error);
    }
    operation_turn(op, error);
}

static loop_status serve(struct loop *loop, const struct loop_server_options *options,
                         loop_protocol_factory factory, void *factory_arg, loop_serving done,
                         void *arg, struct loop_handle **handle)
{
    struct operation *op = operation_make(loop, factory, factory_arg, arg);
    op->serving = done;
    op->backlog = options->backlog == 0 ? 100 : (int)options->backlog;
    loop_status status = options->sock != LOOP_NO_FD
                             ? operation_socket(op, options->sock)
                             : operation_address(op, &op->local, &options->local, 1);
    if (status != LOOP_OK)
        return operation_discard(op, status);
    return operation_begin(op, start, handle);
}

/* GIO shares the ports of datagrams alone: g_socket_bind takes SO_REUSEPORT away from a stream. */
loop_status glib_create_server(struct loop *loop, const struct loop_server_options *options,
                               loop_protocol_factory factory, void *factory_arg, loop_serving done,
                               void *arg, struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (options->sock != LOOP_NO_FD && address_is_given(&options->local))
        return LOOP_VALUE;
    if (options->flags & LOOP_REUSE_PORT)
        return LOOP_NOT_IMPLEMENTED;
    return serve(loop, options, factory, factory_arg, done, arg, handle);
}

loop_status glib_create_unix_server(struct loop *loop, const struct loop_server_options *options,
                                    loop_protocol_factory factory, void *factory_arg,
                                    loop_serving done, void *arg, struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if ((options->local.path != NULL) == (options->sock != LOOP_NO_FD))
        return LOOP_VALUE;
    return serve(loop, options, factory, factory_arg, done, arg, handle);
}

/* A service that is active accepts again after an error, also that its socket is closed. */
void glib_server_close(struct loop_server *server)
{
    g_socket_service_stop(server->service);
    g_socket_listener_close(G_SOCKET_LISTENER(server->service));
    g_socket_close(server->socket, NULL);
}

int glib_server_is_serving(struct loop_server *server)
{
    return !g_socket_is_closed(server->socket);
}

loop_status glib_server_get_sockname(struct loop_server *server, size_t index, receiver receive,
                                     void *arg)
{
    return index > 0 ? LOOP_NOT_FOUND : tell_sockname(server->socket, receive, arg);
}

void glib_server_release(struct loop_server *server)
{
    glib_server_close(server);
    g_signal_handlers_disconnect_by_data(server->service, server);
    g_object_unref(server->service);
    g_object_unref(server->socket);
    disown(&server->owner);
    g_free(server);
}
