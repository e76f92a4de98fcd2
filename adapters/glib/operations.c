/* SPDX-License-Identifier: MIT
 *
 * Operations under way. Each ends in a callback of GIO's; what is done at once has a GTask, which
 * GIO completes from the loop. */
#include "adapter.h"

static void discard_results(struct operation *op)
{
    if (op->transport != NULL)
        transport_discard(op->transport);
    if (op->server != NULL)
        glib_server_release(op->server);
}

static void release(struct operation *op)
{
    disown(&op->owner);
    g_object_unref(op->cancellable);
    g_clear_object(&op->local);
    g_clear_object(&op->remote);
    g_clear_object(&op->connectable);
    g_clear_object(&op->socket);
    g_clear_error(&op->failure);
    for (size_t i = 0; i < G_N_ELEMENTS(op->names); i++)
        g_free(op->names[i].host);
    g_free(op);
}

static void shut(struct owner *owner)
{
    g_cancellable_cancel(((struct operation *)owner)->cancellable);
}

struct operation *operation_make(struct loop *loop, loop_protocol_factory factory,
                                 void *factory_arg, void *arg)
{
    struct operation *op = g_new0(struct operation, 1);
    op->loop = loop;
    op->factory = factory;
    op->factory_arg = factory_arg;
    op->arg = arg;
    op->cancellable = g_cancellable_new();
    own(&op->owner, loop, shut);
    return op;
}

loop_status operation_address(struct operation *op, GSocketAddress **found,
                              const struct loop_address *address, int passive)
{
    loop_status status = LOOP_OK;
    if (address != NULL && (address->path != NULL || address->family == LOOP_ADDRESS_UNIX))
        status = address_of_path(address, found);
    else if (address != NULL)
        status = address_of(address, passive, found);
    if (status != LOOP_NAME_NOT_RESOLVED)
        return status;
    op->names[op->lookups++] = (struct name){
        .operation = op,
        .found = found,
        .host = g_strdup(address->host),
        .port = (guint16)address->port,
        .flags = address->family == LOOP_ADDRESS_INET    ? G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY
                 : address->family == LOOP_ADDRESS_INET6 ? G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY
                                                         : G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT,
    };
    return LOOP_OK;
}

loop_status operation_socket(struct operation *op, loop_fd fd)
{
    GError *error = NULL;
    op->socket = g_socket_new_from_fd((gint)fd, &error);
    return status_of(error);
}

static void on_found(GObject *resolver, GAsyncResult *result, gpointer data)
{
    struct name *name = data;
    struct operation *op = name->operation;
    GError **error = op->failure == NULL ? &op->failure : NULL;
    GList *hosts = g_resolver_lookup_by_name_with_flags_finish(G_RESOLVER(resolver), result, error);

    if (hosts != NULL)
        *name->found = g_inet_socket_address_new(hosts->data, name->port);
    g_resolver_free_addresses(hosts);
    if (--op->lookups > 0)
        return;
    if (op->failure != NULL)
        operation_end(op, status_of(g_steal_pointer(&op->failure)));
    else
        op->start(op);
}

static void look_up(struct operation *op)
{
    GResolver *resolver = g_resolver_get_default();
    for (int i = op->lookups - 1; i >= 0; i--)
        g_resolver_lookup_by_name_with_flags_async(resolver, op->names[i].host, op->names[i].flags,
                                                   op->cancellable, on_found, &op->names[i]);
    g_object_unref(resolver);
}

loop_status operation_begin(struct operation *op, void (*start)(struct operation *),
                            struct loop_handle **handle)
{
    struct loop *loop = op->loop;
    op->start = start;
    if (handle != NULL)
        *handle = handle_of(op->cancellable);
    enter(loop);
    if (op->lookups > 0)
        look_up(op);
    else
        start(op);
    leave(loop);
    return LOOP_OK;
}

loop_status operation_discard(struct operation *op, loop_status status)
{
    release(op);
    return status;
}

static void on_turn(GObject *none, GAsyncResult *result, gpointer data)
{
    struct operation *op = data;
    GError *error = NULL;
    (void)none;
    g_task_propagate_boolean(G_TASK(result), &error);
    operation_end(op, status_of(error));
}

void operation_turn(struct operation *op, GError *error)
{
    GTask *task = g_task_new(NULL, op->cancellable, on_turn, op);
    if (error != NULL)
        g_task_return_error(task, error);
    else
        g_task_return_boolean(task, TRUE);
    g_object_unref(task);
}

void operation_end(struct operation *op, loop_status status)
{
    struct loop *loop = op->loop;
    loop_connected connected = op->connected;
    loop_serving serving = op->serving;
    void *arg = op->arg;

    if (status == LOOP_OK && op->transport != NULL && !loop->closed)
        status = transport_begin(op->transport, op->factory, op->factory_arg);
    if (status != LOOP_OK || loop->closed)
        discard_results(op);
    struct loop_transport *transport = status == LOOP_OK ? op->transport : NULL;
    struct loop_server *server = status == LOOP_OK ? op->server : NULL;
    release(op);
    if (loop->closed)
        return;
    if (serving != NULL)
        serving(arg, status, server);
    else
        connected(arg, status, transport);
}
