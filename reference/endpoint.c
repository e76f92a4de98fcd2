/* SPDX-License-Identifier: MIT
 *
 * How does a datagram endpoint come about? A socket is bound and connected, if addresses were
 * given; of a name's addresses the first serves with which that can be done. */
#include "datagram.h"

#include <stdlib.h>

enum { REMOTE, LOCAL };

struct opening {
    struct operation base;
    struct resolution *resolutions[2]; /* under way */
    struct addresses *addresses[2];    /* NULL where none was given */
    uint32_t flags, family;
    loop_fd fd;
};

static void give_up_socket(struct opening *o)
{
    if (o->fd != LOOP_NO_FD)
        descriptor_close(o->fd);
    o->fd = LOOP_NO_FD;
}

static void undo(struct operation *operation)
{
    struct opening *o = (struct opening *)operation;

    give_up_socket(o);
    for (int i = REMOTE; i <= LOCAL; i++) {
        resolution_abandon(o->resolutions[i]);
        o->resolutions[i] = NULL;
        free(o->addresses[i]);
        o->addresses[i] = NULL;
    }
}

/* `fd` is ready; `peer` is one that the system is not told of. */
static void make_transport(struct opening *o, const struct address *peer)
{
    struct address copy = {.length = 0};
    struct loop_transport *transport;
    struct loop_protocol protocol;
    loop_status status;

    if (peer) /* the factory may cancel, and the addresses are gone */
        copy = *peer;
    status = operation_protocol(&o->base, &protocol);
    if (status != LOOP_OK) {
        operation_end(&o->base, status);
        return;
    }
    transport = datagram_make(o->base.loop, o->fd, peer ? &copy : NULL, &protocol);
    if (!transport) {
        operation_end(&o->base, LOOP_NO_MEMORY);
        return;
    }
    o->fd = LOOP_NO_FD;
    transport_begin(transport, &o->base);
}

static int prepare(struct opening *o, uint32_t family, const struct address *local,
                   const struct address *remote)
{
    bool pending = false, broadcast = o->flags & LOOP_ALLOW_BROADCAST;
    struct loop *loop = o->base.loop;
    int error = loop->io->open(loop, family, true, &o->fd);

    if (error == 0 && (o->flags & LOOP_REUSE_PORT))
        error = socket_set_reuse_port(o->fd);
    if (error == 0 && broadcast)
        error = socket_set_broadcast(o->fd);
    if (error == 0 && local) {
        if (family == LOOP_ADDRESS_UNIX)
            path_clear(local);
        error = socket_bind(o->fd, local);
    }
    if (error == 0 && remote && !broadcast) /* or it would receive from that address only */
        error = socket_connect(o->fd, remote, &pending);
    return error;
}

/* LOOP_OK if there is a socket now; what became of it is settled. */
static loop_status try(struct opening *o, uint32_t family, const struct address *local,
                       const struct address *remote)
{
    int error = prepare(o, family, local, remote);

    if (error == 0) {
        make_transport(o, (o->flags & LOOP_ALLOW_BROADCAST) ? remote : NULL);
        return LOOP_OK;
    }
    give_up_socket(o);
    return loop_fail(o->base.loop, error);
}

static const struct address *first_of(const struct addresses *addresses, uint32_t family)
{
    for (size_t i = 0; i < addresses->count; i++)
        if (address_family(&addresses->all[i]) == family)
            return &addresses->all[i];
    return NULL;
}

static void try_all(struct operation *operation)
{
    struct opening *o = (struct opening *)operation;
    int leading = o->addresses[REMOTE] ? REMOTE : LOCAL;
    const struct addresses *lead = o->addresses[leading], *other = o->addresses[!leading];
    loop_status status = LOOP_VALUE; /* no two of the same family */

    for (size_t i = 0; i < lead->count; i++) {
        uint32_t family = address_family(&lead->all[i]);
        const struct address *match = other ? first_of(other, family) : NULL;

        if (other && !match)
            continue;
        status = try(o, family, leading == LOCAL ? &lead->all[i] : match,
                     leading == REMOTE ? &lead->all[i] : match);
        if (status == LOOP_OK)
            return;
    }
    operation_end(operation, status);
}

static void resolved(struct opening *o, int which, struct addresses *addresses)
{
    o->resolutions[which] = NULL;
    o->addresses[which] = addresses;
    if (!addresses || addresses->count == 0)
        operation_end(&o->base, addresses ? addresses->status : LOOP_NO_MEMORY);
    else if (!o->resolutions[REMOTE] && !o->resolutions[LOCAL])
        try_all(&o->base);
}

static void remote_resolved(void *arg, struct addresses *addresses)
{
    resolved(arg, REMOTE, addresses);
}

static void local_resolved(void *arg, struct addresses *addresses)
{
    resolved(arg, LOCAL, addresses);
}

static void open_unbound(struct operation *operation)
{
    struct opening *o = (struct opening *)operation;
    loop_status status = try(o, o->family, NULL, NULL);

    if (status != LOOP_OK)
        operation_end(operation, status);
}

static void take_over(struct operation *operation)
{
    make_transport((struct opening *)operation, NULL);
}

static loop_status begin_unix(struct opening *o, const struct loop_address *const given[2])
{
    for (int i = REMOTE; i <= LOCAL; i++) {
        struct address address;
        loop_status status = given[i] ? address_of_path(given[i], &address) : LOOP_OK;

        if (status != LOOP_OK)
            return status;
        if (given[i] && !(o->addresses[i] = addresses_alone(&address)))
            return LOOP_NO_MEMORY;
    }
    operation_next(&o->base, try_all);
    return LOOP_OK;
}

static loop_status begin_inet(struct opening *o, const struct loop_address *const given[2])
{
    static void (*const done[2])(void *, struct addresses *) = {remote_resolved, local_resolved};
    static const unsigned flags[2] = {RESOLVE_DATAGRAM, RESOLVE_DATAGRAM | RESOLVE_PASSIVE};

    for (int i = REMOTE; i <= LOCAL; i++) {
        if (!given[i])
            continue;
        o->resolutions[i] = resolve(o->base.loop, given[i], flags[i], done[i], o);
        if (!o->resolutions[i])
            return LOOP_NO_MEMORY;
    }
    return LOOP_OK;
}

static bool is_unix(const struct loop_address *address)
{
    return address && address->family == LOOP_ADDRESS_UNIX;
}

static loop_status judge(struct loop *loop, const struct loop_datagram_options *options)
{
    const struct loop_address *local = options->local, *remote = options->remote;

    if (options->sock != LOOP_NO_FD) {
        if (local || remote || options->flags != 0 || options->family != LOOP_ADDRESS_ANY)
            return LOOP_VALUE;
        return given_socket(loop, options->sock, true, LOOP_ADDRESS_ANY);
    }
    if (!local && !remote)
        return options->family == LOOP_ADDRESS_INET || options->family == LOOP_ADDRESS_INET6 ||
                       options->family == LOOP_ADDRESS_UNIX
                   ? LOOP_OK
                   : LOOP_VALUE;
    if (is_unix(local) || is_unix(remote))
        return (local && !is_unix(local)) || (remote && !is_unix(remote)) ? LOOP_VALUE : LOOP_OK;
    return (local && !given_inet(local)) || (remote && !given_inet(remote)) ? LOOP_VALUE : LOOP_OK;
}

static loop_status begin(struct opening *o, const struct loop_datagram_options *options)
{
    const struct loop_address *const given[2] = {options->remote, options->local};

    if (options->sock != LOOP_NO_FD) {
        o->fd = options->sock;
        operation_next(&o->base, take_over);
        return LOOP_OK;
    }
    if (!options->local && !options->remote) {
        operation_next(&o->base, open_unbound);
        return LOOP_OK;
    }
    return is_unix(options->local) || is_unix(options->remote) ? begin_unix(o, given)
                                                               : begin_inet(o, given);
}

loop_status loop_create_datagram_endpoint(struct loop *loop,
                                          const struct loop_datagram_options *options,
                                          loop_protocol_factory factory, void *factory_arg,
                                          loop_connected done, void *arg,
                                          struct loop_handle **operation)
{
    loop_status status = limits_refusal(loop, "create_datagram_endpoint", NULL);
    struct opening *o;

    if (status != LOOP_OK)
        return status;
    if (loop->closed)
        return LOOP_CLOSED;
    status = judge(loop, options);
    if (status != LOOP_OK)
        return status;
    o = (struct opening *)operation_make(loop, sizeof *o, undo);
    if (!o)
        return LOOP_NO_MEMORY;
    o->fd = LOOP_NO_FD;
    o->flags = options->flags;
    o->family = options->family;
    o->base.factory = factory;
    o->base.factory_arg = factory_arg;
    o->base.connected = done;
    o->base.arg = arg;
    status = begin(o, options);
    if (status != LOOP_OK)
        operation_discard(&o->base);
    else
        operation_start(&o->base, operation);
    return status;
}
