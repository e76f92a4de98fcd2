/* SPDX-License-Identifier: MIT
 *
 * What all transports share. connection_lost is libuv's uv_close_cb. */
#include <stdlib.h>

#include "adapter.h"

static void on_closed(uv_handle_t *handle)
{
    struct loop_transport *t = handle->data;
    if (t->kind == CHILD_PIPE)
        process_pipe_lost(t);
    else if (t->made && !t->loop->closed && t->protocol.connection_lost != NULL)
        t->protocol.connection_lost(t->protocol.user, t->why);
    transport_drop(t);
}

static void close_handle(uv_handle_t *handle)
{
    uv_close(handle, on_closed);
}

struct loop_transport *transport_make(struct loop *loop, size_t size, enum kind kind)
{
    struct loop_transport *t = calloc(1, size);
    if (t == NULL)
        return NULL;
    t->owner.close = close_handle;
    t->uv.any.data = t;
    t->loop = loop;
    t->kind = kind;
    t->references = 1;
    return t;
}

loop_status transport_begin(struct loop_transport *t, loop_protocol_factory factory,
                            void *factory_arg)
{
    t->protocol.size = sizeof t->protocol;
    loop_status status = factory(factory_arg, &t->protocol);
    if (status != LOOP_OK)
        return status;
    t->made = 1;
    t->references++;
    if (t->protocol.connection_made != NULL)
        t->protocol.connection_made(t->protocol.user, t);
    if (t->kind == CHILD)
        process_begin(t);
    else
        transport_read_or_not(t);
    return LOOP_OK;
}

void transport_lose(struct loop_transport *t, loop_status why)
{
    t->closing = 1;
    if (uv_is_closing(&t->uv.any))
        return;
    t->why = why;
    uv_close(&t->uv.any, on_closed);
}

void transport_discard(struct loop_transport *t)
{
    if (t->kind == CHILD)
        process_close(t);
    else
        transport_lose(t, LOOP_OK);
}

void transport_drop(struct loop_transport *t)
{
    if (--t->references > 0)
        return;
    if (t->kind == CHILD)
        process_free(t);
    free(t);
}

/* One callback at a time, whose data lives until it returns: one buffer is enough. */
void transport_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct loop_transport *t = handle->data;
    size_t size = t->kind == DATAGRAMS ? sizeof t->loop->buffer : suggested;
    *buffer = uv_buf_init(t->loop->buffer, (unsigned)size);
}

void transport_read_or_not(struct loop_transport *t)
{
    if (t->kind == DATAGRAMS)
        datagrams_read_or_not(t);
    else if (t->kind != CHILD)
        stream_read_or_not(t);
}

void libuv_transport_close(struct loop_transport *t)
{
    if (t->closing)
        return;
    t->closing = 1;
    if (t->kind == CHILD)
        process_close(t);
    else if (t->kind == DATAGRAMS)
        datagrams_flush_and_close(t);
    else
        stream_flush_and_close(t);
}

void libuv_transport_abort(struct loop_transport *t)
{
    if (t->kind == CHILD)
        process_close(t);
    else
        transport_lose(t, LOOP_OK);
}

int libuv_transport_is_closing(struct loop_transport *t)
{
    return t->closing;
}

void libuv_transport_pause_reading(struct loop_transport *t)
{
    t->paused = 1;
    transport_read_or_not(t);
}

void libuv_transport_resume_reading(struct loop_transport *t)
{
    t->paused = 0;
    transport_read_or_not(t);
}

size_t libuv_transport_get_write_buffer_size(struct loop_transport *t)
{
    if (t->kind == CHILD)
        return 0;
    return t->kind == DATAGRAMS ? uv_udp_get_send_queue_size(&t->uv.udp)
                                : uv_stream_get_write_queue_size(&t->uv.stream);
}

loop_status libuv_transport_get_sockname(struct loop_transport *t,
                                         void (*receive)(void *arg, const struct loop_address *),
                                         void *arg)
{
    return status_of(t->loop, tell_sockname(&t->uv.any, receive, arg));
}

loop_status libuv_transport_get_peername(struct loop_transport *t,
                                         void (*receive)(void *arg, const struct loop_address *),
                                         void *arg)
{
    return status_of(t->loop, tell_peername(&t->uv.any, receive, arg));
}

loop_fd libuv_transport_get_fd(struct loop_transport *t)
{
    uv_os_fd_t fd;
    return uv_fileno(&t->uv.any, &fd) < 0 ? LOOP_NO_FD : fd;
}

void libuv_transport_release(struct loop_transport *t)
{
    transport_drop(t);
}
