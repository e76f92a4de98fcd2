/* SPDX-License-Identifier: MIT */
#include "forward.h"

#include <stdatomic.h>
#include <stdlib.h>

static struct forward *_Atomic newest;
static _Thread_local struct forward *running;

struct forward *forward_new(struct loop *loop, loop_callback callback, void *arg,
                            void (*turn)(struct forward *f))
{
    struct forward *f = calloc(1, sizeof *f);

    if (f == NULL)
        abort();
    f->loop = loop;
    f->callback = callback;
    f->arg = arg;
    f->turn = turn;
    f->older = atomic_load(&newest);
    do
        f->number = f->older == NULL ? 1 : f->older->number + 1;
    while (!atomic_compare_exchange_weak(&newest, &f->older, f));
    return f;
}

static loop_status hand_out(struct forward *f, loop_status status, struct loop_handle **handle)
{
    if (status != LOOP_OK)
        f->state = FORWARD_RAN;
    else if (handle != NULL)
        *handle = f->handle;
    return status;
}

loop_status forward_soon(const struct loop_operations *inner, struct forward *f,
                         struct loop_handle **handle)
{
    return hand_out(
        f, inner->call_soon(f->loop, forward_call, f, handle != NULL ? &f->handle : NULL), handle);
}

/* The callback may run before this returns: so nothing of it is touched afterwards. */
loop_status forward_threadsafe(const struct loop_operations *inner, struct forward *f,
                               struct loop_handle **handle)
{
    return inner->call_soon_threadsafe(f->loop, forward_call, f, handle);
}

loop_status forward_later(const struct loop_operations *inner, struct forward *f, int64_t delay,
                          struct loop_handle **handle)
{
    return hand_out(
        f, inner->call_later(f->loop, delay, forward_call, f, handle != NULL ? &f->handle : NULL),
        handle);
}

void forward_call(void *arg)
{
    struct forward *f = arg, *outer = running;

    running = f;
    f->turn(f);
    running = outer;
}

void forward_run(struct forward *f)
{
    f->state = FORWARD_RUNNING;
    f->callback(f->arg);
    f->state = FORWARD_RAN;
}

struct forward *forward_find(const struct loop_handle *handle)
{
    struct forward *f = atomic_load(&newest);

    while (f != NULL && (f->handle == NULL || f->handle != handle))
        f = f->older;
    return f;
}

struct forward *forward_newest_pending(void)
{
    struct forward *f = atomic_load(&newest);

    while (f != NULL && (f->handle == NULL || f->state != FORWARD_PENDING))
        f = f->older;
    return f;
}

struct forward *forward_running(void)
{
    return running;
}
