/* SPDX-License-Identifier: MIT
 *
 * Linux keeps the set of descriptors, and forgets one only when the file behind it is closed under
 * all its numbers. So one that was closed before it was removed may live on in the set through a
 * copy of it, beyond reach: whenever that may be so, the set is built anew. */
#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

struct state {
    int set;
    bool stale; /* it may hold what cannot be removed */
    struct epoll_event *events;
    int room;
};

static int control(int set, int operation, loop_fd fd, unsigned wanted)
{
    struct epoll_event event = {0};

    event.events = ((wanted & WATCH_READ) ? (uint32_t)EPOLLIN : 0) |
                   ((wanted & WATCH_WRITE) ? (uint32_t)EPOLLOUT : 0);
    event.data.fd = (int)fd;
    return epoll_ctl(set, operation, (int)fd, &event) < 0 ? errno : 0;
}

/* An empty set but for the wakeup; -1 and errno on failure. */
static int make_set(struct loop *loop)
{
    int set = epoll_create1(EPOLL_CLOEXEC);
    int error = set < 0 ? errno : control(set, EPOLL_CTL_ADD, loop->wakeup.receiver, WATCH_READ);

    if (error != 0) {
        if (set >= 0)
            close(set);
        errno = error;
        return -1;
    }
    return set;
}

static loop_status open_epoll(struct loop *loop)
{
    struct state *state = calloc(1, sizeof *state);

    if (!state)
        return LOOP_NO_MEMORY;
    state->set = make_set(loop);
    if (state->set < 0) {
        free(state);
        return loop_fail(loop, errno);
    }
    loop->backend_state = state;
    return LOOP_OK;
}

/* Nothing is taken out of the set: a forked child has it in common with its parent. */
static void close_epoll(struct loop *loop)
{
    struct state *state = loop->backend_state;

    close(state->set);
    free(state->events);
    free(state);
}

static loop_status watch(struct loop *loop, loop_fd fd, unsigned had, unsigned wanted)
{
    struct state *state = loop->backend_state;
    int operation = wanted == 0 ? EPOLL_CTL_DEL : had == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    int error = control(state->set, operation, fd, wanted);

    /* The number was closed meanwhile, and may stand for another file. */
    state->stale |= had != 0 && error != 0;
    if (error == ENOENT && wanted != 0)
        error = control(state->set, EPOLL_CTL_ADD, fd, wanted);
    if (error == EEXIST) /* or again for one that it stood for once */
        error = control(state->set, EPOLL_CTL_MOD, fd, wanted);
    return error == 0 || (wanted & ~had) == 0 ? LOOP_OK : loop_fail(loop, error);
}

/* Without a descriptor for it the old set has to do until the next wait. */
static void build_anew(struct loop *loop)
{
    struct state *state = loop->backend_state;
    int set = make_set(loop);

    if (set < 0)
        return;
    for (size_t i = 0; i < loop->descriptors.count; i++) {
        const struct descriptor *at = &loop->descriptors.all[i];

        /* What fails was closed, and then has no events. */
        control(set, EPOLL_CTL_ADD, at->fd, descriptor_events(at));
    }
    close(state->set);
    state->set = set;
    state->stale = false;
}

/* Room for an event of each descriptor, so that none waits for the next iteration. */
static bool make_room(struct loop *loop, struct state *state)
{
    size_t need = loop->descriptors.count + 1;
    struct epoll_event *events;

    if (need <= (size_t)state->room)
        return true;
    need += need / 2;
    events = realloc(state->events, need * sizeof *events);
    if (!events)
        return false;
    state->events = events;
    state->room = (int)need;
    return true;
}

/* A hang-up or an error is for whoever listens. */
static void report(struct loop *loop, const struct epoll_event *event)
{
    uint32_t events = event->events;

    descriptors_ready(loop, event->data.fd,
                      ((events & ~(uint32_t)EPOLLOUT) ? WATCH_READ : 0U) |
                          ((events & ~(uint32_t)EPOLLIN) ? WATCH_WRITE : 0U));
}

static loop_status wait_epoll(struct loop *loop, int64_t timeout)
{
    struct state *state = loop->backend_state;
    int count;

    if (state->stale)
        build_anew(loop);
    if (!make_room(loop, state))
        return LOOP_NO_MEMORY;
    count = epoll_wait(state->set, state->events, state->room, milliseconds_of(timeout));
    if (count < 0)
        return errno == EINTR ? LOOP_OK : loop_fail(loop, errno);
    for (int i = 0; i < count; i++)
        report(loop, &state->events[i]);
    return LOOP_OK;
}

const struct backend backend_epoll = {open_epoll, close_epoll, watch, wait_epoll};
