/* SPDX-License-Identifier: MIT
 *
 * Every callback is a struct event without a descriptor. call_soon makes it active, which libevent
 * calls the idiom for scheduling a callback, and allows from any thread once it has locks;
 * call_later adds it with a timeout. The handle of an operation is a loop_handle too. */
#include <errno.h>
#include <stdlib.h>

#include "adapter.h"

struct loop_handle {
    LIST_ENTRY(loop_handle) entries;
    struct loop *loop;
    struct event *event; /* NULL for an operation's, and for what has run or was cancelled */
    loop_callback callback;
    void *arg;
    int pending;  /* neither run nor cancelled */
    int released; /* the caller has given it back, or never wanted it */
};

static void let_go(struct loop_handle *h)
{
    h->pending = 0;
    if (h->released)
        free(h);
}

static void finish(struct loop_handle *h)
{
    pthread_mutex_lock(&h->loop->lock);
    LIST_REMOVE(h, entries);
    pthread_mutex_unlock(&h->loop->lock);
    event_free(h->event);
    let_go(h);
}

static void run(evutil_socket_t fd, short events, void *arg)
{
    struct loop_handle *h = arg;
    loop_callback callback = h->callback;
    void *callback_arg = h->arg;
    (void)fd;
    (void)events;
    finish(h);
    callback(callback_arg);
}

static struct loop_handle *make(struct loop *loop, loop_callback callback, void *arg, int wanted)
{
    struct loop_handle *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    h->loop = loop;
    h->callback = callback;
    h->arg = arg;
    h->pending = 1;
    h->released = !wanted;
    return h;
}

/* The lock is held. */
static loop_status start(struct loop_handle *h, const struct timeval *delay)
{
    struct loop *loop = h->loop;
    if (loop->closed)
        return LOOP_CLOSED;
    h->event = event_new(loop->base, -1, 0, run, h);
    if (h->event == NULL)
        return LOOP_NO_MEMORY;
    if (delay == NULL)
        event_active(h->event, EV_TIMEOUT, 0);
    else if (event_add(h->event, delay) < 0)
        return LOOP_NO_MEMORY;
    LIST_INSERT_HEAD(&loop->handles, h, entries);
    return LOOP_OK;
}

static loop_status schedule(struct loop *loop, const struct timeval *delay, loop_callback callback,
                            void *arg, struct loop_handle **handle)
{
    struct loop_handle *h = make(loop, callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    pthread_mutex_lock(&loop->lock);
    loop_status status = start(h, delay);
    if (status == LOOP_OK && handle != NULL)
        *handle = h;
    pthread_mutex_unlock(&loop->lock);
    if (status != LOOP_OK) {
        if (h->event != NULL)
            event_free(h->event);
        free(h);
    }
    return status;
}

loop_status libevent_call_soon(struct loop *loop, loop_callback callback, void *arg,
                               struct loop_handle **handle)
{
    return schedule(loop, NULL, callback, arg, handle);
}

/* Microseconds are libevent's unit; rounding down would ask it for less than the caller did. */
loop_status libevent_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    int64_t us = delay <= 0 ? 0 : delay / 1000 + (delay % 1000 != 0);
    struct timeval tv = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    return schedule(loop, &tv, callback, arg, handle);
}

void libevent_handle_cancel(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    if (handle->pending && handle->event == NULL)
        handle->callback(handle->arg);
    else if (handle->pending)
        finish(handle);
}

void libevent_handle_release(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    handle->released = 1;
    if (!handle->pending)
        free(handle);
}

struct loop_handle *ticket_make(struct loop *loop, loop_callback cancel, void *arg)
{
    return make(loop, cancel, arg, 1);
}

void ticket_over(struct loop_handle *ticket)
{
    let_go(ticket);
}

/* The loop is closed: nobody adds to them any more. */
void discard_handles(struct loop *loop)
{
    while (!LIST_EMPTY(&loop->handles))
        finish(LIST_FIRST(&loop->handles));
}
