/* SPDX-License-Identifier: MIT
 *
 * A reader is a persistent struct event for EV_READ, a writer one for EV_WRITE: libevent has any
 * number of them a descriptor. */
#include <errno.h>
#include <stdlib.h>

#include "adapter.h"

struct watcher {
    LIST_ENTRY(watcher) entries;
    struct event *event;
    short events; /* EV_READ or EV_WRITE */
    loop_callback callback;
    void *arg;
};

static struct watcher *find(struct loop *loop, loop_fd fd, short events)
{
    struct watcher *w;
    LIST_FOREACH(w, &loop->watchers, entries)
    {
        if (event_get_fd(w->event) == fd && w->events == events)
            return w;
    }
    return NULL;
}

static void on_event(evutil_socket_t fd, short events, void *arg)
{
    struct watcher *w = arg;
    (void)fd;
    (void)events;
    w->callback(w->arg);
}

static void discard(struct watcher *w)
{
    event_free(w->event);
    free(w);
}

static loop_status start(struct loop *loop, int fd, short events, struct watcher **started)
{
    struct watcher *w = calloc(1, sizeof *w);
    if (w == NULL)
        return LOOP_NO_MEMORY;
    w->events = events;
    w->event = event_new(loop->base, fd, (short)(events | EV_PERSIST), on_event, w);
    if (w->event == NULL) {
        free(w);
        return LOOP_NO_MEMORY;
    }
    errno = 0;
    if (event_add(w->event, NULL) < 0) {
        loop_status status = failure(loop, errno);
        discard(w);
        return status;
    }
    LIST_INSERT_HEAD(&loop->watchers, w, entries);
    *started = w;
    return LOOP_OK;
}

static loop_status add(struct loop *loop, loop_fd fd, short events, loop_callback callback,
                       void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct watcher *w = find(loop, fd, events);
    if (w == NULL) {
        loop_status status = start(loop, (int)fd, events, &w);
        if (status != LOOP_OK)
            return status;
    }
    w->callback = callback;
    w->arg = arg;
    return LOOP_OK;
}

static loop_status drop(struct loop *loop, loop_fd fd, short events)
{
    struct watcher *w = find(loop, fd, events);
    if (w == NULL)
        return LOOP_NOT_FOUND;
    LIST_REMOVE(w, entries);
    discard(w);
    return LOOP_OK;
}

loop_status libevent_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, EV_READ, callback, arg);
}

loop_status libevent_remove_reader(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, EV_READ);
}

loop_status libevent_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, EV_WRITE, callback, arg);
}

loop_status libevent_remove_writer(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, EV_WRITE);
}

void discard_watchers(struct loop *loop)
{
    struct watcher *w;
    while ((w = LIST_FIRST(&loop->watchers)) != NULL) {
        LIST_REMOVE(w, entries);
        discard(w);
    }
}
