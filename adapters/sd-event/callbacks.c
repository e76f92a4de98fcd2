/* SPDX-License-Identifier: MIT
 *
 * call_soon is a deferred source, call_later and call_at are time sources of the monotonic clock. */
#include <stdlib.h>
#include <time.h>

#include "adapter.h"

/* The least, in microseconds; 0 would be the default of 250 ms. */
#define ACCURACY 1

struct loop_handle {
    LIST_ENTRY(loop_handle) entries;
    sd_event_source *source; /* NULL when it has run or was cancelled */
    loop_callback callback;
    void *arg;
    int released; /* the caller has given it back, or never wanted it */
};

static void finish(struct loop_handle *h)
{
    LIST_REMOVE(h, entries);
    h->source = sd_event_source_disable_unref(h->source);
    if (h->released)
        free(h);
}

static int run(sd_event_source *source, void *data)
{
    struct loop_handle *h = data;
    loop_callback callback = h->callback;
    void *arg = h->arg;
    (void)source;
    finish(h);
    callback(arg);
    return 0;
}

static int run_timer(sd_event_source *source, uint64_t due, void *data)
{
    (void)due;
    return run(source, data);
}

static struct loop_handle *make(loop_callback callback, void *arg, int wanted)
{
    struct loop_handle *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    h->callback = callback;
    h->arg = arg;
    h->released = !wanted;
    return h;
}

static loop_status started(struct loop *loop, struct loop_handle *h, int error,
                           struct loop_handle **handle)
{
    if (error < 0) {
        free(h);
        return status_of(loop, error);
    }
    LIST_INSERT_HEAD(&loop->handles, h, entries);
    if (handle != NULL)
        *handle = h;
    return LOOP_OK;
}

loop_status sdevent_call_soon(struct loop *loop, loop_callback callback, void *arg,
                              struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct loop_handle *h = make(callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    return started(loop, h, sd_event_add_defer(loop->event, &h->source, run, h), handle);
}

/* Rounding down would ask sd-event for less than the caller did. */
static uint64_t to_microseconds(int64_t ns)
{
    return ns <= 0 ? 0 : (uint64_t)ns / 1000 + ((uint64_t)ns % 1000 != 0);
}

loop_status sdevent_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                               struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct loop_handle *h = make(callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    int error = sd_event_add_time_relative(loop->event, &h->source, CLOCK_MONOTONIC,
                                           to_microseconds(delay), ACCURACY, run_timer, h);
    return started(loop, h, error, handle);
}

loop_status sdevent_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                            struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct loop_handle *h = make(callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    int error = sd_event_add_time(loop->event, &h->source, CLOCK_MONOTONIC, to_microseconds(when),
                                  ACCURACY, run_timer, h);
    return started(loop, h, error, handle);
}

void sdevent_handle_cancel(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    if (handle->source != NULL)
        finish(handle);
}

void sdevent_handle_release(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    handle->released = 1;
    if (handle->source == NULL)
        free(handle);
}

void discard_handles(struct loop *loop)
{
    while (!LIST_EMPTY(&loop->handles))
        finish(LIST_FIRST(&loop->handles));
}
