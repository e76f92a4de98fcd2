/* SPDX-License-Identifier: MIT
 *
 * A reader and a writer of the same descriptor share a struct tevent_fd, whose flags say what is
 * waited for, as its users have it (TEVENT_FD_READABLE, TEVENT_FD_WRITEABLE). */
#include <errno.h>
#include <stdlib.h>

#include "adapter.h"

struct interest {
    loop_callback callback; /* NULL: none */
    void *arg;
};

struct watcher {
    LIST_ENTRY(watcher) entries;
    struct tevent_fd *event;
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
    TALLOC_FREE(w->event);
    w->reader.callback = NULL;
    w->writer.callback = NULL;
    w->dropped = 1;
    if (!w->dispatching)
        free(w);
}

static void on_event(struct tevent_context *context, struct tevent_fd *event, uint16_t flags,
                     void *data)
{
    struct watcher *w = data;
    (void)context;
    (void)event;
    w->dispatching = 1;
    if (flags & TEVENT_FD_READ && w->reader.callback != NULL)
        w->reader.callback(w->reader.arg);
    /* The reader may have removed the writer, or both. */
    if (flags & TEVENT_FD_WRITE && w->writer.callback != NULL)
        w->writer.callback(w->writer.arg);
    w->dispatching = 0;
    if (w->dropped)
        free(w);
}

static uint16_t wanted(const struct watcher *w)
{
    return (uint16_t)((w->reader.callback != NULL ? TEVENT_FD_READ : 0) |
                      (w->writer.callback != NULL ? TEVENT_FD_WRITE : 0));
}

static loop_status start(struct loop *loop, struct watcher *w)
{
    if (w->event != NULL) {
        tevent_fd_set_flags(w->event, wanted(w));
        return LOOP_OK;
    }
    errno = 0;
    w->event = tevent_add_fd(loop->context, NULL, w->fd, wanted(w), on_event, w);
    return w->event != NULL ? LOOP_OK : failure(loop, errno);
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
    loop_status status = start(loop, w);
    if (status == LOOP_OK)
        return LOOP_OK;
    *interest = before;
    if (wanted(w) == 0)
        discard(w);
    return status;
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
        return start(loop, w);
    discard(w);
    return LOOP_OK;
}

loop_status tev_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, 1, callback, arg);
}

loop_status tev_remove_reader(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, 1);
}

loop_status tev_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, 0, callback, arg);
}

loop_status tev_remove_writer(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, 0);
}

void discard_watchers(struct loop *loop)
{
    while (!LIST_EMPTY(&loop->watchers))
        discard(LIST_FIRST(&loop->watchers));
}
