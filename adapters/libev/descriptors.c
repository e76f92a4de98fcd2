/* SPDX-License-Identifier: MIT
 *
 * A reader is an ev_io for EV_READ, a writer one for EV_WRITE: libev has any number of them a
 * descriptor. */
#include <stdlib.h>

#include "adapter.h"

struct watcher {
    ev_io ev;
    LIST_ENTRY(watcher) entries;
    int fd;
    int events; /* EV_READ or EV_WRITE */
    loop_callback callback;
    void *arg;
};

static struct watcher *find(struct loop *loop, loop_fd fd, int events)
{
    struct watcher *w;
    LIST_FOREACH(w, &loop->watchers, entries)
    {
        if (w->fd == fd && w->events == events)
            return w;
    }
    return NULL;
}

/* With EV_ERROR libev has stopped the watcher; the user's next call on the descriptor will tell. */
static void on_event(struct ev_loop *ev, ev_io *io, int events)
{
    struct watcher *w = io->data;
    (void)ev;
    (void)events;
    w->callback(w->arg);
}

static loop_status add(struct loop *loop, loop_fd fd, int events, loop_callback callback, void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct watcher *w = find(loop, fd, events);
    if (w == NULL) {
        w = calloc(1, sizeof *w);
        if (w == NULL)
            return LOOP_NO_MEMORY;
        w->fd = (int)fd;
        w->events = events;
        ev_io_init(&w->ev, on_event, (int)fd, events);
        w->ev.data = w;
        ev_io_start(loop->ev, &w->ev);
        LIST_INSERT_HEAD(&loop->watchers, w, entries);
    }
    w->callback = callback;
    w->arg = arg;
    return LOOP_OK;
}

static void discard(struct loop *loop, struct watcher *w)
{
    ev_io_stop(loop->ev, &w->ev);
    LIST_REMOVE(w, entries);
    free(w);
}

static loop_status drop(struct loop *loop, loop_fd fd, int events)
{
    struct watcher *w = find(loop, fd, events);
    if (w == NULL)
        return LOOP_NOT_FOUND;
    discard(loop, w);
    return LOOP_OK;
}

loop_status libev_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, EV_READ, callback, arg);
}

loop_status libev_remove_reader(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, EV_READ);
}

loop_status libev_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, EV_WRITE, callback, arg);
}

loop_status libev_remove_writer(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, EV_WRITE);
}

void discard_watchers(struct loop *loop)
{
    while (!LIST_EMPTY(&loop->watchers))
        discard(loop, LIST_FIRST(&loop->watchers));
}
