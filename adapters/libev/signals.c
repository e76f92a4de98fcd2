/* SPDX-License-Identifier: MIT
 *
 * A signal handler is an ev_signal. */
#include <stdlib.h>

#include "adapter.h"

struct signal_handler {
    ev_signal ev;
    LIST_ENTRY(signal_handler) entries;
    loop_callback callback;
    void *arg;
};

static struct signal_handler *find(struct loop *loop, int signum)
{
    struct signal_handler *s;
    LIST_FOREACH(s, &loop->signals, entries)
    {
        if (s->ev.signum == signum)
            return s;
    }
    return NULL;
}

static void on_signal(struct ev_loop *ev, ev_signal *signal, int events)
{
    struct signal_handler *s = signal->data;
    (void)ev;
    (void)events;
    s->callback(s->arg);
}

loop_status libev_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                     void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct signal_handler *s = find(loop, signum);
    if (s == NULL) {
        s = calloc(1, sizeof *s);
        if (s == NULL)
            return LOOP_NO_MEMORY;
        ev_signal_init(&s->ev, on_signal, signum);
        s->ev.data = s;
        ev_signal_start(loop->ev, &s->ev);
        LIST_INSERT_HEAD(&loop->signals, s, entries);
    }
    s->callback = callback;
    s->arg = arg;
    return LOOP_OK;
}

static void discard(struct loop *loop, struct signal_handler *s)
{
    ev_signal_stop(loop->ev, &s->ev);
    LIST_REMOVE(s, entries);
    free(s);
}

loop_status libev_remove_signal_handler(struct loop *loop, int signum)
{
    struct signal_handler *s = find(loop, signum);
    if (s == NULL)
        return LOOP_NOT_FOUND;
    discard(loop, s);
    return LOOP_OK;
}

void discard_signals(struct loop *loop)
{
    while (!LIST_EMPTY(&loop->signals))
        discard(loop, LIST_FIRST(&loop->signals));
}
