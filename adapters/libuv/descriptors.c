/* SPDX-License-Identifier: MIT
 *
 * Readers and writers are uv_poll_t. libuv has one of them a descriptor, so a reader and a writer
 * of the same descriptor share it. */
#include <stdlib.h>

#include "adapter.h"

struct interest {
    loop_callback callback; /* NULL: none */
    void *arg;
};

struct watcher {
    uv_poll_t uv;
    struct watcher *next;
    struct loop *loop;
    int fd;
    struct interest reader;
    struct interest writer;
};

static struct watcher **find(struct loop *loop, loop_fd fd)
{
    struct watcher **link = &loop->watchers;
    while (*link != NULL && (*link)->fd != fd)
        link = &(*link)->next;
    return link;
}

static void on_events(uv_poll_t *poll, int status, int events)
{
    struct watcher *w = poll->data;
    /* A descriptor in error is both readable and writable: the next call on it will tell. */
    if (status < 0)
        events = UV_READABLE | UV_WRITABLE;
    if (events & UV_READABLE && w->reader.callback != NULL)
        w->reader.callback(w->reader.arg);
    /* The reader may have removed the writer, or both; the memory lives until libuv lets go. */
    if (events & UV_WRITABLE && w->writer.callback != NULL)
        w->writer.callback(w->writer.arg);
}

static void unlink_and_close(struct watcher **link)
{
    struct watcher *w = *link;
    *link = w->next;
    w->reader.callback = NULL;
    w->writer.callback = NULL;
    uv_close((uv_handle_t *)&w->uv, free_closed);
}

static int restart(struct watcher *w)
{
    int events = 0;
    if (w->reader.callback != NULL)
        events |= UV_READABLE;
    if (w->writer.callback != NULL)
        events |= UV_WRITABLE;
    return uv_poll_start(&w->uv, events, on_events);
}

static loop_status make(struct loop *loop, int fd, struct watcher **made)
{
    struct watcher *w = calloc(1, sizeof *w);
    if (w == NULL)
        return LOOP_NO_MEMORY;
    int error = uv_poll_init(&loop->uv, &w->uv, fd);
    if (error < 0) {
        free(w);
        return status_of(loop, error);
    }
    w->uv.data = w;
    w->loop = loop;
    w->fd = fd;
    w->next = loop->watchers;
    loop->watchers = w;
    *made = w;
    return LOOP_OK;
}

static loop_status add(struct loop *loop, loop_fd fd, int reader, loop_callback callback, void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct watcher *w = *find(loop, fd);
    if (w == NULL) {
        loop_status status = make(loop, (int)fd, &w);
        if (status != LOOP_OK)
            return status;
    }
    struct interest *interest = reader ? &w->reader : &w->writer;
    interest->callback = callback;
    interest->arg = arg;
    int error = restart(w);
    if (error < 0)
        unlink_and_close(find(loop, fd));
    return status_of(loop, error);
}

static loop_status drop(struct loop *loop, loop_fd fd, int reader)
{
    struct watcher **link = find(loop, fd);
    struct watcher *w = *link;
    if (w == NULL)
        return LOOP_NOT_FOUND;
    struct interest *interest = reader ? &w->reader : &w->writer;
    if (interest->callback == NULL)
        return LOOP_NOT_FOUND;
    interest->callback = NULL;
    if (w->reader.callback == NULL && w->writer.callback == NULL) {
        unlink_and_close(link);
        return LOOP_OK;
    }
    return status_of(loop, restart(w));
}

loop_status libuv_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, 1, callback, arg);
}

loop_status libuv_remove_reader(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, 1);
}

loop_status libuv_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, 0, callback, arg);
}

loop_status libuv_remove_writer(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, 0);
}

void close_watchers(struct loop *loop)
{
    while (loop->watchers != NULL)
        unlink_and_close(&loop->watchers);
}
