/* SPDX-License-Identifier: MIT
 *
 * call_later is an ev_timer, call_at an ev_periodic, call_soon an ev_async that was sent already.
 * libev has no queue of callbacks: a prepare watcher does not keep the loop from waiting, idle
 * watchers wait for everything else and run backwards, timers of zero have no order among themselves,
 * and what ev_feed_event was given last is called first, before the iteration goes on. */
#include <stdlib.h>

#include "adapter.h"

enum how { SOON, TIMER, PERIODIC, POSTED };

struct loop_handle {
    TAILQ_ENTRY(loop_handle) entries;
    union {
        ev_async async;
        ev_timer timer;
        ev_periodic periodic;
    } ev;
    struct loop *loop;
    loop_callback callback;
    void *arg;
    enum how how;
    int pending;  /* neither run nor cancelled */
    int listed;   /* in `posted` or `handles` */
    int released; /* the caller has given it back, or never wanted it */
};

static struct loop_handle *make(struct loop *loop, enum how how, loop_callback callback, void *arg,
                                int wanted)
{
    struct loop_handle *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    h->loop = loop;
    h->how = how;
    h->callback = callback;
    h->arg = arg;
    h->pending = 1;
    h->released = !wanted;
    return h;
}

static void free_unused(struct loop_handle *h)
{
    if (h->released && !h->listed)
        free(h);
}

/* One that was posted is taken from its list by run_posted. */
static void finish(struct loop_handle *h)
{
    struct ev_loop *ev = h->loop->ev;

    h->pending = 0;
    switch (h->how) {
    case SOON:
        ev_async_stop(ev, &h->ev.async);
        break;
    case TIMER:
        ev_timer_stop(ev, &h->ev.timer);
        break;
    case PERIODIC:
        ev_periodic_stop(ev, &h->ev.periodic);
        break;
    case POSTED:
        return;
    }
    TAILQ_REMOVE(&h->loop->handles, h, entries);
    h->listed = 0;
}

static void run(struct loop_handle *h)
{
    loop_callback callback = h->callback;
    void *arg = h->arg;
    finish(h);
    free_unused(h);
    callback(arg);
}

static void on_async(struct ev_loop *ev, ev_async *async, int events)
{
    (void)ev;
    (void)events;
    run(async->data);
}

static void on_timer(struct ev_loop *ev, ev_timer *timer, int events)
{
    (void)ev;
    (void)events;
    run(timer->data);
}

static void on_periodic(struct ev_loop *ev, ev_periodic *periodic, int events)
{
    (void)ev;
    (void)events;
    run(periodic->data);
}

static void started(struct loop_handle *h, struct loop_handle **handle)
{
    TAILQ_INSERT_TAIL(&h->loop->handles, h, entries);
    h->listed = 1;
    if (handle != NULL)
        *handle = h;
}

loop_status libev_call_soon(struct loop *loop, loop_callback callback, void *arg,
                            struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct loop_handle *h = make(loop, SOON, callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    ev_async_init(&h->ev.async, on_async);
    h->ev.async.data = h;
    ev_async_start(loop->ev, &h->ev.async);
    ev_async_send(loop->ev, &h->ev.async);
    started(h, handle);
    return LOOP_OK;
}

loop_status libev_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                             struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct loop_handle *h = make(loop, TIMER, callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    ev_timer_init(&h->ev.timer, on_timer, delay < 0 ? 0. : (ev_tstamp)delay / 1e9, 0.);
    h->ev.timer.data = h;
    ev_timer_start(loop->ev, &h->ev.timer);
    started(h, handle);
    return LOOP_OK;
}

loop_status libev_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                          struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct loop_handle *h = make(loop, PERIODIC, callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    ev_periodic_init(&h->ev.periodic, on_periodic, (ev_tstamp)when / 1e9, 0., NULL);
    h->ev.periodic.data = h;
    ev_periodic_start(loop->ev, &h->ev.periodic);
    started(h, handle);
    return LOOP_OK;
}

loop_status libev_call_soon_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                       struct loop_handle **handle)
{
    struct loop_handle *h = make(loop, POSTED, callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    pthread_mutex_lock(&loop->lock);
    int closed = loop->closed;
    if (!closed) {
        if (handle != NULL)
            *handle = h;
        h->listed = 1;
        TAILQ_INSERT_TAIL(&loop->posted, h, entries);
        ev_async_send(loop->ev, &loop->wakeup);
    }
    pthread_mutex_unlock(&loop->lock);
    if (closed)
        free(h);
    return closed ? LOOP_CLOSED : LOOP_OK;
}

static void take_posted(struct loop *loop, struct posted *taken)
{
    TAILQ_INIT(taken);
    pthread_mutex_lock(&loop->lock);
    TAILQ_CONCAT(taken, &loop->posted, entries);
    pthread_mutex_unlock(&loop->lock);
}

void run_posted(struct ev_loop *ev, ev_async *wakeup, int events)
{
    struct posted taken;
    struct loop_handle *h;
    (void)ev;
    (void)events;
    take_posted(wakeup->data, &taken);
    while ((h = TAILQ_FIRST(&taken)) != NULL) {
        TAILQ_REMOVE(&taken, h, entries);
        h->listed = 0;
        if (h->pending)
            run(h);
        else
            free_unused(h);
    }
}

void discard_handles(struct loop *loop)
{
    struct posted taken;
    struct loop_handle *h;

    while ((h = TAILQ_FIRST(&loop->handles)) != NULL) {
        finish(h);
        free_unused(h);
    }
    take_posted(loop, &taken);
    while ((h = TAILQ_FIRST(&taken)) != NULL) {
        TAILQ_REMOVE(&taken, h, entries);
        h->listed = 0;
        h->pending = 0;
        free_unused(h);
    }
}

void libev_handle_cancel(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    if (handle->pending)
        finish(handle);
}

/* An ev_timer tells how much is left; one that has run, how late it was. */
loop_status libev_handle_when(struct loop *loop, struct loop_handle *handle, int64_t *when)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (handle->how == TIMER)
        *when =
            (int64_t)((ev_now(loop->ev) + ev_timer_remaining(loop->ev, &handle->ev.timer)) * 1e9);
    else if (handle->how == PERIODIC)
        *when = (int64_t)(ev_periodic_at(&handle->ev.periodic) * 1e9);
    else
        return LOOP_TYPE;
    return LOOP_OK;
}

void libev_handle_release(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    handle->released = 1;
    if (!handle->pending)
        free_unused(handle);
}
