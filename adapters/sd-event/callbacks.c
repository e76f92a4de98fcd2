/* SPDX-License-Identifier: MIT
 *
 * call_soon is a deferred source, call_later and call_at are time sources of the monotonic clock. A
 * source is kept until its handle is released, for it still tells its time when it has run. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "adapter.h"

/* The least, in microseconds; 0 would be the default of 250 ms. */
#define ACCURACY 1

struct loop_handle {
    LIST_ENTRY(loop_handle) entries;
    sd_event_source *source; /* NULL when the loop is closed */
    loop_callback callback;
    void *arg;
    int released; /* the caller has given it back, or never wanted it */
};

static int is_pending(const struct loop_handle *h)
{
    return h->source != NULL && sd_event_source_get_enabled(h->source, NULL) != SD_EVENT_OFF;
}

static void discard(struct loop_handle *h)
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
    if (h->released)
        discard(h);
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
        sd_event_source_set_enabled(handle->source, SD_EVENT_OFF);
}

loop_status sdevent_handle_when(struct loop *loop, struct loop_handle *handle, int64_t *when)
{
    uint64_t due = 0;
    if (handle->source == NULL)
        return LOOP_CLOSED;
    int error = sd_event_source_get_time(handle->source, &due);
    if (error >= 0)
        *when = (int64_t)due * 1000;
    return error == -EDOM ? LOOP_TYPE : status_of(loop, error);
}

void sdevent_handle_release(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    handle->released = 1;
    if (handle->source == NULL)
        free(handle);
    else if (!is_pending(handle))
        discard(handle);
}

void discard_handles(struct loop *loop)
{
    while (!LIST_EMPTY(&loop->handles))
        discard(LIST_FIRST(&loop->handles));
}
