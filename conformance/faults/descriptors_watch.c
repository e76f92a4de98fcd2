/* SPDX-License-Identifier: MIT */
#include "descriptors_watch.h"

#include <stdlib.h>

const struct loop_operations *watch_inner;
struct watch *watch_first;
struct watch *watch_live;
struct watch *watch_calling;

static struct watch **end = &watch_first;
static const struct watch_hooks *hooks;

static void called(void *arg)
{
    struct watch *watch = arg;

    if (hooks->call != NULL)
        hooks->call(watch);
    else
        watch_deliver(watch);
}

void watch_deliver(struct watch *watch)
{
    struct watch *outer = watch_calling;

    watch->calls++;
    watch_calling = watch;
    watch->callback(watch->arg);
    watch_calling = outer;
}

struct watch *watch_find(struct loop *loop, loop_fd fd, bool writer)
{
    struct watch *w = watch_live;

    while (w != NULL && (w->loop != loop || w->fd != fd || w->writer != writer))
        w = w->next_live;
    return w;
}

int watch_count(bool writer)
{
    int count = 0;

    for (const struct watch *w = watch_live; w != NULL; w = w->next_live)
        count += w->writer == writer;
    return count;
}

static void enliven(struct watch *watch)
{
    struct watch **place = &watch_live;

    while (*place != NULL)
        place = &(*place)->next_live;
    *place = watch;
    watch->live = true;
}

static void bury(struct watch *watch)
{
    struct watch **place = &watch_live;

    while (*place != watch)
        place = &(*place)->next_live;
    *place = watch->next_live;
    watch->next_live = NULL;
    watch->live = false;
}

loop_status watch_register(struct watch *watch)
{
    loop_status status = watch->writer
                             ? watch_inner->add_writer(watch->loop, watch->fd, called, watch)
                             : watch_inner->add_reader(watch->loop, watch->fd, called, watch);
    struct watch *old = watch_find(watch->loop, watch->fd, watch->writer);

    if (status == LOOP_OK) {
        if (old != NULL)
            bury(old);
        enliven(watch);
    }
    return status;
}

loop_status watch_unregister(struct loop *loop, loop_fd fd, bool writer)
{
    struct watch *watch = watch_find(loop, fd, writer);
    loop_status status =
        writer ? watch_inner->remove_writer(loop, fd) : watch_inner->remove_reader(loop, fd);

    if (watch != NULL && status == LOOP_OK) {
        bury(watch);
        watch->removed_inside = watch == watch_calling;
    }
    return status;
}

static loop_status add(struct loop *loop, loop_fd fd, bool writer, loop_callback callback,
                       void *arg)
{
    struct watch *watch = calloc(1, sizeof *watch);

    if (watch == NULL)
        return LOOP_NO_MEMORY;
    watch->loop = loop;
    watch->fd = fd;
    watch->writer = writer;
    watch->callback = callback;
    watch->arg = arg;
    watch->added_inside = watch_calling != NULL;
    watch->added_at = watch_inner->time != NULL ? watch_inner->time(loop) : 0;
    watch->file = os_file(fd);
    *end = watch;
    end = &watch->next;
    return hooks->add != NULL ? hooks->add(watch) : watch_register(watch);
}

static loop_status add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, false, callback, arg);
}

static loop_status add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, true, callback, arg);
}

static loop_status remove_watch(struct loop *loop, loop_fd fd, bool writer)
{
    return hooks->remove != NULL ? hooks->remove(loop, fd, writer)
                                 : watch_unregister(loop, fd, writer);
}

static loop_status remove_reader(struct loop *loop, loop_fd fd)
{
    return remove_watch(loop, fd, false);
}

static loop_status remove_writer(struct loop *loop, loop_fd fd)
{
    return remove_watch(loop, fd, true);
}

void watch_spoil(struct loop_operations *spoilt, const struct loop_operations *inner,
                 const struct watch_hooks *chosen)
{
    watch_inner = inner;
    hooks = chosen;
    spoilt->add_reader = add_reader;
    spoilt->add_writer = add_writer;
    spoilt->remove_reader = remove_reader;
    spoilt->remove_writer = remove_writer;
}

void watch_soon(struct loop *loop, loop_callback callback, void *arg)
{
    watch_inner->call_soon(loop, callback, arg, NULL);
}

static void spin(void *loop)
{
    watch_soon(loop, spin, loop);
}

void watch_spin(struct loop *loop)
{
    watch_soon(loop, spin, loop);
}
