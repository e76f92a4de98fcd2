/* SPDX-License-Identifier: MIT
 *
 * What do all transports have in common? How they begin and end, what they owe to their protocol,
 * and which of them owns a descriptor. */
#include "transport.h"

#include <stdlib.h>

#define DEFAULT_HIGH ((size_t)64 * 1024)

static void introduce(struct loop_transport *t)
{
    struct operation *operation = t->operation;

    t->made = true;
    t->operation = NULL;
    if (operation) /* the completion then comes before anything that happens from here on */
        operation_end(operation, LOOP_OK);
    if (t->protocol.connection_made) {
        transport_give(t);
        t->protocol.connection_made(t->protocol.user, t);
    }
    if (!t->closing && t->kind->start)
        t->kind->start(t);
}

static void tell_flow(struct loop_transport *t)
{
    while (t->flow_owed > 0) {
        bool pause = (t->flow_owed % 2 == 1) == t->writing_paused;

        t->flow_owed--;
        if (pause && t->protocol.pause_writing)
            t->protocol.pause_writing(t->protocol.user);
        if (!pause && t->protocol.resume_writing)
            t->protocol.resume_writing(t->protocol.user);
    }
}

static void turn(void *arg)
{
    struct loop_transport *t = arg;

    transport_hold(t);
    if (!t->made) {
        introduce(t);
        if (t->lost || t->flow_owed > 0) /* since before that */
            transport_tell(t);
    } else {
        tell_flow(t);
        if (t->kind->tell)
            t->kind->tell(t);
        if (t->lost) {
            if (t->protocol.connection_lost)
                t->protocol.connection_lost(t->protocol.user, t->why);
            transport_end(t);
        }
    }
    transport_drop(t);
}

/* Where completions are heard of, the next one is asked for. */
static void watch_on(struct loop_transport *t, enum direction direction)
{
    loop_status status = LOOP_OK;

    if (t->carrier->proceed)
        status = t->carrier->proceed(t, direction);
    if (status != LOOP_OK)
        transport_lose(t, status);
}

/* The event may be older than the decision not to watch any more. */
static void try_direction(struct loop_transport *t, enum direction direction)
{
    if (!t->watching[direction])
        return;
    transport_hold(t);
    (direction == READER ? t->kind->readable : t->kind->writable)(t);
    if (t->watching[direction])
        watch_on(t, direction);
    transport_drop(t);
}

static void readable(void *arg)
{
    try_direction(arg, READER);
}

static void writable(void *arg)
{
    try_direction(arg, WRITER);
}

struct loop_transport *transport_make(struct loop *loop, size_t size,
                                      const struct transport_kind *kind,
                                      const struct carrier *carrier, loop_fd fd,
                                      const struct loop_protocol *protocol)
{
    struct loop_transport *t = calloc(1, size);

    if (!t)
        return NULL;
    *t = (struct loop_transport){.kind = kind,
                                 .carrier = carrier,
                                 .loop = loop,
                                 .protocol = *protocol,
                                 .references = 1,
                                 .fd = fd,
                                 .high = DEFAULT_HIGH,
                                 .low = DEFAULT_HIGH / 4,
                                 .turn = handle_make(turn, t),
                                 .watches = {handle_make(readable, t), handle_make(writable, t)},
                                 .after = loop->transports};
    if (!t->turn || !t->watches[READER] || !t->watches[WRITER]) {
        handle_drop(t->turn);
        handle_drop(t->watches[READER]);
        handle_drop(t->watches[WRITER]);
        free(t);
        return NULL;
    }
    if (t->after)
        t->after->before = t;
    loop->transports = t;
    return t;
}

void transport_begin(struct loop_transport *t, struct operation *operation)
{
    t->operation = operation;
    if (operation) {
        transport_hold(t);
        operation->transport = t;
    }
    transport_tell(t);
}

static loop_status watch_descriptor(struct loop_transport *t, enum direction direction, bool watch)
{
    if (watch)
        return descriptors_watch(t->loop, t->fd, direction, t->watches[direction]);
    descriptors_unwatch(t->loop, t->fd, direction);
    return LOOP_OK;
}

void transport_watch(struct loop_transport *t, enum direction direction, bool watch)
{
    loop_status status;

    if (t->watching[direction] == watch)
        return;
    t->watching[direction] = watch;
    if (t->carrier->proceed)
        status = watch ? t->carrier->proceed(t, direction) : LOOP_OK;
    else
        status = watch_descriptor(t, direction, watch);
    if (status != LOOP_OK) {
        t->watching[direction] = false;
        transport_lose(t, status);
    }
}

void transport_read_or_not(struct loop_transport *t)
{
    transport_watch(t, READER, t->made && !t->closing && !t->paused && !t->eof_read);
}

void transport_tell(struct loop_transport *t)
{
    ready_push(t->loop, t->turn);
}

void transport_flow(struct loop_transport *t)
{
    bool pause = t->writing_paused ? t->queued > t->low : t->queued > t->high;

    if (pause == t->writing_paused || t->lost)
        return;
    t->writing_paused = pause;
    t->flow_owed++;
    transport_tell(t);
}

void transport_flushed(struct loop_transport *t)
{
    if (t->closing && t->queued == 0)
        transport_lose(t, LOOP_OK);
}

void transport_lose(struct loop_transport *t, loop_status why)
{
    if (t->lost)
        return;
    t->lost = t->closing = true;
    t->why = why;
    transport_watch(t, READER, false);
    transport_watch(t, WRITER, false);
    if (t->kind->drop)
        t->kind->drop(t);
    buffer_clear(&t->out);
    t->queued = 0;
    transport_tell(t);
}

void transport_end(struct loop_transport *t)
{
    if (!t->turn)
        return;
    t->lost = t->closing = true;
    transport_watch(t, READER, false);
    transport_watch(t, WRITER, false);
    if (t->kind->drop)
        t->kind->drop(t);
    buffer_clear(&t->out);
    t->queued = 0;
    if (t->kind->end)
        t->kind->end(t);
    for (enum direction d = READER; d <= WRITER; d++)
        if (t->requests[d])
            t->loop->io->give_up(t->loop, t->fd, d, &t->requests[d]);
    if (t->fd != LOOP_NO_FD)
        descriptor_close(t->fd);
    t->fd = LOOP_NO_FD;
    server_lost_connection(t->server);
    t->server = NULL;
    handle_revoke(t->turn);
    handle_revoke(t->watches[READER]);
    handle_revoke(t->watches[WRITER]);
    t->turn = t->watches[READER] = t->watches[WRITER] = NULL;
    if (t->before)
        t->before->after = t->after;
    else
        t->loop->transports = t->after;
    if (t->after)
        t->after->before = t->before;
    transport_drop(t);
}

void transport_hold(struct loop_transport *t)
{
    t->references++;
}

void transport_drop(struct loop_transport *t)
{
    if (!t || --t->references > 0)
        return;
    if (t->kind->forget)
        t->kind->forget(t);
    free(t);
}

void transport_give(struct loop_transport *t)
{
    if (!t->given)
        transport_hold(t);
    t->given = true;
}

bool transports_own(const struct loop *loop, loop_fd fd, enum direction direction)
{
    for (const struct loop_transport *t = loop->transports; t; t = t->after)
        if (t->fd == fd)
            return !t->closing || t->watching[direction];
    return false;
}

void transports_close(struct loop *loop)
{
    while (loop->transports)
        transport_end(loop->transports);
}
