/* SPDX-License-Identifier: MIT
 *
 * What is called at a time? The clock, and a binary heap with the earliest timer on top. */
#include "loop.h"

#include <stdlib.h>

/* The longest wait of one iteration; a later timer just takes several. It keeps every backend's
 * timeout in its range: poll counts milliseconds in an int. */
#define LONGEST_WAIT (INT64_C(24) * 3600 * 1000000000)

static bool before(const struct loop_handle *a, const struct loop_handle *b)
{
    return a->when != b->when ? a->when < b->when : a->turn < b->turn;
}

static void put(struct timers *timers, size_t place, struct loop_handle *handle)
{
    timers->heap[place] = handle;
    handle->place = place;
}

static void rise(struct timers *timers, size_t place, struct loop_handle *handle)
{
    while (place > 0 && before(handle, timers->heap[(place - 1) / 2])) {
        put(timers, place, timers->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(timers, place, handle);
}

static void sink(struct timers *timers, size_t place, struct loop_handle *handle)
{
    size_t child;

    while ((child = 2 * place + 1) < timers->count) {
        if (child + 1 < timers->count && before(timers->heap[child + 1], timers->heap[child]))
            child++;
        if (!before(timers->heap[child], handle))
            break;
        put(timers, place, timers->heap[child]);
        place = child;
    }
    put(timers, place, handle);
}

static bool make_room(struct timers *timers)
{
    size_t room = timers->room ? 2 * timers->room : 64;
    struct loop_handle **heap;

    if (timers->count < timers->room)
        return true;
    heap = realloc(timers->heap, room * sizeof(struct loop_handle *));
    if (!heap)
        return false;
    timers->heap = heap;
    timers->room = room;
    return true;
}

/* Takes `handle` out of the heap and hands its reference to the caller. */
static void take(struct timers *timers, struct loop_handle *handle)
{
    size_t place = handle->place;
    struct loop_handle *last = timers->heap[--timers->count];

    handle->place = NO_PLACE;
    if (last == handle)
        return;
    if (place > 0 && before(last, timers->heap[(place - 1) / 2]))
        rise(timers, place, last);
    else
        sink(timers, place, last);
}

void timers_remove(struct loop *loop, struct loop_handle *handle)
{
    take(&loop->timers, handle);
    handle_drop(handle);
}

/* The first moment at which loop_time() has reached `when`. */
static int64_t tick_of(const struct loop *loop, int64_t when)
{
    int64_t past = when % loop->limits.clock_step;

    return past ? when + (loop->limits.clock_step - past) : when;
}

int64_t timers_wait(struct loop *loop)
{
    int64_t now = clock_now(loop->profile), when;

    if (loop->timers.count == 0)
        return -1;
    when = loop->timers.heap[0]->when;
    if (when <= loop_time(loop))
        return 0;
    if (when - now > LONGEST_WAIT)
        return LONGEST_WAIT;
    when = tick_of(loop, when);
    return when > now ? when - now : 0;
}

int milliseconds_of(int64_t timeout)
{
    return timeout < 0 ? -1 : (int)((timeout + 999999) / 1000000);
}

void timers_due(struct loop *loop)
{
    struct timers *timers = &loop->timers;
    int64_t now = loop_time(loop);

    while (timers->count > 0 && timers->heap[0]->when <= now) {
        struct loop_handle *handle = timers->heap[0];

        take(timers, handle);
        ready_push(loop, handle);
        handle_drop(handle);
    }
}

void timers_close(struct loop *loop)
{
    while (loop->timers.count > 0)
        timers_remove(loop, loop->timers.heap[loop->timers.count - 1]);
    free(loop->timers.heap);
    loop->timers.heap = NULL;
}

int64_t loop_time(struct loop *loop)
{
    int64_t now = clock_now(loop->profile);

    return now - now % loop->limits.clock_step;
}

int64_t loop_clock_resolution(struct loop *loop)
{
    int64_t step = clock_step(loop->profile);

    return loop->limits.clock_step > step ? loop->limits.clock_step : step;
}

loop_status loop_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                         struct loop_handle **handle)
{
    struct loop_handle *made;

    if (loop->closed)
        return LOOP_CLOSED;
    made = handle_make(callback, arg);
    if (!made || !make_room(&loop->timers)) {
        handle_drop(made);
        return LOOP_NO_MEMORY;
    }
    made->is_timer = true;
    made->when = when;
    made->turn = loop->timers.made++;
    rise(&loop->timers, loop->timers.count++, made);
    if (handle) {
        made->references++;
        *handle = made;
    }
    return LOOP_OK;
}

loop_status loop_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                            struct loop_handle **handle)
{
    int64_t now = loop_time(loop);
    int64_t when = delay > INT64_MAX - now ? INT64_MAX : now + delay;

    return loop_call_at(loop, when, callback, arg, handle);
}
