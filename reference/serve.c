/* SPDX-License-Identifier: MIT
 *
 * How does a server come about? A socket is bound to each of its addresses, and if all could be
 * they begin to listen. */
#include "server.h"

#include <stdlib.h>

struct serving {
    struct operation base;
    struct resolution *resolution; /* under way */
    struct addresses *addresses;
    loop_fd sock; /* the one that was given, or LOOP_NO_FD */
    uint32_t backlog, flags;
};

static void undo(struct operation *operation)
{
    struct serving *s = (struct serving *)operation;

    resolution_abandon(s->resolution);
    s->resolution = NULL;
    free(s->addresses);
    s->addresses = NULL;
    if (s->sock != LOOP_NO_FD)
        descriptor_close(s->sock);
    s->sock = LOOP_NO_FD;
}

static int bind_socket(loop_fd fd, const struct address *address, uint32_t flags)
{
    uint32_t family = address_family(address);
    int error = 0;

    if (family == LOOP_ADDRESS_UNIX) {
        path_clear(address);
        return socket_bind(fd, address);
    }
    error = socket_set_reuse_address(fd); /* or a port would be blocked long after its server */
    if (error == 0 && (flags & LOOP_REUSE_PORT))
        error = socket_set_reuse_port(fd);
    if (error == 0 && family == LOOP_ADDRESS_INET6)
        error = socket_set_only_inet6(fd); /* the other family has a socket of its own */
    return error != 0 ? error : socket_bind(fd, address);
}

static loop_status add_address(struct loop_server *server, const struct address *address,
                               uint32_t flags)
{
    loop_fd fd = LOOP_NO_FD;
    struct loop *loop = server->loop;
    int error = loop->io->open(loop, address_family(address), false, &fd);
    loop_status status;

    if (error != 0)
        return loop_fail(loop, error);
    error = bind_socket(fd, address, flags);
    status = error == 0 ? server_add(server, fd) : loop_fail(loop, error);
    if (status != LOOP_OK)
        descriptor_close(fd);
    return status;
}

/* A family that this machine does not have is left out, unless it is the only one. */
static loop_status add_addresses(struct loop_server *server, const struct serving *s)
{
    loop_status lacking = LOOP_OK;

    for (size_t i = 0; i < s->addresses->count; i++) {
        loop_status status = add_address(server, &s->addresses->all[i], s->flags);

        if (status == LOOP_AFNOSUPPORT || status == LOOP_ADDRNOTAVAIL)
            lacking = status;
        else if (status != LOOP_OK)
            return status;
    }
    return server->count > 0 ? LOOP_OK : lacking;
}

static loop_status add_given(struct loop_server *server, struct serving *s)
{
    loop_status status = server_add(server, s->sock);

    if (status == LOOP_OK)
        s->sock = LOOP_NO_FD;
    return status;
}

static void open_server(struct operation *operation)
{
    struct serving *s = (struct serving *)operation;
    struct loop_server *server =
        server_make(operation->loop, s->addresses ? s->addresses->count : 1);
    loop_status status;

    if (!server) {
        operation_end(operation, LOOP_NO_MEMORY);
        return;
    }
    server->factory = operation->factory;
    server->factory_arg = operation->factory_arg;
    server->backlog = s->backlog;
    status = s->addresses ? add_addresses(server, s) : add_given(server, s);
    if (status == LOOP_OK)
        status = server_listen(server);
    if (status == LOOP_OK)
        operation->server = server;
    else
        loop_server_release(server);
    operation_end(operation, status);
}

static void resolved(void *arg, struct addresses *addresses)
{
    struct serving *s = arg;

    s->resolution = NULL;
    s->addresses = addresses;
    if (!addresses || addresses->count == 0)
        operation_end(&s->base, addresses ? addresses->status : LOOP_NO_MEMORY);
    else
        open_server(&s->base);
}

static struct serving *make(struct loop *loop, const struct loop_server_options *options,
                            loop_protocol_factory factory, void *factory_arg, loop_serving done,
                            void *arg)
{
    struct serving *s = (struct serving *)operation_make(loop, sizeof *s, undo);

    if (!s)
        return NULL;
    s->sock = LOOP_NO_FD;
    s->backlog = options->backlog > 0 ? options->backlog : 100;
    s->flags = options->flags;
    s->base.factory = factory;
    s->base.factory_arg = factory_arg;
    s->base.serving = done;
    s->base.arg = arg;
    return s;
}

loop_status loop_create_server(struct loop *loop, const struct loop_server_options *options,
                               loop_protocol_factory factory, void *factory_arg, loop_serving done,
                               void *arg, struct loop_handle **operation)
{
    const struct loop_address *local = &options->local;
    bool ready = options->sock != LOOP_NO_FD;
    loop_status status = LOOP_OK;
    struct serving *s;

    if (loop->closed)
        return LOOP_CLOSED;
    if ((ready && !given_nothing(local)) || !given_inet(local))
        return LOOP_VALUE;
    if (ready)
        status = given_socket(loop, options->sock, false, LOOP_ADDRESS_ANY);
    if (status != LOOP_OK)
        return status;
    s = make(loop, options, factory, factory_arg, done, arg);
    if (!s)
        return LOOP_NO_MEMORY;
    if (!ready)
        s->resolution = resolve(loop, local, RESOLVE_PASSIVE, resolved, s);
    if (!ready && !s->resolution) {
        operation_discard(&s->base);
        return LOOP_NO_MEMORY;
    }
    if (ready) {
        s->sock = options->sock;
        operation_next(&s->base, open_server);
    }
    operation_start(&s->base, operation);
    return LOOP_OK;
}

loop_status loop_create_unix_server(struct loop *loop, const struct loop_server_options *options,
                                    loop_protocol_factory factory, void *factory_arg,
                                    loop_serving done, void *arg, struct loop_handle **operation)
{
    bool ready = options->sock != LOOP_NO_FD;
    struct address address = {.length = 0};
    struct serving *s;
    loop_status status;

    if (loop->closed)
        return LOOP_CLOSED;
    if (ready && !given_nothing(&options->local))
        return LOOP_VALUE;
    status = ready ? given_socket(loop, options->sock, false, LOOP_ADDRESS_UNIX)
                   : address_of_path(&options->local, &address);
    if (status != LOOP_OK)
        return status;
    s = make(loop, options, factory, factory_arg, done, arg);
    if (!s)
        return LOOP_NO_MEMORY;
    s->addresses = ready ? NULL : addresses_alone(&address);
    if (!ready && !s->addresses) {
        operation_discard(&s->base);
        return LOOP_NO_MEMORY;
    }
    if (ready)
        s->sock = options->sock;
    operation_next(&s->base, open_server);
    operation_start(&s->base, operation);
    return LOOP_OK;
}
