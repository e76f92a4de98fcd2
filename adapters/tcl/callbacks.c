/* SPDX-License-Identifier: MIT
 *
 * call_soon and call_soon_threadsafe put an event at the tail of the thread's queue, by
 * Tcl_ThreadQueueEvent and Tcl_ThreadAlert: Tcl's other word, Tcl_DoWhenIdle, is for when there is
 * nothing else to do. call_later is a timer handler, of whole milliseconds. The handle of an
 * operation is a loop_handle too. */
#include <stdlib.h>

#include "adapter.h"

struct loop_handle {
    struct loop *loop;
    loop_callback callback;
    void *arg;
    struct loop_handle *next; /* of the loop's timers */
    Tcl_TimerToken timer;     /* NULL: an event of the queue, or an operation's */
    int operation;            /* `callback` cancels it */
    int pending;              /* neither run nor cancelled */
    int released;             /* the caller has given it back, or never wanted it */
};

/* What Tcl frees when it was called. */
struct event {
    Tcl_Event header;
    struct loop_handle *handle;
};

struct turn {
    Tcl_Event header;
    struct loop *loop;
    loop_callback callback;
    void *arg;
};

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

static void finish(struct loop_handle *h)
{
    h->pending = 0;
    if (h->released)
        free(h);
}

static void run(struct loop_handle *h)
{
    loop_callback callback = h->callback;
    void *arg = h->arg;
    finish(h);
    callback(arg);
}

static int on_event(Tcl_Event *event, int flags)
{
    (void)flags;
    run(((struct event *)event)->handle);
    return 1;
}

/* Posts may come from any thread, so the loop's closing is locked out. */
loop_status tcl_call_soon(struct loop *loop, loop_callback callback, void *arg,
                          struct loop_handle **handle)
{
    struct loop_handle *h = make(loop, callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    Tcl_MutexLock(&loop->lock);
    int closed = loop->closed;
    if (!closed) {
        struct event *event = (struct event *)(void *)ckalloc(sizeof *event);
        event->header.proc = on_event;
        event->handle = h;
        if (handle != NULL)
            *handle = h;
        Tcl_ThreadQueueEvent(loop->thread, &event->header, TCL_QUEUE_TAIL);
        Tcl_ThreadAlert(loop->thread);
    }
    Tcl_MutexUnlock(&loop->lock);
    if (closed)
        free(h);
    return closed ? LOOP_CLOSED : LOOP_OK;
}

static int on_turn(Tcl_Event *event, int flags)
{
    struct turn *turn = (struct turn *)event;
    (void)flags;
    turn->callback(turn->arg);
    return 1;
}

void call_in_turn(struct loop *loop, loop_callback callback, void *arg)
{
    struct turn *turn = (struct turn *)(void *)ckalloc(sizeof *turn);
    turn->header.proc = on_turn;
    turn->loop = loop;
    turn->callback = callback;
    turn->arg = arg;
    Tcl_QueueEvent(&turn->header, TCL_QUEUE_TAIL);
}

static void unlink_timer(struct loop_handle *h)
{
    struct loop_handle **link = &h->loop->timers;
    while (*link != h)
        link = &(*link)->next;
    *link = h->next;
}

static void on_timer(ClientData data)
{
    struct loop_handle *h = data;
    unlink_timer(h);
    run(h);
}

int64_t tcl_time(struct loop *loop)
{
    Tcl_Time now;
    (void)loop;
    Tcl_GetTime(&now);
    return (int64_t)now.sec * 1000000000 + (int64_t)now.usec * 1000;
}

/* Tcl counts in an int of milliseconds; rounding down would ask it for less than the caller did. */
loop_status tcl_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                           struct loop_handle **handle)
{
    int64_t milliseconds = delay <= 0 ? 0 : delay / 1000000 + (delay % 1000000 != 0);

    if (loop->closed)
        return LOOP_CLOSED;
    if (milliseconds > INT32_MAX)
        return LOOP_VALUE;
    struct loop_handle *h = make(loop, callback, arg, handle != NULL);
    if (h == NULL)
        return LOOP_NO_MEMORY;
    h->next = loop->timers;
    loop->timers = h;
    h->timer = Tcl_CreateTimerHandler((int)milliseconds, on_timer, h);
    if (handle != NULL)
        *handle = h;
    return LOOP_OK;
}

/* Tcl_DeleteEvents asks this of each event in the queue. */
static int is_of_handle(Tcl_Event *event, ClientData handle)
{
    return event->proc == on_event && ((struct event *)event)->handle == handle;
}

static int is_of_loop(Tcl_Event *event, ClientData loop)
{
    if (event->proc == on_turn)
        return ((struct turn *)event)->loop == loop;
    if (event->proc != on_event || ((struct event *)event)->handle->loop != loop)
        return 0;
    finish(((struct event *)event)->handle);
    return 1;
}

void tcl_handle_cancel(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    if (!handle->pending)
        return;
    if (handle->operation) {
        handle->callback(handle->arg);
        return;
    }
    if (handle->timer != NULL) {
        Tcl_DeleteTimerHandler(handle->timer);
        unlink_timer(handle);
    } else {
        Tcl_DeleteEvents(is_of_handle, handle);
    }
    finish(handle);
}

void tcl_handle_release(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    handle->released = 1;
    if (!handle->pending)
        free(handle);
}

struct loop_handle *ticket_make(struct loop *loop, loop_callback cancel, void *arg)
{
    struct loop_handle *h = make(loop, cancel, arg, 1);
    if (h != NULL)
        h->operation = 1;
    return h;
}

void ticket_over(struct loop_handle *ticket)
{
    finish(ticket);
}

void discard_callbacks(struct loop *loop)
{
    Tcl_DeleteEvents(is_of_loop, loop);
    while (loop->timers != NULL)
        tcl_handle_cancel(loop, loop->timers);
}
