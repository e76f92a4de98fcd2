/* SPDX-License-Identifier: MIT */
#include "timed.h"

#include <stdlib.h>

static const struct loop_operations *inner;
static int64_t (*change)(struct timed *t);
static void (*turn_of_all)(struct timed *t);
static struct timed *newest;
static struct timed *running;
static int pending;

static struct timed *make(struct loop *loop, int64_t delay, loop_callback callback, void *arg)
{
    struct timed *t = calloc(1, sizeof *t);

    if (t == NULL)
        abort();
    *t = (struct timed){.older = newest,
                        .loop = loop,
                        .callback = callback,
                        .arg = arg,
                        .armed = inner->time(loop),
                        .delay = delay,
                        .pending = true,
                        .turn = turn_of_all};
    newest = t;
    pending++;
    return t;
}

static void call(void *arg)
{
    struct timed *t = arg;

    t->turn(t);
}

static loop_status hand_out(struct timed *t, loop_status status, struct loop_handle **handle)
{
    if (status != LOOP_OK) {
        t->pending = false;
        pending--;
    } else if (handle != NULL) {
        *handle = t->handle;
    }
    return status;
}

static loop_status later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                         struct loop_handle **handle)
{
    struct timed *t = make(loop, delay, callback, arg);

    if (change != NULL)
        delay = change(t);
    return hand_out(t, inner->call_later(loop, delay, call, t, handle != NULL ? &t->handle : NULL),
                    handle);
}

static loop_status at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                      struct loop_handle **handle)
{
    int64_t now = inner->time(loop);
    int64_t delay = when < 0 && now > INT64_MAX + when ? INT64_MIN / 2 : when - now;
    struct timed *t = make(loop, delay, callback, arg);

    if (change != NULL)
        when += change(t) - delay;
    return hand_out(t, inner->call_at(loop, when, call, t, handle != NULL ? &t->handle : NULL),
                    handle);
}

void timed_spoil(struct loop_operations *spoilt, const struct loop_operations *own,
                 int64_t (*delay)(struct timed *t), void (*turn)(struct timed *t))
{
    inner = own;
    change = delay;
    turn_of_all = turn;
    spoilt->call_later = later;
    spoilt->call_at = at;
}

void timed_run(struct timed *t)
{
    struct timed *outer = running;

    if (t->pending)
        pending--;
    t->pending = false;
    running = t;
    t->callback(t->arg);
    running = outer;
}

void timed_again(struct timed *t, int64_t delay)
{
    (void)inner->call_later(t->loop, delay, call, t, NULL);
}

struct timed *timed_find(const struct loop_handle *handle)
{
    struct timed *t = newest;

    while (t != NULL && (t->handle == NULL || t->handle != handle))
        t = t->older;
    return t;
}

struct timed *timed_newest(void)
{
    struct timed *t = newest;

    while (t != NULL && !t->pending)
        t = t->older;
    return t;
}

struct timed *timed_running(void)
{
    return running;
}

int timed_pending(void)
{
    return pending;
}

int64_t timed_now(struct loop *loop)
{
    return inner->time(loop);
}
