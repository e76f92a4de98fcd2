/* SPDX-License-Identifier: MIT
 *
 * select on Unix: the oldest, with a bitmap that ends at FD_SETSIZE. A number beyond it would write
 * over the stack, and is refused when it is registered. */
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/select.h>

static loop_status open_select(struct loop *loop)
{
    return loop->wakeup.receiver < FD_SETSIZE ? LOOP_OK : loop_fail(loop, EMFILE);
}

static void close_select(struct loop *loop)
{
    (void)loop;
}

static loop_status watch(struct loop *loop, loop_fd fd, unsigned had, unsigned wanted)
{
    (void)loop;
    (void)had;
    return wanted == 0 || fd < FD_SETSIZE ? LOOP_OK : LOOP_VALUE;
}

struct sets {
    fd_set reading, writing;
    int beyond; /* one more than the highest number */
};

static void fill(const struct loop *loop, struct sets *sets)
{
    FD_ZERO(&sets->reading);
    FD_ZERO(&sets->writing);
    FD_SET((int)loop->wakeup.receiver, &sets->reading);
    sets->beyond = (int)loop->wakeup.receiver + 1;
    for (size_t i = 0; i < loop->descriptors.count; i++) {
        const struct descriptor *at = &loop->descriptors.all[i];

        if (at->gone)
            continue;
        if (at->handles[READER])
            FD_SET((int)at->fd, &sets->reading);
        if (at->handles[WRITER])
            FD_SET((int)at->fd, &sets->writing);
        if (at->fd >= sets->beyond)
            sets->beyond = (int)at->fd + 1;
    }
}

/* select fails for all when one is closed, and does not say which. False if none is found. */
static bool find_gone(struct loop *loop)
{
    bool found = false;

    for (size_t i = 0; i < loop->descriptors.count; i++) {
        struct descriptor *at = &loop->descriptors.all[i];

        if (!at->gone && fcntl((int)at->fd, F_GETFD) < 0)
            found = at->gone = true;
    }
    return found;
}

static void report(struct loop *loop, const struct sets *sets)
{
    if (FD_ISSET((int)loop->wakeup.receiver, &sets->reading))
        descriptors_ready(loop, loop->wakeup.receiver, WATCH_READ);
    for (size_t i = 0; i < loop->descriptors.count; i++) {
        int fd = (int)loop->descriptors.all[i].fd;

        descriptors_ready(loop, fd,
                          (FD_ISSET(fd, &sets->reading) ? WATCH_READ : 0U) |
                              (FD_ISSET(fd, &sets->writing) ? WATCH_WRITE : 0U));
    }
}

/* Rounded up; NULL is for ever. */
static struct timeval *limit_of(int64_t timeout, struct timeval *limit)
{
    int64_t microseconds = (timeout + 999) / 1000;

    limit->tv_sec = (time_t)(microseconds / 1000000);
    limit->tv_usec = (suseconds_t)(microseconds % 1000000);
    return timeout < 0 ? NULL : limit;
}

static loop_status wait_select(struct loop *loop, int64_t timeout)
{
    struct timeval limit;
    struct sets sets;
    int count;

    do {
        fill(loop, &sets);
        count = select(sets.beyond, &sets.reading, &sets.writing, NULL, limit_of(timeout, &limit));
    } while (count < 0 && errno == EBADF && find_gone(loop));
    if (count < 0)
        return errno == EINTR ? LOOP_OK : loop_fail(loop, errno);
    report(loop, &sets);
    return LOOP_OK;
}

const struct backend backend_select = {open_select, close_select, watch, wait_select};
