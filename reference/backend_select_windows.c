/* SPDX-License-Identifier: MIT
 *
 * select on Windows: not a bitmap but a list of sockets, as long as FD_SETSIZE says. It has room for
 * the 512 of the user's that Python compiles it for, and for the wakeup.  */
#define MOST       512
#define FD_SETSIZE (MOST + 1)

#include "loop.h"

#include "internet.h"

static loop_status open_select(struct loop *loop)
{
    (void)loop;
    return LOOP_OK;
}

static void close_select(struct loop *loop)
{
    (void)loop;
}

/* One too many would be left out of the list without a word. */
static loop_status watch(struct loop *loop, loop_fd fd, unsigned had, unsigned wanted)
{
    const int64_t *watched = loop->descriptors.watched;
    unsigned added = wanted & ~had;
    bool full = ((added & WATCH_READ) && watched[READER] >= MOST) ||
                ((added & WATCH_WRITE) && watched[WRITER] >= MOST);

    (void)fd;
    return full ? LOOP_VALUE : LOOP_OK;
}

/* A connection that could not be made is no more than exceptional: it counts as writable. */
struct sets {
    fd_set reading, writing, exceptional;
};

/* FD_SET would look through all that are there already. */
static void add(fd_set *set, loop_fd fd)
{
    set->fd_array[set->fd_count++] = (SOCKET)fd;
}

static void fill(const struct loop *loop, struct sets *sets)
{
    sets->reading.fd_count = sets->writing.fd_count = 0;
    add(&sets->reading, loop->wakeup.receiver);
    for (size_t i = 0; i < loop->descriptors.count; i++) {
        const struct descriptor *at = &loop->descriptors.all[i];

        if (at->gone)
            continue;
        if (at->handles[READER])
            add(&sets->reading, at->fd);
        if (at->handles[WRITER])
            add(&sets->writing, at->fd);
    }
    sets->exceptional = sets->writing;
}

/* select fails for all when one is closed, and does not say which. False if none is found. */
static bool find_gone(struct loop *loop)
{
    bool found = false;

    for (size_t i = 0; i < loop->descriptors.count; i++) {
        struct descriptor *at = &loop->descriptors.all[i];
        enum kind kind;

        if (!at->gone && (kind_of(at->fd, &kind) != 0 || kind != KIND_SOCKET))
            found = at->gone = true;
    }
    return found;
}

static void report(struct loop *loop, const fd_set *set, unsigned event)
{
    for (u_int i = 0; i < set->fd_count; i++)
        descriptors_ready(loop, (loop_fd)set->fd_array[i], event);
}

/* Rounded up; NULL is for ever. */
static struct timeval *limit_of(int64_t timeout, struct timeval *limit)
{
    int64_t microseconds = (timeout + 999) / 1000;

    limit->tv_sec = (long)(microseconds / 1000000);
    limit->tv_usec = (long)(microseconds % 1000000);
    return timeout < 0 ? NULL : limit;
}

static loop_status wait_select(struct loop *loop, int64_t timeout)
{
    struct timeval limit;
    struct sets sets;
    int error;

    do {
        fill(loop, &sets);
        error = select(0, &sets.reading, &sets.writing, &sets.exceptional,
                       limit_of(timeout, &limit)) == SOCKET_ERROR
                    ? WSAGetLastError()
                    : 0;
    } while (error == WSAENOTSOCK && find_gone(loop));
    if (error != 0)
        return loop_fail(loop, error);
    report(loop, &sets.reading, WATCH_READ);
    report(loop, &sets.writing, WATCH_WRITE);
    report(loop, &sets.exceptional, WATCH_WRITE);
    return LOOP_OK;
}

const struct backend backend_select = {open_select, close_select, watch, wait_select};
