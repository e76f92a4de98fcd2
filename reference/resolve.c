/* SPDX-License-Identifier: MIT
 *
 * Which addresses has a name? The system is asked in a thread of its own, for it may take minutes;
 * what is no name but an address in digits is known at once. */
#include "transport.h"

#include <stdlib.h>

#include "lookup.h"

struct resolution {
    struct loop *loop;
    struct lookup *lookup;
    struct addresses *addresses; /* the answer; NULL without memory */
    void (*done)(void *arg, struct addresses *addresses);
    void *arg;
    bool abandoned;
    bool posted;           /* the thread has queued the turn */
    struct thread *thread; /* NULL where none was needed */
    struct loop_handle *turn;
    struct resolution *before, *after;
};

static void release(struct resolution *r)
{
    if (r->before)
        r->before->after = r->after;
    else
        r->loop->resolutions = r->after;
    if (r->after)
        r->after->before = r->before;
    handle_revoke(r->turn);
    lookup_free(r->lookup);
    free(r);
}

static void turn(void *arg)
{
    struct resolution *r = arg, last;

    if (r->thread)
        thread_join(r->thread);
    last = *r;
    release(r);
    if (last.abandoned)
        free(last.addresses);
    else
        last.done(last.arg, last.addresses);
}

static void in_thread(void *arg)
{
    struct resolution *r = arg;

    r->addresses = lookup_do(r->lookup);
    r->posted = ready_post(r->loop, r->turn);
}

/* False if there is no thread to be had. */
static bool begin(struct resolution *r)
{
    if (lookup_at_once(r->lookup, &r->addresses)) {
        ready_push(r->loop, r->turn);
        return true;
    }
    r->turn->references++; /* the thread's, which goes to the queue with the turn */
    r->thread = thread_start(in_thread, r);
    if (!r->thread)
        handle_drop(r->turn);
    return r->thread != NULL;
}

struct resolution *resolve(struct loop *loop, const struct loop_address *address, unsigned flags,
                           void (*done)(void *arg, struct addresses *addresses), void *arg)
{
    struct resolution *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->loop = loop;
    r->done = done;
    r->arg = arg;
    r->after = loop->resolutions;
    if (r->after)
        r->after->before = r;
    loop->resolutions = r;
    r->turn = handle_make(turn, r);
    r->lookup = lookup_make(address, flags);
    if (!r->turn || !r->lookup || !begin(r)) {
        release(r);
        return NULL;
    }
    return r;
}

void resolution_abandon(struct resolution *r)
{
    if (r)
        r->abandoned = true;
}

void resolutions_close(struct loop *loop)
{
    while (loop->resolutions) {
        struct resolution *r = loop->resolutions;

        if (r->thread) {
            thread_join(r->thread);
            if (!r->posted)
                handle_drop(r->turn);
        }
        free(r->addresses);
        release(r);
    }
}

struct addresses *addresses_alone(const struct address *address)
{
    struct addresses *made = calloc(1, sizeof *made + sizeof *address);

    if (made) {
        made->count = 1;
        made->all[0] = *address;
    }
    return made;
}

loop_status resolve_at_once(const struct loop_address *address, unsigned flags,
                            struct address *resolved)
{
    struct lookup *lookup = lookup_make(address, flags);
    struct addresses *addresses = NULL;
    loop_status status = LOOP_NAME_NOT_RESOLVED;

    if (!lookup)
        return LOOP_NO_MEMORY;
    if (lookup_at_once(lookup, &addresses)) {
        status = addresses ? addresses->status : LOOP_NO_MEMORY;
        if (status == LOOP_OK)
            *resolved = addresses->all[0];
        free(addresses);
    }
    lookup_free(lookup);
    return status;
}
