/* SPDX-License-Identifier: MIT
 *
 * How do datagrams come and go? One at a time, whole or not at all. What is wrong with one is told
 * to the protocol and ends nothing. */
#include "datagram.h"

#include <stdlib.h>
#include <string.h>

/* Before that version an empty datagram was not sent. */
#define SENDS_EMPTY PROFILE(3, 13, 0)

struct datagram {
    struct datagram *next;
    struct address to; /* none: the socket's own peer */
    size_t length;
    unsigned char bytes[];
};

struct endpoint {
    struct loop_transport base;
    struct address peer;           /* the only one that is sent to; none: the sender says */
    bool connected;                /* and the system knows */
    struct datagram *first, *last; /* wait to be sent */
    loop_status *errors;           /* of sending, owed to the protocol */
    size_t error_count;
};

static void start(struct loop_transport *t)
{
    transport_read_or_not(t);
}

static void tell_error(struct loop_transport *t, loop_status status)
{
    if (t->protocol.error_received)
        t->protocol.error_received(t->protocol.user, status);
}

/* What happens in a call of the user's is told later; without memory for it, not at all. */
static void owe_error(struct endpoint *e, loop_status status)
{
    loop_status *errors = realloc(e->errors, (e->error_count + 1) * sizeof *errors);

    if (!errors)
        return;
    errors[e->error_count++] = status;
    e->errors = errors;
    transport_tell(&e->base);
}

static void tell_errors(struct loop_transport *t)
{
    struct endpoint *e = (struct endpoint *)t;
    loop_status *errors = e->errors;
    size_t count = e->error_count;

    e->errors = NULL;
    e->error_count = 0;
    for (size_t i = 0; i < count; i++)
        tell_error(t, errors[i]);
    free(errors);
}

struct arrival {
    struct loop_transport *transport;
    const void *data;
    size_t length;
};

static void deliver(void *arg, const struct loop_address *from)
{
    struct arrival *arrival = arg;
    const struct loop_protocol *protocol = &arrival->transport->protocol;

    protocol->datagram_received(protocol->user, arrival->data, arrival->length, from);
}

static void readable(struct loop_transport *t)
{
    struct arrival arrival = {.transport = t, .data = loop_scratch(t->loop)};
    struct address from = {.length = 0};
    int error;

    if (!arrival.data) {
        transport_lose(t, LOOP_NO_MEMORY);
        return;
    }
    error = t->carrier->receive_from(t, t->loop->scratch, SCRATCH_SIZE, &arrival.length, &from);
    if (error == 0) {
        if (t->protocol.datagram_received)
            address_show(&from, deliver, &arrival);
    } else if (status_of(error) != LOOP_AGAIN) {
        tell_error(t, loop_fail(t->loop, error));
    }
}

static const struct address *receiver_of(const struct datagram *d)
{
    return d->to.length > 0 ? &d->to : NULL;
}

static void remove_first(struct endpoint *e)
{
    struct datagram *first = e->first;

    e->base.queued -= first->length;
    e->first = first->next;
    free(first);
}

/* Sends what can be sent, up to the first error: the protocol may answer that with another. */
static void writable(struct loop_transport *t)
{
    struct endpoint *e = (struct endpoint *)t;
    int error = 0;

    while (e->first && error == 0) {
        error = t->carrier->send_to(t, e->first->bytes, e->first->length, receiver_of(e->first));
        if (error != 0 && status_of(error) == LOOP_AGAIN)
            break;
        remove_first(e);
    }
    transport_flow(t);
    if (!e->first) {
        transport_watch(t, WRITER, false);
        transport_flushed(t);
    }
    if (error != 0 && status_of(error) != LOOP_AGAIN)
        tell_error(t, loop_fail(t->loop, error));
}

static loop_status enqueue(struct endpoint *e, const void *data, size_t length,
                           const struct address *to)
{
    struct datagram *d = malloc(sizeof *d + length);

    if (!d)
        return LOOP_NO_MEMORY;
    *d = (struct datagram){.length = length};
    if (to)
        d->to = *to;
    if (length > 0)
        memcpy(d->bytes, data, length);
    if (e->first)
        e->last->next = d;
    else
        e->first = d;
    e->last = d;
    e->base.queued += length;
    transport_watch(&e->base, WRITER, true);
    transport_flow(&e->base);
    return LOOP_OK;
}

static loop_status convert(const struct endpoint *e, const struct loop_address *to,
                           struct address *converted)
{
    struct loop_address told = *to;
    uint32_t family = address_family(&e->base.local);

    if (told.family != LOOP_ADDRESS_ANY && told.family != family)
        return LOOP_VALUE;
    if (family == LOOP_ADDRESS_UNIX)
        return address_of_path(to, converted);
    if (!given_inet(to))
        return LOOP_VALUE;
    told.family = family;
    return resolve_at_once(&told, RESOLVE_DATAGRAM, converted);
}

/* Where a datagram goes: *receiver, in the memory of *converted; NULL for the socket's own peer. */
static loop_status choose_receiver(struct endpoint *e, const struct loop_address *to,
                                   struct address *converted, const struct address **receiver)
{
    loop_status status;

    *receiver = converted;
    if (e->peer.length > 0)
        *receiver = e->connected ? NULL : &e->peer;
    else if (!to)
        return LOOP_DESTADDRREQ;
    if (!to)
        return LOOP_OK;
    status = convert(e, to, converted);
    if (e->peer.length > 0 && (status != LOOP_OK || !address_equal(converted, &e->peer)))
        return LOOP_VALUE;
    return status;
}

static loop_status send_to(struct loop_transport *t, const void *data, size_t length,
                           const struct loop_address *to)
{
    struct endpoint *e = (struct endpoint *)t;
    struct address converted = {.length = 0};
    const struct address *receiver;
    loop_status status;
    int error;

    if (t->closing || (length == 0 && !loop_since(t->loop, SENDS_EMPTY)))
        return LOOP_OK;
    status = choose_receiver(e, to, &converted, &receiver);
    if (status != LOOP_OK)
        return status;
    if (e->first)
        return enqueue(e, data, length, receiver);
    error = t->carrier->send_to(t, data, length, receiver);
    if (error != 0 && status_of(error) == LOOP_AGAIN)
        return enqueue(e, data, length, receiver);
    if (error != 0)
        owe_error(e, loop_fail(t->loop, error));
    return LOOP_OK;
}

/* Empty ones count for nothing and are sent all the same. */
static void flush_and_lose(struct loop_transport *t)
{
    if (!((struct endpoint *)t)->first)
        transport_lose(t, LOOP_OK);
}

static void drop(struct loop_transport *t)
{
    struct endpoint *e = (struct endpoint *)t;

    while (e->first)
        remove_first(e);
}

static void end(struct loop_transport *t)
{
    struct endpoint *e = (struct endpoint *)t;

    free(e->errors);
    e->errors = NULL;
}

static const struct transport_kind kind = {
    .is_socket = true,
    .reads = true,
    .start = start,
    .readable = readable,
    .writable = writable,
    .sendto = send_to,
    .close = flush_and_lose,
    .drop = drop,
    .tell = tell_errors,
    .end = end,
};

struct loop_transport *datagram_make(struct loop *loop, loop_fd fd, const struct address *peer,
                                     const struct loop_protocol *protocol)
{
    struct loop_transport *t =
        transport_make(loop, sizeof(struct endpoint), &kind, loop->io->datagrams, fd, protocol);
    struct endpoint *e = (struct endpoint *)t;

    if (!t)
        return NULL;
    socket_names(fd, &t->local, &t->remote);
    e->connected = t->remote.length > 0;
    e->peer = peer ? *peer : t->remote;
    return t;
}
