/* SPDX-License-Identifier: MIT
 *
 * Readers and writers are file handlers. Tcl has one of them a descriptor, for what its mask says.
 * Tcl_CreateFileHandler takes any number, and returns nothing. */
#include <stdlib.h>

#include "adapter.h"

struct interest {
    loop_callback callback; /* NULL: none */
    void *arg;
};

struct watcher {
    struct watcher *next;
    int fd;
    struct interest reader;
    struct interest writer;
    int calling;
    int dropped; /* while it is calling */
};

static struct watcher **find(struct loop *loop, loop_fd fd)
{
    struct watcher **link = &loop->watchers;
    while (*link != NULL && (*link)->fd != fd)
        link = &(*link)->next;
    return link;
}

/* The reader may have removed the writer, or both. */
static void on_ready(ClientData data, int mask)
{
    struct watcher *w = data;

    w->calling = 1;
    if (mask & TCL_READABLE && w->reader.callback != NULL)
        w->reader.callback(w->reader.arg);
    if (mask & TCL_WRITABLE && w->writer.callback != NULL)
        w->writer.callback(w->writer.arg);
    w->calling = 0;
    if (w->dropped)
        free(w);
}

/* A second call for a descriptor replaces its handler. */
static void register_again(struct watcher *w)
{
    int mask = 0;
    if (w->reader.callback != NULL)
        mask |= TCL_READABLE;
    if (w->writer.callback != NULL)
        mask |= TCL_WRITABLE;
    Tcl_CreateFileHandler(w->fd, mask, on_ready, w);
}

static void drop_watcher(struct watcher **link)
{
    struct watcher *w = *link;
    *link = w->next;
    Tcl_DeleteFileHandler(w->fd);
    w->reader.callback = w->writer.callback = NULL;
    w->dropped = 1;
    if (!w->calling)
        free(w);
}

static loop_status add(struct loop *loop, loop_fd fd, int reader, loop_callback callback, void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct watcher **link = find(loop, fd);
    if (*link == NULL) {
        *link = calloc(1, sizeof **link);
        if (*link == NULL)
            return LOOP_NO_MEMORY;
        (*link)->fd = (int)fd;
    }
    struct interest *interest = reader ? &(*link)->reader : &(*link)->writer;
    interest->callback = callback;
    interest->arg = arg;
    register_again(*link);
    return LOOP_OK;
}

static loop_status drop(struct loop *loop, loop_fd fd, int reader)
{
    struct watcher **link = find(loop, fd);
    if (*link == NULL)
        return LOOP_NOT_FOUND;
    struct interest *interest = reader ? &(*link)->reader : &(*link)->writer;
    if (interest->callback == NULL)
        return LOOP_NOT_FOUND;
    interest->callback = NULL;
    if ((*link)->reader.callback == NULL && (*link)->writer.callback == NULL)
        drop_watcher(link);
    else
        register_again(*link);
    return LOOP_OK;
}

loop_status tcl_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, 1, callback, arg);
}

loop_status tcl_remove_reader(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, 1);
}

loop_status tcl_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, 0, callback, arg);
}

loop_status tcl_remove_writer(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, 0);
}

void discard_watchers(struct loop *loop)
{
    while (loop->watchers != NULL)
        drop_watcher(&loop->watchers);
}
