/* SPDX-License-Identifier: MIT
 *
 * Transports that are a uv_stream_t. A close that flushes is uv_shutdown, which waits for all
 * writes, and then uv_close; an abort is uv_close. */
#include <stdlib.h>
#include <string.h>

#include "adapter.h"

/* A uv_write_t and the copy of what it writes. */
struct writing {
    uv_write_t uv;
    char data[];
};

static void received(struct loop_transport *t, const char *data, size_t length)
{
    const struct loop_protocol *p = &t->protocol;
    if (t->kind == CHILD_PIPE) {
        if (p->pipe_data_received != NULL && t->child_fd != 0)
            p->pipe_data_received(p->user, t->child_fd, data, length);
    } else if (t->kind != WRITE_PIPE && p->data_received != NULL) {
        p->data_received(p->user, data, length);
    }
}

static void ended(struct loop_transport *t)
{
    const struct loop_protocol *p = &t->protocol;
    int keep = 0;

    t->ended = 1;
    if (t->kind == CHILD_PIPE || t->kind == WRITE_PIPE) {
        transport_lose(t, LOOP_OK);
        return;
    }
    if (p->eof_received != NULL)
        keep = p->eof_received(p->user);
    if (!keep || t->kind == READ_PIPE)
        libuv_transport_close(t);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct loop_transport *t = stream->data;
    if (count > 0)
        received(t, buffer->base, (size_t)count);
    else if (count == UV_EOF)
        ended(t);
    else if (count < 0)
        transport_lose(t, status_of(t->loop, (int)count));
}

/* A pipe to write to is read too: where libuv can read it, that is how it tells of its end. */
void stream_read_or_not(struct loop_transport *t)
{
    if (!t->made || t->paused || t->closing || t->ended) {
        uv_read_stop(&t->uv.stream);
        return;
    }
    int error = uv_read_start(&t->uv.stream, transport_buffer, on_read);
    int writes = t->kind == WRITE_PIPE || (t->kind == CHILD_PIPE && t->child_fd == 0);
    if (error < 0 && error != UV_EALREADY && !writes)
        transport_lose(t, status_of(t->loop, error));
}

static void on_written(uv_write_t *uv, int error)
{
    struct loop_transport *t = uv->handle->data;
    free(uv->data);
    if (error < 0 && error != UV_ECANCELED)
        transport_lose(t, status_of(t->loop, error));
}

loop_status libuv_transport_write(struct loop_transport *t, const void *data, size_t length)
{
    if (t->kind == CHILD || t->kind == DATAGRAMS)
        return LOOP_TYPE;
    if (t->closing)
        return LOOP_OK;
    struct writing *w = malloc(sizeof *w + length);
    if (w == NULL)
        return LOOP_NO_MEMORY;
    if (length > 0)
        memcpy(w->data, data, length);
    w->uv.data = w;
    uv_buf_t buffer = {.base = w->data, .len = length};
    int error = uv_write(&w->uv, &t->uv.stream, &buffer, 1, on_written);
    if (error < 0)
        free(w);
    return status_of(t->loop, error);
}

static void on_shutdown(uv_shutdown_t *uv, int error)
{
    struct loop_transport *t = uv->handle->data;
    t->shutting = 0;
    if (t->closing)
        transport_lose(t, LOOP_OK);
    else if (error < 0)
        transport_lose(t, status_of(t->loop, error));
}

static int begin_shutdown(struct loop_transport *t)
{
    int error = uv_shutdown(&t->shutdown, &t->uv.stream, on_shutdown);
    t->shutting = t->shutting || error == 0;
    return error;
}

/* What cannot be written to, or was shut down before, has nothing to flush. */
void stream_flush_and_close(struct loop_transport *t)
{
    uv_read_stop(&t->uv.stream);
    if (!t->shutting && begin_shutdown(t) < 0)
        transport_lose(t, LOOP_OK);
}

/* A pipe that is only written to has no other end than its close. */
loop_status libuv_transport_write_eof(struct loop_transport *t)
{
    if (t->kind == CHILD || t->kind == DATAGRAMS)
        return LOOP_TYPE;
    if (t->closing)
        return LOOP_OK;
    if (t->kind == CONNECTION)
        return status_of(t->loop, begin_shutdown(t));
    libuv_transport_close(t);
    return LOOP_OK;
}

int libuv_transport_can_write_eof(struct loop_transport *t)
{
    return t->kind != CHILD && t->kind != DATAGRAMS;
}
