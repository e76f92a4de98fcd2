/* SPDX-License-Identifier: MIT
 *
 * A descriptor has one apr_pollfd_t for its reader and its writer: a pollset takes it once, with all
 * events that are wanted. To want others it is removed and added again. */
#include <apr_portable.h>
#include <stdlib.h>

#include "adapter.h"

struct interest {
    loop_callback callback; /* NULL: none */
    void *arg;
};

struct watcher {
    LIST_ENTRY(watcher) entries;
    int fd;
    apr_pool_t *pool; /* of the apr_file_t that stands for the descriptor */
    apr_pollfd_t poll;
    struct interest reader;
    struct interest writer;
};

static struct watcher *find(struct loop *loop, loop_fd fd)
{
    struct watcher *w;
    LIST_FOREACH(w, &loop->watchers, entries)
        if (w->fd == fd)
            return w;
    return NULL;
}

/* The apr_file_t does not own the descriptor. */
static struct watcher *make(struct loop *loop, loop_fd fd)
{
    apr_file_t *file;
    struct watcher *w = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    w->fd = (int)fd;
    if (apr_pool_create(&w->pool, loop->pool) != APR_SUCCESS ||
        apr_os_file_put(&file, &w->fd, 0, w->pool) != APR_SUCCESS) {
        free(w);
        return NULL;
    }
    w->poll.p = w->pool;
    w->poll.desc_type = APR_POLL_FILE;
    w->poll.desc.f = file;
    w->poll.client_data = w;
    LIST_INSERT_HEAD(&loop->watchers, w, entries);
    return w;
}

static void destroy(struct watcher *w)
{
    LIST_REMOVE(w, entries);
    apr_pool_destroy(w->pool);
    free(w);
}

static void destroy_all(struct watchers *list)
{
    while (!LIST_EMPTY(list))
        destroy(LIST_FIRST(list));
}

/* Asks APR for what `w` waits for now; one that waits for nothing goes when the walk is over. */
static apr_status_t request(struct loop *loop, struct watcher *w)
{
    apr_status_t status = APR_SUCCESS;
    if (w->poll.reqevents != 0)
        status = apr_pollset_remove(loop->set, &w->poll);
    w->poll.reqevents = 0;
    if (w->reader.callback != NULL)
        w->poll.reqevents |= APR_POLLIN;
    if (w->writer.callback != NULL)
        w->poll.reqevents |= APR_POLLOUT;
    if (w->poll.reqevents != 0)
        return apr_pollset_add(loop->set, &w->poll);
    LIST_REMOVE(w, entries);
    LIST_INSERT_HEAD(&loop->removed, w, entries);
    return status;
}

static struct interest *interest_of(struct watcher *w, apr_int16_t event)
{
    return event == APR_POLLIN ? &w->reader : &w->writer;
}

static loop_status add(struct loop *loop, loop_fd fd, apr_int16_t event, loop_callback callback,
                       void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct watcher *w = find(loop, fd);
    if (w == NULL && (w = make(loop, fd)) == NULL)
        return LOOP_NO_MEMORY;
    struct interest *interest = interest_of(w, event), before = *interest;
    *interest = (struct interest){callback, arg};
    if (before.callback != NULL)
        return LOOP_OK;
    apr_status_t status = request(loop, w);
    if (status == APR_SUCCESS)
        return LOOP_OK;
    *interest = before;
    w->poll.reqevents = 0;
    request(loop, w);
    return status_of(loop, status);
}

static loop_status drop(struct loop *loop, loop_fd fd, apr_int16_t event)
{
    struct watcher *w = loop->closed ? NULL : find(loop, fd);
    if (w == NULL || interest_of(w, event)->callback == NULL)
        return LOOP_NOT_FOUND;
    interest_of(w, event)->callback = NULL;
    return status_of(loop, request(loop, w));
}

loop_status apr_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, APR_POLLIN, callback, arg);
}

loop_status apr_remove_reader(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, APR_POLLIN);
}

loop_status apr_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, APR_POLLOUT, callback, arg);
}

loop_status apr_remove_writer(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, APR_POLLOUT);
}

static void run(struct watcher *w, apr_int16_t event, apr_int16_t events)
{
    struct interest *interest = interest_of(w, event);
    if (interest->callback != NULL && (events & (event | APR_POLLHUP | APR_POLLERR | APR_POLLNVAL)))
        interest->callback(interest->arg);
}

/* What was reported holds pointers to watchers that a callback may have removed. */
void run_ready(struct loop *loop, const apr_pollfd_t *ready, apr_int32_t count)
{
    for (apr_int32_t i = 0; i < count; i++) {
        run(ready[i].client_data, APR_POLLIN, ready[i].rtnevents);
        run(ready[i].client_data, APR_POLLOUT, ready[i].rtnevents);
    }
    destroy_all(&loop->removed);
}

void discard_watchers(struct loop *loop)
{
    destroy_all(&loop->watchers);
    destroy_all(&loop->removed);
}
