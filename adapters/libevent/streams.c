/* SPDX-License-Identifier: MIT
 *
 * A transport is a bufferevent. libevent has no close that flushes: as its samples do, the user
 * waits for the write callback that finds the output empty, and frees. */
#include <stdlib.h>

#include "adapter.h"

static void drop(struct loop_transport *t)
{
    if (--t->references == 0)
        free(t);
}

/* While the base is still there; what the user holds may outlive it. */
static void forget_loss(struct loop_transport *t)
{
    event_free(t->loss);
    t->loss = NULL;
}

/* The last that libevent says of it; what the user holds lives on. */
static void on_loss(evutil_socket_t fd, short events, void *arg)
{
    struct loop_transport *t = arg;
    (void)fd;
    (void)events;
    LIST_REMOVE(t, entries);
    forget_loss(t);
    if (t->made && t->protocol.connection_lost != NULL)
        t->protocol.connection_lost(t->protocol.user, t->why);
    drop(t);
}

struct loop_transport *transport_make(struct loop *loop, evutil_socket_t fd)
{
    struct loop_transport *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->loop = loop;
    t->references = 1;
    t->loss = event_new(loop->base, -1, 0, on_loss, t);
    if (t->loss != NULL)
        t->stream = bufferevent_socket_new(loop->base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (t->stream == NULL) {
        if (t->loss != NULL)
            event_free(t->loss);
        free(t);
        return NULL;
    }
    LIST_INSERT_HEAD(&loop->transports, t, entries);
    return t;
}

void transport_lose(struct loop_transport *t, loop_status why)
{
    if (t->stream == NULL)
        return;
    t->closing = 1;
    t->why = why;
    bufferevent_free(t->stream);
    t->stream = NULL;
    event_active(t->loss, EV_TIMEOUT, 0);
}

static size_t unwritten(struct loop_transport *t)
{
    return t->stream == NULL ? 0 : evbuffer_get_length(bufferevent_get_output(t->stream));
}

static void read_or_not(struct loop_transport *t)
{
    if (t->stream == NULL)
        return;
    if (!t->made || t->paused || t->closing || t->ended)
        bufferevent_disable(t->stream, EV_READ);
    else
        bufferevent_enable(t->stream, EV_READ);
}

/* libevent reads less at a time than the buffer holds: nothing is left in its own. */
static void on_read(struct bufferevent *stream, void *arg)
{
    struct loop_transport *t = arg;
    size_t length = bufferevent_read(stream, t->loop->buffer, sizeof t->loop->buffer);
    if (length > 0 && t->protocol.data_received != NULL)
        t->protocol.data_received(t->protocol.user, t->loop->buffer, length);
}

static void on_written(struct bufferevent *stream, void *arg)
{
    struct loop_transport *t = arg;
    (void)stream;
    if (t->closing && unwritten(t) == 0)
        transport_lose(t, LOOP_OK);
}

static void ended(struct loop_transport *t)
{
    const struct loop_protocol *p = &t->protocol;
    t->ended = 1;
    int keep = p->eof_received != NULL && p->eof_received(p->user);
    if (!keep)
        libevent_transport_close(t);
}

static void on_event(struct bufferevent *stream, short what, void *arg)
{
    struct loop_transport *t = arg;
    int os_error = EVUTIL_SOCKET_ERROR();
    (void)stream;
    if (what & BEV_EVENT_ERROR)
        transport_lose(t, failure(t->loop, os_error));
    else if (what & BEV_EVENT_EOF)
        ended(t);
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
    bufferevent_setcb(t->stream, on_read, on_written, on_event, t);
    if (t->protocol.connection_made != NULL)
        t->protocol.connection_made(t->protocol.user, t);
    read_or_not(t);
    return LOOP_OK;
}

void discard_transports(struct loop *loop)
{
    struct loop_transport *t;
    while ((t = LIST_FIRST(&loop->transports)) != NULL) {
        LIST_REMOVE(t, entries);
        if (t->stream != NULL)
            bufferevent_free(t->stream);
        t->stream = NULL;
        t->closing = 1;
        forget_loss(t);
        drop(t);
    }
}

loop_status libevent_transport_write(struct loop_transport *t, const void *data, size_t length)
{
    if (t->closing)
        return LOOP_OK;
    return bufferevent_write(t->stream, data, length) < 0 ? LOOP_NO_MEMORY : LOOP_OK;
}

void libevent_transport_close(struct loop_transport *t)
{
    if (t->closing)
        return;
    t->closing = 1;
    read_or_not(t);
    if (unwritten(t) == 0)
        transport_lose(t, LOOP_OK);
}

void libevent_transport_abort(struct loop_transport *t)
{
    transport_lose(t, LOOP_OK);
}

int libevent_transport_is_closing(struct loop_transport *t)
{
    return t->closing;
}

void libevent_transport_pause_reading(struct loop_transport *t)
{
    t->paused = 1;
    read_or_not(t);
}

void libevent_transport_resume_reading(struct loop_transport *t)
{
    t->paused = 0;
    read_or_not(t);
}

size_t libevent_transport_get_write_buffer_size(struct loop_transport *t)
{
    return unwritten(t);
}

loop_fd libevent_transport_get_fd(struct loop_transport *t)
{
    return t->stream == NULL ? LOOP_NO_FD : bufferevent_getfd(t->stream);
}

loop_status libevent_transport_get_sockname(struct loop_transport *t,
                                            void (*receive)(void *arg, const struct loop_address *),
                                            void *arg)
{
    return address_tell(t->loop, (evutil_socket_t)libevent_transport_get_fd(t), getsockname,
                        receive, arg);
}

loop_status libevent_transport_get_peername(struct loop_transport *t,
                                            void (*receive)(void *arg, const struct loop_address *),
                                            void *arg)
{
    return address_tell(t->loop, (evutil_socket_t)libevent_transport_get_fd(t), getpeername,
                        receive, arg);
}

void libevent_transport_release(struct loop_transport *t)
{
    drop(t);
}
