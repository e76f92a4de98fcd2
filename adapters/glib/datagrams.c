/* SPDX-License-Identifier: MIT
 *
 * Datagram endpoints: a GSocket, its source, g_socket_receive_from and g_socket_send_to. GIO keeps
 * nothing that the system does not take: that is G_IO_ERROR_WOULD_BLOCK. */
#include "adapter.h"

/* A datagram that is on its way to the protocol. */
struct arrival {
    struct loop_transport *transport;
    size_t length;
};

static void deliver(void *arg, const struct loop_address *from)
{
    const struct arrival *a = arg;
    const struct loop_protocol *p = &a->transport->protocol;
    p->datagram_received(p->user, a->transport->loop->buffer, a->length, from);
}

static void tell(struct loop_transport *t, GError *error)
{
    loop_status status = status_of(error);
    if (t->protocol.error_received != NULL)
        t->protocol.error_received(t->protocol.user, status);
}

static gboolean on_readable(GSocket *socket, GIOCondition condition, gpointer data)
{
    struct loop_transport *t = data;
    GSocketAddress *from = NULL;
    GError *error = NULL;
    gssize count =
        g_socket_receive_from(socket, &from, t->loop->buffer, sizeof t->loop->buffer, NULL, &error);
    struct arrival arrival = {t, (size_t)count};

    (void)condition;
    if (count >= 0 && from != NULL && t->protocol.datagram_received != NULL)
        address_tell(from, deliver, &arrival);
    else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        g_error_free(error);
    else if (count < 0)
        tell(t, error);
    g_clear_object(&from);
    return G_SOURCE_CONTINUE;
}

GSource *datagrams_source(struct loop_transport *t)
{
    GSource *source = g_socket_create_source(t->socket, G_IO_IN, NULL);
    g_source_set_callback(source, G_SOURCE_FUNC(on_readable), t, NULL);
    return source;
}

static void finish(struct operation *op, GError *error)
{
    if (error == NULL) {
        op->transport = transport_make(op->loop, sizeof *op->transport, DATAGRAMS);
        op->transport->socket = g_object_ref(op->socket);
        g_socket_set_blocking(op->socket, FALSE);
    }
    operation_turn(op, error);
}

static void take_over(struct operation *op)
{
    finish(op, NULL);
}

/* To bind with `allow_reuse` is SO_REUSEPORT for datagrams. */
static void start(struct operation *op)
{
    GSocketAddress *any = op->local != NULL ? op->local : op->remote;
    GSocketFamily family = any != NULL ? g_socket_address_get_family(any) : op->family;
    GError *error = NULL;

    op->socket = g_socket_new(family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
    if (op->socket != NULL) {
        g_socket_set_broadcast(op->socket, (op->flags & LOOP_ALLOW_BROADCAST) != 0);
        gboolean done =
            op->local == NULL ||
            g_socket_bind(op->socket, op->local, (op->flags & LOOP_REUSE_PORT) != 0, &error);
        if (done && op->remote != NULL)
            g_socket_connect(op->socket, op->remote, NULL, &error);
    }
    finish(op, error);
}

loop_status glib_create_datagram_endpoint(struct loop *loop,
                                          const struct loop_datagram_options *options,
                                          loop_protocol_factory factory, void *factory_arg,
                                          loop_connected done, void *arg,
                                          struct loop_handle **handle)
{
    int given = options->sock != LOOP_NO_FD;

    if (loop->closed)
        return LOOP_CLOSED;
    if (given && (options->local != NULL || options->remote != NULL || options->flags != 0))
        return LOOP_VALUE;
    struct operation *op = operation_make(loop, factory, factory_arg, arg);
    op->connected = done;
    op->flags = options->flags;
    op->family = options->family == LOOP_ADDRESS_INET6  ? G_SOCKET_FAMILY_IPV6
                 : options->family == LOOP_ADDRESS_UNIX ? G_SOCKET_FAMILY_UNIX
                                                        : G_SOCKET_FAMILY_IPV4;
    loop_status status = given ? operation_socket(op, options->sock) : LOOP_OK;
    if (status == LOOP_OK)
        status = operation_address(op, &op->local, options->local, 1);
    if (status == LOOP_OK)
        status = operation_address(op, &op->remote, options->remote, 0);
    if (status != LOOP_OK)
        return operation_discard(op, status);
    return operation_begin(op, given ? take_over : start, handle);
}

loop_status glib_transport_sendto(struct loop_transport *t, const void *data, size_t length,
                                  const struct loop_address *to)
{
    GSocketAddress *address = NULL;
    GError *error = NULL;
    loop_status status = LOOP_OK;

    if (t->kind != DATAGRAMS)
        return LOOP_TYPE;
    if (t->closing)
        return LOOP_OK;
    if (to != NULL && to->family == LOOP_ADDRESS_UNIX)
        status = address_of_path(to, &address);
    else if (to != NULL)
        status = address_of(to, 0, &address);
    if (status != LOOP_OK)
        return status;
    g_socket_send_to(t->socket, address, data, length, NULL, &error);
    g_clear_object(&address);
    return status_of(error);
}
