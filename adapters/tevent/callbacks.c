/* SPDX-License-Identifier: MIT
 *
 * call_soon is a struct tevent_immediate; from other threads it is scheduled by way of a
 * tevent_threaded_context. call_later and call_at are timers. */
#include <errno.h>
#include <stdlib.h>
#include <sys/time.h>

#include "adapter.h"

struct loop_handle {
    LIST_ENTRY(loop_handle) entries;
    struct loop *loop;
    void *event; /* its tevent_immediate or tevent_timer; NULL when tevent has let go of it */
    loop_callback callback;
    void *arg;
    int threaded;
    int released; /* the caller has given it back, or never wanted it */
};

static void finish(struct loop_handle *h)
{
    pthread_mutex_lock(&h->loop->lock);
    LIST_REMOVE(h, entries);
    pthread_mutex_unlock(&h->loop->lock);
    TALLOC_FREE(h->event);
    if (h->released)
        free(h);
}

/* A closed loop discards what it still delivers. */
static void run(struct loop_handle *h)
{
    loop_callback callback = h->callback;
    void *arg = h->arg;
    int closed = h->loop->closed;
    finish(h);
    if (!closed)
        callback(arg);
}

static void on_immediate(struct tevent_context *context, struct tevent_immediate *immediate,
                         void *data)
{
    (void)context;
    (void)immediate;
    run(data);
}

static void on_timer(struct tevent_context *context, struct tevent_timer *timer, struct timeval now,
                     void *data)
{
    (void)context;
    (void)timer;
    (void)now;
    run(data);
}

static struct loop_handle *make(struct loop *loop, loop_callback callback, void *arg, int wanted)
{
    struct loop_handle *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    h->loop = loop;
    h->callback = callback;
    h->arg = arg;
    h->released = !wanted;
    return h;
}

/* The lock is held. An immediate has no parent: talloc's trees are for one thread. */
static loop_status start_immediate(struct loop_handle *h, int threaded)
{
    struct loop *loop = h->loop;
    if (loop->closed)
        return LOOP_CLOSED;
    struct tevent_immediate *immediate = tevent_create_immediate(NULL);
    if (immediate == NULL)
        return LOOP_NO_MEMORY;
    h->event = immediate;
    h->threaded = threaded;
    LIST_INSERT_HEAD(&loop->handles, h, entries);
    /* Macros, each of several statements. */
    if (threaded) {
        tevent_threaded_schedule_immediate(loop->threaded, immediate, on_immediate, h);
    } else {
        tevent_schedule_immediate(immediate, loop->context, on_immediate, h);
    }
    return LOOP_OK;
}

static loop_status call_soon(struct loop *loop, int threaded, loop_callback callback, void *arg,
                             struct loop_handle **handle)
{
    struct loop_handle *h = make(loop, callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    pthread_mutex_lock(&loop->lock);
    loop_status status = start_immediate(h, threaded);
    if (status == LOOP_OK && handle != NULL)
        *handle = h;
    pthread_mutex_unlock(&loop->lock);
    if (status != LOOP_OK)
        free(h);
    return status;
}

loop_status tev_call_soon(struct loop *loop, loop_callback callback, void *arg,
                          struct loop_handle **handle)
{
    return call_soon(loop, 0, callback, arg, handle);
}

loop_status tev_call_soon_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                     struct loop_handle **handle)
{
    return call_soon(loop, 1, callback, arg, handle);
}

static loop_status start_timer(struct loop *loop, struct timeval when, loop_callback callback,
                               void *arg, struct loop_handle **handle)
{
    struct loop_handle *h = make(loop, callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    h->event = tevent_add_timer(loop->context, NULL, when, on_timer, h);
    if (h->event == NULL) {
        free(h);
        return LOOP_NO_MEMORY;
    }
    pthread_mutex_lock(&loop->lock);
    LIST_INSERT_HEAD(&loop->handles, h, entries);
    pthread_mutex_unlock(&loop->lock);
    if (handle != NULL)
        *handle = h;
    return LOOP_OK;
}

/* Microseconds are tevent's unit; rounding down would ask it for less than the caller did. */
static struct timeval to_timeval(int64_t ns)
{
    int64_t us = ns <= 0 ? 0 : ns / 1000 + (ns % 1000 != 0);
    return (struct timeval){.tv_sec = us / 1000000, .tv_usec = us % 1000000};
}

/* tevent_timeval_current_ofs, for more than 32 bits of seconds. */
loop_status tev_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                           struct loop_handle **handle)
{
    struct timeval now = tevent_timeval_current(), after = to_timeval(delay), when;
    if (loop->closed)
        return LOOP_CLOSED;
    timeradd(&now, &after, &when);
    return start_timer(loop, when, callback, arg, handle);
}

loop_status tev_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                        struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    return start_timer(loop, to_timeval(when), callback, arg, handle);
}

/* What another thread has scheduled belongs to tevent until it is called: freeing it aborts. */
void tev_handle_cancel(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    if (handle->event != NULL && !handle->threaded)
        finish(handle);
}

void tev_handle_release(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    handle->released = 1;
    if (handle->event == NULL)
        free(handle);
}

/* Those of other threads are waited for; nothing else is registered any more. */
void discard_handles(struct loop *loop)
{
    struct loop_handle *h, *next;
    for (h = LIST_FIRST(&loop->handles); h != NULL; h = next) {
        next = LIST_NEXT(h, entries);
        if (!h->threaded)
            finish(h);
    }
    while (!LIST_EMPTY(&loop->handles) && tevent_loop_once(loop->context) == 0)
        continue;
}
