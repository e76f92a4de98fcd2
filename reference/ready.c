/* SPDX-License-Identifier: MIT
 *
 * What is called next? Handles, and the queue of those that are due. */
#include "loop.h"

#include <stdlib.h>

#include "transport.h"

struct loop_handle *handle_make(loop_callback callback, void *arg)
{
    struct loop_handle *handle = calloc(1, sizeof *handle);

    if (handle) {
        handle->callback = callback;
        handle->arg = arg;
        handle->references = 1;
        handle->place = NO_PLACE;
    }
    return handle;
}

void handle_drop(struct loop_handle *handle)
{
    if (handle && --handle->references == 0)
        free(handle);
}

void handle_revoke(struct loop_handle *handle)
{
    if (handle)
        handle->cancelled = true;
    handle_drop(handle);
}

loop_status ready_open(struct loop *loop)
{
    loop->ready.lock = lock_make();
    return loop->ready.lock ? LOOP_OK : LOOP_NO_MEMORY;
}

bool ready_any(struct loop *loop)
{
    bool any;

    lock_take(loop->ready.lock);
    any = loop->ready.first != NULL;
    lock_give(loop->ready.lock);
    return any;
}

static void append(struct ready *ready, struct loop_handle *handle)
{
    handle->queued = true;
    handle->next = NULL;
    if (ready->first)
        ready->last->next = handle;
    else
        ready->first = handle;
    ready->last = handle;
}

static struct loop_handle *take_all(struct ready *ready)
{
    struct loop_handle *first;

    lock_take(ready->lock);
    first = ready->first;
    ready->first = NULL;
    lock_give(ready->lock);
    return first;
}

void ready_push(struct loop *loop, struct loop_handle *handle)
{
    if (handle->queued)
        return;
    handle->references++;
    lock_take(loop->ready.lock);
    append(&loop->ready, handle);
    lock_give(loop->ready.lock);
}

void ready_run(struct loop *loop)
{
    struct loop_handle *handle, *next;

    for (handle = take_all(&loop->ready); handle; handle = next) {
        next = handle->next;
        handle->queued = false;
        if (!handle->cancelled)
            handle->callback(handle->arg);
        handle_drop(handle);
    }
}

void ready_refuse(struct loop *loop)
{
    struct loop_handle *handle, *next;

    lock_take(loop->ready.lock);
    loop->ready.refusing = true;
    lock_give(loop->ready.lock);
    for (handle = take_all(&loop->ready); handle; handle = next) {
        next = handle->next;
        handle->queued = false;
        handle_drop(handle);
    }
}

/* Only the first callback in the queue need wake the loop: it waits only when it has seen the queue
 * empty. Waking under the lock, so that close() cannot come between. */
static bool push_unless_refused(struct loop *loop, struct loop_handle *made,
                                struct loop_handle **handle, bool wake)
{
    struct ready *ready = &loop->ready;

    lock_take(ready->lock);
    if (ready->refusing) {
        lock_give(ready->lock);
        return false;
    }
    if (handle) {
        made->references++;
        *handle = made;
    }
    if (wake && !ready->first)
        loop_wake(loop);
    append(ready, made);
    lock_give(ready->lock);
    return true;
}

bool ready_post(struct loop *loop, struct loop_handle *handle)
{
    return push_unless_refused(loop, handle, NULL, true);
}

/* Any thread. Once it is queued, the handle is the loop's thread's. */
static loop_status call_soon(struct loop *loop, loop_callback callback, void *arg,
                             struct loop_handle **handle, bool wake)
{
    struct loop_handle *made;

    made = handle_make(callback, arg);
    if (!made)
        return LOOP_NO_MEMORY;
    if (!push_unless_refused(loop, made, handle, wake)) {
        handle_drop(made);
        return LOOP_CLOSED;
    }
    return LOOP_OK;
}

loop_status loop_call_soon(struct loop *loop, loop_callback callback, void *arg,
                           struct loop_handle **handle)
{
    return call_soon(loop, callback, arg, handle, false);
}

loop_status loop_call_soon_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                      struct loop_handle **handle)
{
    return call_soon(loop, callback, arg, handle, true);
}

void loop_handle_cancel(struct loop *loop, struct loop_handle *handle)
{
    handle->cancelled = true;
    if (handle->place != NO_PLACE)
        timers_remove(loop, handle);
    if (handle->operation)
        operation_cancel(handle->operation);
}

int loop_handle_cancelled(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    return handle->cancelled;
}

loop_status loop_handle_when(struct loop *loop, struct loop_handle *handle, int64_t *when)
{
    (void)loop;
    if (!handle->is_timer)
        return LOOP_TYPE;
    *when = handle->when;
    return LOOP_OK;
}

void loop_handle_release(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    handle_drop(handle);
}
