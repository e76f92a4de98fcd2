/* SPDX-License-Identifier: MIT
 *
 * macOS and the BSDs keep the set of descriptors, by number and direction, and forget a number as
 * soon as it is closed. A forked child has no copy of the set. */
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/event.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* How kevent takes the room for events. */
#ifdef __NetBSD__
typedef size_t event_count;
#else
typedef int event_count;
#endif

struct state {
    int set;
    pid_t owner; /* who has the set */
    struct kevent *events;
    size_t room;
};

/* One change at a time, so that its error is that of the call: 0, or the system's error. */
static int change(int set, loop_fd fd, enum direction direction, bool wanted)
{
    struct kevent event;
    int result;

    EV_SET(&event, (uintptr_t)fd, direction == READER ? EVFILT_READ : EVFILT_WRITE,
           wanted ? EV_ADD : EV_DELETE, 0, 0, NULL);
    do
        result = kevent(set, &event, 1, NULL, 0, NULL);
    while (result < 0 && errno == EINTR);
    return result < 0 ? errno : 0;
}

/* An empty set but for the wakeup; -1 and errno on failure. */
static int make_set(struct loop *loop)
{
    int set = kqueue();
    int error = set < 0 || fcntl(set, F_SETFD, FD_CLOEXEC) < 0
                    ? errno
                    : change(set, loop->wakeup.receiver, READER, true);

    if (error != 0) {
        if (set >= 0)
            close(set);
        errno = error;
        return -1;
    }
    return set;
}

static loop_status open_kqueue(struct loop *loop)
{
    struct state *state = calloc(1, sizeof *state);

    if (!state)
        return LOOP_NO_MEMORY;
    state->set = make_set(loop);
    if (state->set < 0) {
        free(state);
        return loop_fail(loop, errno);
    }
    state->owner = getpid();
    loop->backend_state = state;
    return LOOP_OK;
}

/* In a forked child the set's number is nobody's, or another file's. */
static void close_kqueue(struct loop *loop)
{
    struct state *state = loop->backend_state;

    if (state->owner == getpid())
        close(state->set);
    free(state->events);
    free(state);
}

/* What was watched already is told again: the number may have been closed, and stand for another
 * file. What fails of that was closed, and then has no events. */
static loop_status watch(struct loop *loop, loop_fd fd, unsigned had, unsigned wanted)
{
    static const unsigned flags[2] = {WATCH_READ, WATCH_WRITE};
    struct state *state = loop->backend_state;

    for (enum direction d = READER; d <= WRITER; d++) {
        int error = 0;

        if ((had | wanted) & flags[d])
            error = change(state->set, fd, d, wanted & flags[d]);
        if (error != 0 && (wanted & ~had & flags[d]))
            return loop_fail(loop, error);
    }
    return LOOP_OK;
}

/* Room for both events of each descriptor, so that none waits for the next iteration. */
static bool make_room(struct loop *loop, struct state *state)
{
    size_t need = 2 * loop->descriptors.count + 1;
    struct kevent *events;

    if (need <= state->room)
        return true;
    need += need / 2;
    events = realloc(state->events, need * sizeof *events);
    if (!events)
        return false;
    state->events = events;
    state->room = need;
    return true;
}

/* A hang-up comes with the direction that is watched, and is for whoever listens. */
static void report(struct loop *loop, const struct kevent *event)
{
    descriptors_ready(loop, (loop_fd)event->ident,
                      event->filter == EVFILT_WRITE ? WATCH_WRITE : WATCH_READ);
}

/* NULL is for ever. */
static struct timespec *limit_of(int64_t timeout, struct timespec *limit)
{
    limit->tv_sec = (time_t)(timeout / 1000000000);
    limit->tv_nsec = (long)(timeout % 1000000000);
    return timeout < 0 ? NULL : limit;
}

static loop_status wait_kqueue(struct loop *loop, int64_t timeout)
{
    struct state *state = loop->backend_state;
    struct timespec limit;
    int count;

    if (!make_room(loop, state))
        return LOOP_NO_MEMORY;
    count = kevent(state->set, NULL, 0, state->events, (event_count)state->room,
                   limit_of(timeout, &limit));
    if (count < 0)
        return errno == EINTR ? LOOP_OK : loop_fail(loop, errno);
    for (int i = 0; i < count; i++)
        report(loop, &state->events[i]);
    return LOOP_OK;
}

const struct backend backend_kqueue = {open_kqueue, close_kqueue, watch, wait_kqueue};
