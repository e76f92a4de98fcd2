/* SPDX-License-Identifier: MIT */
#include "datagrams.h"

#include <stdlib.h>

const struct loop_operations *relay_inner;

static const struct relay_hooks *hooks;
static struct relay *relays;
static int opened_count, received_count;

struct relay *relay_of(const struct loop_transport *transport)
{
    struct relay *r = relays;

    while (r != NULL && (r->transport == NULL || r->transport != transport))
        r = r->next;
    return r;
}

int relay_count(void)
{
    return opened_count;
}

int relay_received(void)
{
    return received_count;
}

size_t relay_buffered(const struct relay *r)
{
    return relay_inner->transport_get_write_buffer_size(r->transport);
}

/* ---- passing on */

void relay_opened(struct relay *r, loop_status status, struct loop_transport *transport)
{
    r->done(r->arg, status, transport);
}

void relay_made(struct relay *r)
{
    r->user.connection_made(r->user.user, r->transport);
}

void relay_lost(struct relay *r, loop_status why)
{
    r->user.connection_lost(r->user.user, why);
}

void relay_datagram(struct relay *r, const void *data, size_t length,
                    const struct loop_address *from)
{
    r->user.datagram_received(r->user.user, data, length, from);
}

void relay_error(struct relay *r, loop_status why)
{
    r->user.error_received(r->user.user, why);
}

loop_status relay_send(struct relay *r, const void *data, size_t length,
                       const struct loop_address *to)
{
    return relay_inner->transport_sendto(r->transport, data, length, to);
}

static void relay_flow(struct relay *r, bool pause)
{
    (pause ? r->user.pause_writing : r->user.resume_writing)(r->user.user);
}

/* ---- callbacks on their way */

static void made(void *user, struct loop_transport *transport)
{
    struct relay *r = user;

    r->transport = transport;
    (hooks->made != NULL ? hooks->made : relay_made)(r);
}

static void lost(void *user, loop_status why)
{
    struct relay *r = user;

    r->lost = true;
    (hooks->lost != NULL ? hooks->lost : relay_lost)(r, why);
}

static void datagram(void *user, const void *data, size_t length, const struct loop_address *from)
{
    struct relay *r = user;

    r->received++;
    received_count++;
    (hooks->datagram != NULL ? hooks->datagram : relay_datagram)(r, data, length, from);
}

static void error(void *user, loop_status why)
{
    (hooks->error != NULL ? hooks->error : relay_error)(user, why);
}

static void pause_writing(void *user)
{
    (hooks->flow != NULL ? hooks->flow : relay_flow)(user, true);
}

static void resume_writing(void *user)
{
    (hooks->flow != NULL ? hooks->flow : relay_flow)(user, false);
}

static loop_status factory(void *arg, struct loop_protocol *protocol)
{
    struct relay *r = arg;
    loop_status status = r->factory(r->factory_arg, protocol);

    if (status != LOOP_OK)
        return status;
    r->user = *protocol;
    protocol->user = r;
    protocol->connection_made = made;
    protocol->connection_lost = lost;
    protocol->datagram_received = datagram;
    protocol->error_received = error;
    protocol->pause_writing = pause_writing;
    protocol->resume_writing = resume_writing;
    return LOOP_OK;
}

static void opened(void *arg, loop_status status, struct loop_transport *transport)
{
    (hooks->opened != NULL ? hooks->opened : relay_opened)(arg, status, transport);
}

/* ---- operations on their way */

static uint32_t family_of(const struct loop_datagram_options *options)
{
    return options->remote != NULL  ? options->remote->family
           : options->local != NULL ? options->local->family
                                    : options->family;
}

static loop_status open_endpoint(struct loop *loop, const struct loop_datagram_options *options,
                                 loop_protocol_factory make, void *factory_arg, loop_connected done,
                                 void *arg, struct loop_handle **handle)
{
    struct loop_datagram_options changed = *options;
    struct relay *r = calloc(1, sizeof *r);
    loop_status status;

    if (r == NULL)
        abort();
    *r = (struct relay){.loop = loop,
                        .factory = make,
                        .factory_arg = factory_arg,
                        .done = done,
                        .arg = arg,
                        .sock = options->sock,
                        .family = family_of(options),
                        .flags = options->flags,
                        .local = options->local != NULL,
                        .remote = options->remote != NULL,
                        .next = relays};
    relays = r;
    opened_count++;
    status = hooks->open != NULL ? hooks->open(r, &changed) : LOOP_OK;
    return status != LOOP_OK ? status
                             : relay_inner->create_datagram_endpoint(loop, &changed, factory, r,
                                                                     opened, r, handle);
}

static loop_status send_to(struct loop_transport *transport, const void *data, size_t length,
                           const struct loop_address *to)
{
    struct relay *r = relay_of(transport);

    if (r == NULL)
        return relay_inner->transport_sendto(transport, data, length, to);
    r->sent++;
    return (hooks->send != NULL ? hooks->send : relay_send)(r, data, length, to);
}

static void close_transport(struct loop_transport *transport)
{
    struct relay *r = relay_of(transport);

    if (r != NULL && hooks->close != NULL)
        hooks->close(r);
    else
        relay_inner->transport_close(transport);
    if (r != NULL)
        r->closing = true;
}

static void abort_transport(struct loop_transport *transport)
{
    struct relay *r = relay_of(transport);

    if (r != NULL)
        r->aborted = true;
    if (r != NULL && hooks->abort != NULL)
        hooks->abort(r);
    else
        relay_inner->transport_abort(transport);
}

static void release_transport(struct loop_transport *transport)
{
    struct relay *r = relay_of(transport);

    if (r != NULL)
        r->transport = NULL;
    relay_inner->transport_release(transport);
}

void relay_spoil(struct loop_operations *spoilt, const struct loop_operations *inner,
                 const struct relay_hooks *chosen)
{
    relay_inner = inner;
    hooks = chosen;
    spoilt->create_datagram_endpoint = open_endpoint;
    spoilt->transport_sendto = send_to;
    spoilt->transport_close = close_transport;
    spoilt->transport_abort = abort_transport;
    spoilt->transport_release = release_transport;
}
