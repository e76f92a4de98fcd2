/* SPDX-License-Identifier: MIT
 *
 * Datagram endpoints: uv_udp_t. A close that flushes is uv_close when the last uv_udp_send has
 * called back. */
#include <stdlib.h>
#include <string.h>

#include "adapter.h"

struct sending {
    uv_udp_send_t uv;
    char data[];
};

static void start(struct operation *op)
{
    struct loop_transport *t = transport_make(op->loop, sizeof *t, DATAGRAMS);
    if (t == NULL) {
        operation_end(op, LOOP_NO_MEMORY);
        return;
    }
    int family = op->local.given    ? op->local.address.ss_family
                 : op->remote.given ? op->remote.address.ss_family
                                    : op->family;
    int error = uv_udp_init_ex(&op->loop->uv, &t->uv.udp, (unsigned)family);
    if (error < 0) {
        transport_drop(t);
        operation_end(op, status_of(op->loop, error));
        return;
    }
    op->transport = t;
    if (op->local.given)
        error = uv_udp_bind(&t->uv.udp, (struct sockaddr *)&op->local.address, 0);
    if (error == 0 && op->flags & LOOP_ALLOW_BROADCAST)
        error = uv_udp_set_broadcast(&t->uv.udp, 1);
    if (error == 0 && op->remote.given)
        error = uv_udp_connect(&t->uv.udp, (struct sockaddr *)&op->remote.address);
    if (error < 0)
        operation_end(op, status_of(op->loop, error));
    else
        operation_made(op);
}

static loop_status take_over(struct operation *op, loop_fd sock)
{
    struct loop_transport *t = transport_make(op->loop, sizeof *t, DATAGRAMS);
    if (t == NULL)
        return LOOP_NO_MEMORY;
    op->transport = t;
    uv_udp_init(&op->loop->uv, &t->uv.udp);
    return status_of(op->loop, uv_udp_open(&t->uv.udp, (uv_os_sock_t)sock));
}

/* libuv 1.44 has no SO_REUSEPORT on Linux. */
loop_status libuv_create_datagram_endpoint(struct loop *loop,
                                           const struct loop_datagram_options *options,
                                           loop_protocol_factory factory, void *factory_arg,
                                           loop_connected done, void *arg,
                                           struct loop_handle **operation)
{
    int has_sock = options->sock != LOOP_NO_FD;
    if (loop->closed)
        return LOOP_CLOSED;
    if (has_sock && (options->local != NULL || options->remote != NULL || options->flags != 0))
        return LOOP_VALUE;
    if (options->flags & LOOP_REUSE_PORT)
        return LOOP_NOT_IMPLEMENTED;
    struct operation *op = operation_make(loop, factory, factory_arg, arg, operation != NULL);
    if (op == NULL)
        return LOOP_NO_MEMORY;
    op->connected = done;
    op->flags = options->flags;
    op->family = family_of(options->family);
    loop_status status = LOOP_OK;
    if (has_sock)
        status = take_over(op, options->sock);
    if (status == LOOP_OK)
        status = operation_address(op, &op->remote, options->remote, 0, SOCK_DGRAM);
    if (status == LOOP_OK)
        status = operation_address(op, &op->local, options->local, 1, SOCK_DGRAM);
    if (status != LOOP_OK)
        return operation_discard(op, status);
    return operation_begin(op, has_sock ? operation_made : start, operation);
}

/* A datagram that is on its way to the protocol. */
struct arrival {
    struct loop_protocol *protocol;
    const uv_buf_t *buffer;
    size_t length;
};

static void deliver(void *arg, const struct loop_address *from)
{
    const struct arrival *a = arg;
    a->protocol->datagram_received(a->protocol->user, a->buffer->base, a->length, from);
}

/* Without an address libuv tells that there is nothing more for now. */
static void on_datagram(uv_udp_t *udp, ssize_t count, const uv_buf_t *buffer,
                        const struct sockaddr *from, unsigned flags)
{
    struct loop_transport *t = udp->data;
    struct arrival arrival = {&t->protocol, buffer, (size_t)count};

    (void)flags;
    if (count < 0 && t->protocol.error_received != NULL)
        t->protocol.error_received(t->protocol.user, status_of(t->loop, (int)count));
    else if (count >= 0 && from != NULL && t->protocol.datagram_received != NULL)
        address_tell(from, deliver, &arrival);
}

void datagrams_read_or_not(struct loop_transport *t)
{
    if (!t->made || t->paused || t->closing) {
        uv_udp_recv_stop(&t->uv.udp);
        return;
    }
    int error = uv_udp_recv_start(&t->uv.udp, transport_buffer, on_datagram);
    if (error < 0 && error != UV_EALREADY)
        transport_lose(t, status_of(t->loop, error));
}

static void on_sent(uv_udp_send_t *uv, int error)
{
    struct loop_transport *t = uv->handle->data;
    free(uv->data);
    if (uv_is_closing(&t->uv.any))
        return;
    if (error < 0 && t->protocol.error_received != NULL)
        t->protocol.error_received(t->protocol.user, status_of(t->loop, error));
    if (t->closing && uv_udp_get_send_queue_count(&t->uv.udp) == 0)
        transport_lose(t, LOOP_OK);
}

void datagrams_flush_and_close(struct loop_transport *t)
{
    uv_udp_recv_stop(&t->uv.udp);
    if (uv_udp_get_send_queue_count(&t->uv.udp) == 0)
        transport_lose(t, LOOP_OK);
}

loop_status libuv_transport_sendto(struct loop_transport *t, const void *data, size_t length,
                                   const struct loop_address *to)
{
    struct sockaddr_storage storage;

    if (t->kind != DATAGRAMS)
        return LOOP_TYPE;
    if (t->closing)
        return LOOP_OK;
    loop_status status = to == NULL ? LOOP_OK : address_of(to, 0, &storage);
    if (status != LOOP_OK)
        return status;
    struct sending *s = malloc(sizeof *s + length);
    if (s == NULL)
        return LOOP_NO_MEMORY;
    if (length > 0)
        memcpy(s->data, data, length);
    s->uv.data = s;
    uv_buf_t buffer = {.base = s->data, .len = length};
    const struct sockaddr *name = to == NULL ? NULL : (const struct sockaddr *)&storage;
    int error = uv_udp_send(&s->uv, &t->uv.udp, &buffer, 1, name, on_sent);
    if (error < 0)
        free(s);
    return status_of(t->loop, error);
}
