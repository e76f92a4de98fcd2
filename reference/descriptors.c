/* SPDX-License-Identifier: MIT
 *
 * Who waits for which descriptor? A sorted table with one reader and one writer each. */
#include "loop.h"

#include <stdlib.h>
#include <string.h>

#include "transport.h"

static size_t place_of(const struct descriptors *table, loop_fd fd)
{
    size_t low = 0, high = table->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (table->all[middle].fd < fd)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct descriptor *find(const struct descriptors *table, loop_fd fd)
{
    size_t place = place_of(table, fd);

    return place < table->count && table->all[place].fd == fd ? &table->all[place] : NULL;
}

static bool make_room(struct descriptors *table)
{
    size_t room = table->room ? 2 * table->room : 16;
    struct descriptor *all;

    if (table->count < table->room)
        return true;
    all = realloc(table->all, room * sizeof *all);
    if (!all)
        return false;
    table->all = all;
    table->room = room;
    return true;
}

/* There is room. */
static struct descriptor *insert(struct descriptors *table, loop_fd fd)
{
    size_t place = place_of(table, fd);
    struct descriptor *at = &table->all[place];

    memmove(at + 1, at, (table->count++ - place) * sizeof *at);
    *at = (struct descriptor){.fd = fd};
    return at;
}

static void erase(struct descriptors *table, struct descriptor *at)
{
    memmove(at, at + 1, (size_t)(table->all + --table->count - at) * sizeof *at);
}

unsigned descriptor_events(const struct descriptor *descriptor)
{
    return (descriptor->handles[READER] ? WATCH_READ : 0U) |
           (descriptor->handles[WRITER] ? WATCH_WRITE : 0U);
}

static unsigned event_of(enum direction direction)
{
    return direction == READER ? WATCH_READ : WATCH_WRITE;
}

void descriptors_ready(struct loop *loop, loop_fd fd, unsigned events)
{
    struct descriptor *at;

    if (fd == loop->wakeup.receiver) {
        wakeup_receive(&loop->wakeup);
        signals_due(loop);
        return;
    }
    at = find(&loop->descriptors, fd);
    for (enum direction d = READER; at && d <= WRITER; d++)
        if ((events & event_of(d)) && at->handles[d])
            ready_push(loop, at->handles[d]);
}

/* Whether this loop may watch what `fd` is: LOOP_OK, or why not. */
static loop_status permitted(struct loop *loop, loop_fd fd, enum direction direction)
{
    bool native = !(loop->persona->variant.flags & LOOP_VARIANT_EMULATED);
    enum kind kind = KIND_OTHER;
    int error = kind_of(fd, &kind);

    if (error != 0)
        return loop_fail(loop, error);
    if (loop->limits.add_kind[direction][kind] != LOOP_OK)
        return loop->limits.add_kind[direction][kind];
    if (native && kind == KIND_CHARACTER_DEVICE && !device_can_wait(fd))
        return LOOP_PERM;
    return LOOP_OK;
}

loop_status descriptors_watch(struct loop *loop, loop_fd fd, enum direction direction,
                              struct loop_handle *handle)
{
    struct descriptors *table = &loop->descriptors;
    struct descriptor *at = find(table, fd);
    unsigned had = at ? descriptor_events(at) : 0;
    loop_status status;

    if (!make_room(table))
        return LOOP_NO_MEMORY;
    status = loop->persona->backend->watch(loop, fd, had, had | event_of(direction));
    if (status != LOOP_OK)
        return status;
    at = had ? find(table, fd) : insert(table, fd);
    table->watched[direction] += !at->handles[direction];
    handle_revoke(at->handles[direction]);
    at->handles[direction] = handle;
    at->gone = false;
    handle->references++;
    return LOOP_OK;
}

/* No longer watched in that direction. The handle and its reference, or NULL. */
static struct loop_handle *take(struct loop *loop, loop_fd fd, enum direction direction)
{
    struct descriptors *table = &loop->descriptors;
    struct descriptor *at = find(table, fd);
    struct loop_handle *handle = at ? at->handles[direction] : NULL;
    unsigned had;

    if (!handle)
        return NULL;
    had = descriptor_events(at);
    loop->persona->backend->watch(loop, fd, had, had & ~event_of(direction));
    at->handles[direction] = NULL;
    table->watched[direction]--;
    if (descriptor_events(at) == 0)
        erase(table, at);
    return handle;
}

void descriptors_unwatch(struct loop *loop, loop_fd fd, enum direction direction)
{
    handle_drop(take(loop, fd, direction));
}

static loop_status add(struct loop *loop, loop_fd fd, enum direction direction,
                       loop_callback callback, void *arg)
{
    struct descriptors *table = &loop->descriptors;
    struct descriptor *at = find(table, fd);
    bool is_new = !at || !at->handles[direction];
    struct loop_handle *handle;
    loop_status status = permitted(loop, fd, direction);

    if (status != LOOP_OK)
        return status;
    if (is_new && table->watched[direction] >= loop->limits.most[direction])
        return loop->limits.beyond[direction];
    handle = handle_make(callback, arg);
    if (!handle)
        return LOOP_NO_MEMORY;
    status = descriptors_watch(loop, fd, direction, handle);
    handle_drop(handle);
    return status;
}

static loop_status check_add(struct loop *loop, loop_fd fd, enum direction direction,
                             loop_callback callback, void *arg)
{
    if (loop->limits.add[direction] != LOOP_OK)
        return loop->limits.add[direction];
    if (loop->closed)
        return LOOP_CLOSED;
    if (fd < 0)
        return LOOP_VALUE;
    if (transports_own(loop, fd, direction))
        return LOOP_RUNTIME;
    return add(loop, fd, direction, callback, arg);
}

static loop_status check_remove(struct loop *loop, loop_fd fd, enum direction direction)
{
    struct loop_handle *handle;

    if (loop->limits.remove[direction] != LOOP_OK)
        return loop->limits.remove[direction];
    if (fd < 0)
        return LOOP_VALUE;
    if (transports_own(loop, fd, direction))
        return LOOP_RUNTIME;
    handle = take(loop, fd, direction);
    handle_revoke(handle);
    return handle ? LOOP_OK : LOOP_NOT_FOUND;
}

loop_status loop_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return check_add(loop, fd, READER, callback, arg);
}

loop_status loop_remove_reader(struct loop *loop, loop_fd fd)
{
    return check_remove(loop, fd, READER);
}

loop_status loop_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return check_add(loop, fd, WRITER, callback, arg);
}

loop_status loop_remove_writer(struct loop *loop, loop_fd fd)
{
    return check_remove(loop, fd, WRITER);
}

void descriptors_close(struct loop *loop)
{
    for (size_t i = 0; i < loop->descriptors.count; i++) {
        handle_revoke(loop->descriptors.all[i].handles[READER]);
        handle_revoke(loop->descriptors.all[i].handles[WRITER]);
    }
    free(loop->descriptors.all);
    loop->descriptors = (struct descriptors){0};
}
