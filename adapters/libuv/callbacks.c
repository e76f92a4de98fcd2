/* SPDX-License-Identifier: MIT
 *
 * call_soon is a uv_async_t that was sent already, call_later a uv_timer_t: one libuv handle a
 * callback, so that libuv decides when each runs and in which order. Only callbacks from other
 * threads stand in a list, because uv_async_init is for the loop's thread alone. The handle of an
 * operation is a loop_handle too. */
#include <stdlib.h>

#include "adapter.h"

enum how { SOON, TIMER, POSTED, TICKET };

struct loop_handle {
    struct owner owner;
    union {
        uv_handle_t any;
        uv_async_t async;
        uv_timer_t timer;
    } uv;
    struct loop *loop;
    loop_callback callback;
    void *arg;
    enum how how;
    int pending;  /* neither run nor cancelled */
    int released; /* the caller has given it back, or never wanted it */
    int closed;   /* libuv has let go of it */
};

static void discard(uv_handle_t *handle);

static struct loop_handle *make(struct loop *loop, enum how how, loop_callback callback, void *arg,
                                int wanted)
{
    struct loop_handle *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    h->owner.close = discard;
    h->loop = loop;
    h->how = how;
    h->callback = callback;
    h->arg = arg;
    h->pending = 1;
    h->released = !wanted;
    h->uv.any.data = h;
    return h;
}

static void let_go(struct loop_handle *h)
{
    h->closed = 1;
    if (h->released)
        free(h);
}

static void on_closed(uv_handle_t *handle)
{
    let_go(handle->data);
}

/* At most once: when it runs, is cancelled, or its loop closes. */
static void finish(struct loop_handle *h)
{
    h->pending = 0;
    if (h->how == SOON || h->how == TIMER)
        uv_close(&h->uv.any, on_closed);
}

static void discard(uv_handle_t *handle)
{
    finish(handle->data);
}

static void run(struct loop_handle *h)
{
    loop_callback callback = h->callback;
    void *arg = h->arg;
    finish(h);
    callback(arg);
}

static void on_async(uv_async_t *async)
{
    run(async->data);
}

static void on_timer(uv_timer_t *timer)
{
    run(timer->data);
}

loop_status libuv_call_soon(struct loop *loop, loop_callback callback, void *arg,
                            struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct loop_handle *h = make(loop, SOON, callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    int error = uv_async_init(&loop->uv, &h->uv.async, on_async);
    if (error < 0) {
        free(h);
        return status_of(loop, error);
    }
    uv_async_send(&h->uv.async);
    if (handle != NULL)
        *handle = h;
    return LOOP_OK;
}

static loop_status start_timer(struct loop *loop, uint64_t milliseconds, loop_callback callback,
                               void *arg, struct loop_handle **handle)
{
    struct loop_handle *h = make(loop, TIMER, callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    uv_timer_init(&loop->uv, &h->uv.timer);
    uv_timer_start(&h->uv.timer, on_timer, milliseconds, 0);
    if (handle != NULL)
        *handle = h;
    return LOOP_OK;
}

/* Nanoseconds to libuv's unit; rounding down would ask libuv for less than the caller did. */
static uint64_t to_milliseconds(int64_t ns)
{
    return ns <= 0 ? 0 : (uint64_t)ns / 1000000 + ((uint64_t)ns % 1000000 != 0);
}

loop_status libuv_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                             struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    return start_timer(loop, to_milliseconds(delay), callback, arg, handle);
}

loop_status libuv_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                          struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    int64_t now = (int64_t)uv_now(&loop->uv) * 1000000;
    uint64_t delay = when <= now ? 0 : to_milliseconds(when - now);
    return start_timer(loop, delay, callback, arg, handle);
}

loop_status libuv_call_soon_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                       struct loop_handle **handle)
{
    struct posted *posted = calloc(1, sizeof *posted);
    struct loop_handle *h = make(loop, POSTED, callback, arg, handle != NULL);
    if (posted == NULL || h == NULL) {
        free(posted);
        free(h);
        return LOOP_NO_MEMORY;
    }
    posted->handle = h;
    uv_mutex_lock(&loop->lock);
    if (loop->closed) {
        uv_mutex_unlock(&loop->lock);
        free(posted);
        free(h);
        return LOOP_CLOSED;
    }
    if (handle != NULL)
        *handle = h;
    *loop->posted_end = posted;
    loop->posted_end = &posted->next;
    uv_async_send(&loop->wakeup);
    uv_mutex_unlock(&loop->lock);
    return LOOP_OK;
}

static struct posted *take_posted(struct loop *loop)
{
    uv_mutex_lock(&loop->lock);
    struct posted *first = loop->posted;
    loop->posted = NULL;
    loop->posted_end = &loop->posted;
    uv_mutex_unlock(&loop->lock);
    return first;
}

static struct loop_handle *unpack(struct posted **posted)
{
    struct posted *first = *posted;
    struct loop_handle *h = first->handle;
    *posted = first->next;
    free(first);
    return h;
}

void run_posted(uv_async_t *wakeup)
{
    struct posted *posted = take_posted(wakeup->data);
    while (posted != NULL) {
        struct loop_handle *h = unpack(&posted);
        if (h->pending)
            run(h);
        let_go(h);
    }
}

void discard_posted(struct loop *loop)
{
    struct posted *posted = take_posted(loop);
    while (posted != NULL) {
        struct loop_handle *h = unpack(&posted);
        h->pending = 0;
        let_go(h);
    }
}

void libuv_handle_cancel(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    if (handle->pending && handle->how == TICKET)
        handle->callback(handle->arg);
    else if (handle->pending)
        finish(handle);
}

struct loop_handle *ticket_make(struct loop *loop, loop_callback cancel, void *arg)
{
    return make(loop, TICKET, cancel, arg, 1);
}

void ticket_over(struct loop_handle *ticket)
{
    ticket->pending = 0;
    let_go(ticket);
}

/* libuv tells how much is left: nothing, when the timer has run. */
loop_status libuv_handle_when(struct loop *loop, struct loop_handle *handle, int64_t *when)
{
    if (handle->how != TIMER)
        return LOOP_TYPE;
    uint64_t due = uv_now(&loop->uv) + uv_timer_get_due_in(&handle->uv.timer);
    *when = due > INT64_MAX / 1000000 ? INT64_MAX : (int64_t)due * 1000000;
    return LOOP_OK;
}

void libuv_handle_release(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    handle->released = 1;
    if (handle->closed)
        free(handle);
}
