/* SPDX-License-Identifier: MIT
 *
 * Connections: GSocketClient, which looks names up and tries each address, or a GSocket that is
 * connected already. */
#include "adapter.h"

static void on_connected(GObject *client, GAsyncResult *result, gpointer data)
{
    struct operation *op = data;
    GError *error = NULL;
    GSocketConnection *connection =
        g_socket_client_connect_finish(G_SOCKET_CLIENT(client), result, &error);
    if (connection != NULL)
        op->transport = stream_make(op->loop, connection);
    operation_end(op, status_of(error));
}

static void start(struct operation *op)
{
    GSocketClient *client = g_socket_client_new();
    g_socket_client_set_enable_proxy(client, FALSE);
    g_socket_client_set_family(client, op->family);
    g_socket_client_set_local_address(client, op->local);
    g_socket_client_connect_async(client, op->connectable, op->cancellable, on_connected, op);
    g_object_unref(client);
}

static void take_over(struct operation *op)
{
    op->transport =
        stream_make(op->loop, g_socket_connection_factory_create_connection(op->socket));
    operation_turn(op, NULL);
}

/* A name is GSocketClient's to look up, in the family that it is told. */
static loop_status remote_of(struct operation *op, const struct loop_address *remote)
{
    GSocketAddress *found = NULL;
    loop_status status = address_of(remote, 0, &found);
    if (status == LOOP_NAME_NOT_RESOLVED) {
        op->connectable = g_network_address_new(remote->host, (guint16)remote->port);
        op->family = family_of(remote->family);
        return LOOP_OK;
    }
    op->connectable = G_SOCKET_CONNECTABLE(found);
    return status;
}

loop_status glib_create_connection(struct loop *loop, const struct loop_connection_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **handle)
{
    int given = options->sock != LOOP_NO_FD;

    if (loop->closed)
        return LOOP_CLOSED;
    if (address_is_given(&options->remote) == given || (given && options->local != NULL))
        return LOOP_VALUE;
    struct operation *op = operation_make(loop, factory, factory_arg, arg);
    op->connected = done;
    loop_status status =
        given ? operation_socket(op, options->sock) : remote_of(op, &options->remote);
    if (status == LOOP_OK)
        status = operation_address(op, &op->local, options->local, 1);
    if (status != LOOP_OK)
        return operation_discard(op, status);
    return operation_begin(op, given ? take_over : start, handle);
}

loop_status glib_create_unix_connection(struct loop *loop,
                                        const struct loop_connection_options *options,
                                        loop_protocol_factory factory, void *factory_arg,
                                        loop_connected done, void *arg, struct loop_handle **handle)
{
    int given = options->sock != LOOP_NO_FD;
    GSocketAddress *remote = NULL;

    if (loop->closed)
        return LOOP_CLOSED;
    if ((options->remote.path != NULL) == given || (given && options->local != NULL))
        return LOOP_VALUE;
    struct operation *op = operation_make(loop, factory, factory_arg, arg);
    op->connected = done;
    loop_status status =
        given ? operation_socket(op, options->sock) : address_of_path(&options->remote, &remote);
    if (remote != NULL)
        op->connectable = G_SOCKET_CONNECTABLE(remote);
    if (status == LOOP_OK && options->local != NULL)
        status = address_of_path(options->local, &op->local);
    if (status != LOOP_OK)
        return operation_discard(op, status);
    return operation_begin(op, given ? take_over : start, handle);
}
