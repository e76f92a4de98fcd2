/* SPDX-License-Identifier: MIT
 *
 * How does a connection come about? The addresses of its name are tried in order, until one
 * answers; then the factory makes the protocol. */
#include "transport.h"

#include <stdlib.h>

struct connecting {
    struct operation base;
    struct resolution *resolutions[2]; /* of REMOTE and LOCAL, under way */
    struct addresses *addresses[2];    /* LOCAL: NULL binds nowhere */
    size_t next;                       /* which remote address is tried next */
    loop_fd fd;                        /* the one that is being connected, or was given */
    struct loop_handle *watch;         /* called when it is decided */
    struct request *request;           /* a proactor's */
    loop_status why;                   /* what the last one failed of */
};

enum { REMOTE, LOCAL };

static void give_up_socket(struct connecting *c)
{
    if (c->fd == LOOP_NO_FD)
        return;
    c->base.loop->io->give_up(c->base.loop, c->fd, WRITER, &c->request);
    descriptor_close(c->fd);
    c->fd = LOOP_NO_FD;
}

static void undo(struct operation *operation)
{
    struct connecting *c = (struct connecting *)operation;

    give_up_socket(c);
    handle_revoke(c->watch);
    c->watch = NULL;
    for (int i = REMOTE; i <= LOCAL; i++) {
        resolution_abandon(c->resolutions[i]);
        c->resolutions[i] = NULL;
        free(c->addresses[i]);
        c->addresses[i] = NULL;
    }
}

/* `fd` is connected. */
static void make_transport(struct operation *operation)
{
    struct connecting *c = (struct connecting *)operation;
    struct loop_protocol protocol;
    struct loop_transport *transport;
    loop_status status = operation_protocol(operation, &protocol);

    if (status != LOOP_OK) {
        operation_end(operation, status);
        return;
    }
    transport = stream_make(operation->loop, c->fd, &protocol);
    if (!transport) {
        operation_end(operation, LOOP_NO_MEMORY);
        return;
    }
    c->fd = LOOP_NO_FD;
    transport_begin(transport, operation);
}

static loop_status bind_local(struct connecting *c, const struct address *remote)
{
    loop_status status = LOOP_ADDRNOTAVAIL; /* there is none of that family */

    if (!c->addresses[LOCAL])
        return LOOP_OK;
    for (size_t i = 0; i < c->addresses[LOCAL]->count && status != LOOP_OK; i++) {
        const struct address *local = &c->addresses[LOCAL]->all[i];
        int error;

        if (address_family(local) != address_family(remote))
            continue;
        error = socket_bind(c->fd, local);
        status = error == 0 ? LOOP_OK : loop_fail(c->base.loop, error);
    }
    return status;
}

/* LOOP_OK if it is connected, or will be heard of. */
static loop_status try(struct connecting *c, const struct address *remote, bool *pending)
{
    struct loop *loop = c->base.loop;
    int error = loop->io->open(loop, address_family(remote), false, &c->fd);
    loop_status status;

    if (error != 0)
        return loop_fail(loop, error);
    status = bind_local(c, remote);
    if (status != LOOP_OK)
        return status;
    return loop->io->connect(loop, c->fd, remote, c->watch, &c->request, pending);
}

static void try_next(struct operation *operation)
{
    struct connecting *c = (struct connecting *)operation;
    const struct addresses *remote = c->addresses[REMOTE];
    bool pending = false;

    while (c->next < remote->count) {
        c->why = try(c, &remote->all[c->next++], &pending);
        if (c->why == LOOP_OK) {
            if (!pending)
                make_transport(operation);
            return;
        }
        give_up_socket(c);
    }
    operation_end(operation, c->why);
}

static void decided(void *arg)
{
    struct connecting *c = arg;
    int error = c->base.loop->io->connected(c->base.loop, c->fd, &c->request);

    if (error == 0) {
        make_transport(&c->base);
        return;
    }
    c->why = loop_fail(c->base.loop, error);
    give_up_socket(c);
    try_next(&c->base);
}

static void resolved(struct connecting *c, int which, struct addresses *addresses)
{
    c->resolutions[which] = NULL;
    c->addresses[which] = addresses;
    if (!addresses || addresses->count == 0)
        operation_end(&c->base, addresses ? addresses->status : LOOP_NO_MEMORY);
    else if (!c->resolutions[REMOTE] && !c->resolutions[LOCAL])
        try_next(&c->base);
}

static void remote_resolved(void *arg, struct addresses *addresses)
{
    resolved(arg, REMOTE, addresses);
}

static void local_resolved(void *arg, struct addresses *addresses)
{
    resolved(arg, LOCAL, addresses);
}

static bool look_up(struct connecting *c, const struct loop_connection_options *options)
{
    struct loop *loop = c->base.loop;

    c->resolutions[REMOTE] = resolve(loop, &options->remote, 0, remote_resolved, c);
    if (!c->resolutions[REMOTE])
        return false;
    if (!options->local)
        return true;
    c->resolutions[LOCAL] = resolve(loop, options->local, RESOLVE_PASSIVE, local_resolved, c);
    return c->resolutions[LOCAL] != NULL;
}

static struct connecting *make(struct loop *loop, loop_protocol_factory factory, void *factory_arg,
                               loop_connected done, void *arg)
{
    struct connecting *c = (struct connecting *)operation_make(loop, sizeof *c, undo);

    if (!c)
        return NULL;
    c->fd = LOOP_NO_FD;
    c->base.factory = factory;
    c->base.factory_arg = factory_arg;
    c->base.connected = done;
    c->base.arg = arg;
    c->watch = handle_make(decided, c);
    if (!c->watch) {
        operation_discard(&c->base);
        return NULL;
    }
    return c;
}

loop_status loop_create_connection(struct loop *loop, const struct loop_connection_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **operation)
{
    bool ready = options->sock != LOOP_NO_FD;
    loop_status status = LOOP_OK;
    struct connecting *c;

    if (loop->closed)
        return LOOP_CLOSED;
    if (ready && (!given_nothing(&options->remote) || options->local))
        return LOOP_VALUE;
    if (!given_inet(&options->remote) || (options->local && !given_inet(options->local)))
        return LOOP_VALUE;
    if (ready)
        status = given_socket(loop, options->sock, false, LOOP_ADDRESS_ANY);
    if (status != LOOP_OK)
        return status;
    c = make(loop, factory, factory_arg, done, arg);
    if (!c)
        return LOOP_NO_MEMORY;
    if (!ready && !look_up(c, options)) {
        operation_discard(&c->base);
        return LOOP_NO_MEMORY;
    }
    if (ready) {
        c->fd = options->sock;
        operation_next(&c->base, make_transport);
    }
    operation_start(&c->base, operation);
    return LOOP_OK;
}

loop_status loop_create_unix_connection(struct loop *loop,
                                        const struct loop_connection_options *options,
                                        loop_protocol_factory factory, void *factory_arg,
                                        loop_connected done, void *arg,
                                        struct loop_handle **operation)
{
    bool ready = options->sock != LOOP_NO_FD;
    struct address address = {.length = 0};
    struct connecting *c;
    loop_status status;

    if (loop->closed)
        return LOOP_CLOSED;
    if (options->local || (ready && !given_nothing(&options->remote)))
        return LOOP_VALUE;
    status = ready ? given_socket(loop, options->sock, false, LOOP_ADDRESS_UNIX)
                   : address_of_path(&options->remote, &address);
    if (status != LOOP_OK)
        return status;
    c = make(loop, factory, factory_arg, done, arg);
    if (!c)
        return LOOP_NO_MEMORY;
    c->addresses[REMOTE] = addresses_alone(&address);
    if (!c->addresses[REMOTE]) {
        operation_discard(&c->base);
        return LOOP_NO_MEMORY;
    }
    if (ready)
        c->fd = options->sock;
    operation_next(&c->base, ready ? make_transport : try_next);
    operation_start(&c->base, operation);
    return LOOP_OK;
}
