/* SPDX-License-Identifier: MIT
 *
 * poll is told the whole set each time, so that there is none to keep: it is made from the table.
 */
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

struct state {
    struct pollfd *set; /* the wakeup, then the table's descriptors in their order */
    size_t room;
};

static loop_status open_poll(struct loop *loop)
{
    loop->backend_state = calloc(1, sizeof(struct state));
    return loop->backend_state ? LOOP_OK : LOOP_NO_MEMORY;
}

static void close_poll(struct loop *loop)
{
    struct state *state = loop->backend_state;

    free(state->set);
    free(state);
}

static loop_status watch(struct loop *loop, loop_fd fd, unsigned had, unsigned wanted)
{
    (void)loop;
    (void)fd;
    (void)had;
    (void)wanted;
    return LOOP_OK;
}

static bool make_room(struct state *state, size_t need)
{
    struct pollfd *set;

    if (need <= state->room)
        return true;
    need += need / 2;
    set = realloc(state->set, need * sizeof *set);
    if (!set)
        return false;
    state->set = set;
    state->room = need;
    return true;
}

static struct pollfd entry_of(const struct descriptor *at)
{
    unsigned events = descriptor_events(at);
    struct pollfd entry = {.fd = at->gone ? -1 : (int)at->fd};

    if (events & WATCH_READ)
        entry.events |= POLLIN;
    if (events & WATCH_WRITE)
        entry.events |= POLLOUT;
    return entry;
}

/* A hang-up or an error is for whoever listens. */
static void report(struct loop *loop, const struct pollfd *entry)
{
    descriptors_ready(loop, entry->fd,
                      ((entry->revents & ~POLLOUT) ? WATCH_READ : 0U) |
                          ((entry->revents & ~POLLIN) ? WATCH_WRITE : 0U));
}

static loop_status wait_poll(struct loop *loop, int64_t timeout)
{
    struct state *state = loop->backend_state;
    struct descriptors *table = &loop->descriptors;
    size_t count = table->count + 1;

    if (!make_room(state, count))
        return LOOP_NO_MEMORY;
    state->set[0] = (struct pollfd){.fd = (int)loop->wakeup.receiver, .events = POLLIN};
    for (size_t i = 1; i < count; i++)
        state->set[i] = entry_of(&table->all[i - 1]);
    if (poll(state->set, (nfds_t)count, milliseconds_of(timeout)) < 0)
        return errno == EINTR ? LOOP_OK : loop_fail(loop, errno);
    if (state->set[0].revents)
        report(loop, &state->set[0]);
    for (size_t i = 1; i < count; i++) {
        if (state->set[i].revents & POLLNVAL) /* or it would end every wait at once */
            table->all[i - 1].gone = true;
        else if (state->set[i].revents)
            report(loop, &state->set[i]);
    }
    return LOOP_OK;
}

const struct backend backend_poll = {open_poll, close_poll, watch, wait_poll};
