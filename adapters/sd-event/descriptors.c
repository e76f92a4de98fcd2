/* SPDX-License-Identifier: MIT
 *
 * Readers and writers are I/O sources. sd-event has one of them a descriptor, so a reader and a
 * writer of the same descriptor share it. */
#include <stdlib.h>
#include <sys/epoll.h>

#include "adapter.h"

struct interest {
    loop_callback callback; /* NULL: none */
    void *arg;
};

struct watcher {
    LIST_ENTRY(watcher) entries;
    sd_event_source *source;
    int fd;
    int dispatching;
    int dropped;
    struct interest reader;
    struct interest writer;
};

static struct watcher *find(struct loop *loop, loop_fd fd)
{
    struct watcher *w;
    LIST_FOREACH(w, &loop->watchers, entries)
    {
        if (w->fd == fd)
            return w;
    }
    return NULL;
}

static void discard(struct watcher *w)
{
    LIST_REMOVE(w, entries);
    w->source = sd_event_source_disable_unref(w->source);
    w->reader.callback = NULL;
    w->writer.callback = NULL;
    w->dropped = 1;
    if (!w->dispatching)
        free(w);
}

/* Hang-ups and errors come to both: the next call on the descriptor will tell. */
static int on_events(sd_event_source *source, int fd, uint32_t events, void *data)
{
    struct watcher *w = data;
    (void)source;
    (void)fd;
    w->dispatching = 1;
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR) && w->reader.callback != NULL)
        w->reader.callback(w->reader.arg);
    /* The reader may have removed the writer, or both. */
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR) && w->writer.callback != NULL)
        w->writer.callback(w->writer.arg);
    w->dispatching = 0;
    if (w->dropped)
        free(w);
    return 0;
}

static uint32_t wanted(const struct watcher *w)
{
    return (w->reader.callback != NULL ? (uint32_t)EPOLLIN : 0) |
           (w->writer.callback != NULL ? (uint32_t)EPOLLOUT : 0);
}

static int start(struct loop *loop, struct watcher *w)
{
    if (w->source != NULL)
        return sd_event_source_set_io_events(w->source, wanted(w));
    return sd_event_add_io(loop->event, &w->source, w->fd, wanted(w), on_events, w);
}

static loop_status add(struct loop *loop, loop_fd fd, int reader, loop_callback callback, void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct watcher *w = find(loop, fd);
    if (w == NULL) {
        w = calloc(1, sizeof *w);
        if (w == NULL)
            return LOOP_NO_MEMORY;
        w->fd = (int)fd;
        LIST_INSERT_HEAD(&loop->watchers, w, entries);
    }
    struct interest *interest = reader ? &w->reader : &w->writer;
    struct interest before = *interest;
    *interest = (struct interest){callback, arg};
    int error = start(loop, w);
    if (error >= 0)
        return LOOP_OK;
    *interest = before;
    if (wanted(w) == 0)
        discard(w);
    return status_of(loop, error);
}

static loop_status drop(struct loop *loop, loop_fd fd, int reader)
{
    struct watcher *w = find(loop, fd);
    if (w == NULL)
        return LOOP_NOT_FOUND;
    struct interest *interest = reader ? &w->reader : &w->writer;
    if (interest->callback == NULL)
        return LOOP_NOT_FOUND;
    interest->callback = NULL;
    if (wanted(w) != 0)
        return status_of(loop, start(loop, w));
    discard(w);
    return LOOP_OK;
}

loop_status sdevent_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, 1, callback, arg);
}

loop_status sdevent_remove_reader(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, 1);
}

loop_status sdevent_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, 0, callback, arg);
}

loop_status sdevent_remove_writer(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, 0);
}

void discard_watchers(struct loop *loop)
{
    while (!LIST_EMPTY(&loop->watchers))
        discard(LIST_FIRST(&loop->watchers));
}
