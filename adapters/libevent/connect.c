/* SPDX-License-Identifier: MIT
 *
 * Connections: bufferevent_socket_connect, with evdns for names, or a socket that is connected
 * already. */
#include <errno.h>
#include <unistd.h>

#include "adapter.h"

static void on_event(struct bufferevent *stream, short what, void *arg)
{
    struct operation *op = arg;
    int os_error = EVUTIL_SOCKET_ERROR();
    loop_status status = LOOP_OK;

    if (!(what & BEV_EVENT_CONNECTED))
        status = bufferevent_socket_get_dns_error(stream) != 0 ? LOOP_NAME_NOT_RESOLVED
                                                               : failure(op->loop, os_error);
    if (op->starting) {
        operation_turn(op, status);
        return;
    }
    if (status == LOOP_OK)
        status = operation_transport(op);
    operation_end(op, status);
}

static struct evdns_base *resolver(struct loop *loop)
{
    if (loop->dns == NULL)
        loop->dns = evdns_base_new(loop->base, EVDNS_BASE_INITIALIZE_NAMESERVERS |
                                                   EVDNS_BASE_DISABLE_WHEN_INACTIVE);
    return loop->dns;
}

static loop_status connect_to(struct operation *op, const struct loop_address *remote,
                              const struct address *address)
{
    struct bufferevent *stream = op->transport->stream;
    int result;

    bufferevent_setcb(stream, NULL, NULL, on_event, op);
    errno = 0;
    if (address->length > 0)
        result = bufferevent_socket_connect(stream, (const struct sockaddr *)&address->storage,
                                            address->length);
    else if (resolver(op->loop) != NULL)
        result = bufferevent_socket_connect_hostname(
            stream, op->loop->dns, family_of(remote->family), remote->host, (int)remote->port);
    else
        return LOOP_NAME_NOT_RESOLVED;
    return result < 0 ? failure(op->loop, errno) : LOOP_OK;
}

/* libevent connects a socket that its user has bound. */
static loop_status bind_to(struct loop *loop, const struct address *local, evutil_socket_t *fd)
{
    *fd = socket(local->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd >= 0 &&
        bind(*fd, (const struct sockaddr *)&local->storage, (socklen_t)local->length) == 0)
        return LOOP_OK;
    loop_status status = failure(loop, errno);
    if (*fd >= 0)
        evutil_closesocket(*fd);
    return status;
}

/* `fd` is -1, or a socket that is bound; with `given` it is connected, and the caller's until the
 * call has succeeded. */
static loop_status start(struct operation *op, evutil_socket_t fd, int given,
                         const struct loop_address *remote, const struct address *address)
{
    op->transport = transport_make(op->loop, fd);
    if (op->transport == NULL) {
        if (!given && fd >= 0)
            evutil_closesocket(fd);
        return LOOP_NO_MEMORY;
    }
    if (!given)
        return connect_to(op, remote, address);
    evutil_make_socket_nonblocking(fd);
    operation_turn(op, LOOP_OK);
    return LOOP_OK;
}

static loop_status begin(struct loop *loop, const struct loop_connection_options *options,
                         const struct address *remote, const struct address *local,
                         loop_protocol_factory factory, void *factory_arg, loop_connected done,
                         void *arg, struct loop_handle **operation)
{
    int given = options->sock != LOOP_NO_FD;
    evutil_socket_t fd = (evutil_socket_t)options->sock;
    loop_status status = local->length > 0 ? bind_to(loop, local, &fd) : LOOP_OK;

    if (status != LOOP_OK)
        return status;
    struct operation *op = operation_make(loop, factory, factory_arg, arg, operation != NULL);
    if (op == NULL)
        return LOOP_NO_MEMORY;
    op->connected = done;
    status = start(op, fd, given, &options->remote, remote);
    return status == LOOP_OK ? operation_begun(op, operation) : operation_discard(op, status);
}

loop_status libevent_create_connection(struct loop *loop,
                                       const struct loop_connection_options *options,
                                       loop_protocol_factory factory, void *factory_arg,
                                       loop_connected done, void *arg,
                                       struct loop_handle **operation)
{
    int given = options->sock != LOOP_NO_FD;
    struct address remote = {.length = 0}, local = {.length = 0};

    if (loop->closed)
        return LOOP_CLOSED;
    if (address_is_given(&options->remote) == given || (given && options->local != NULL))
        return LOOP_VALUE;
    loop_status status = given ? LOOP_OK : address_of(&options->remote, 0, &remote);
    if (status == LOOP_NAME_NOT_RESOLVED)
        status = LOOP_OK;
    if (status == LOOP_OK && options->local != NULL)
        status = address_of(options->local, 1, &local);
    if (status != LOOP_OK)
        return status;
    return begin(loop, options, &remote, &local, factory, factory_arg, done, arg, operation);
}

loop_status libevent_create_unix_connection(struct loop *loop,
                                            const struct loop_connection_options *options,
                                            loop_protocol_factory factory, void *factory_arg,
                                            loop_connected done, void *arg,
                                            struct loop_handle **operation)
{
    int given = options->sock != LOOP_NO_FD;
    struct address remote = {.length = 0}, local = {.length = 0};

    if (loop->closed)
        return LOOP_CLOSED;
    if ((options->remote.path != NULL) == given || (given && options->local != NULL))
        return LOOP_VALUE;
    loop_status status = given ? LOOP_OK : address_of_path(&options->remote, &remote);
    if (status == LOOP_OK && options->local != NULL)
        status = address_of_path(options->local, &local);
    if (status != LOOP_OK)
        return status;
    return begin(loop, options, &remote, &local, factory, factory_arg, done, arg, operation);
}
