/* SPDX-License-Identifier: MIT
 *
 * Which addresses has a name? The system is asked in a thread of its own, for it may take minutes,
 * and nobody waits for a thread whose answer is not wanted any more; what is no name but an address
 * in digits is known at once. */
#include "transport.h"

#include <stdlib.h>

#include "lookup.h"

/* What is shared with the thread that asks. The later of the two to let go of it frees it. */
struct question {
    struct lock *lock;
    struct lookup *lookup;
    struct resolution *asker; /* NULL once nobody wants to know */
    bool asked;               /* the thread has done its part */
};

struct resolution {
    struct loop *loop;
    struct question *question;
    struct addresses *addresses; /* the answer; NULL without memory */
    void (*done)(void *arg, struct addresses *addresses);
    void *arg;
    bool threaded; /* the thread has a reference to the turn, */
    bool posted;   /* which went to the queue with it */
    struct loop_handle *turn;
};

static struct question *question_make(const struct loop_address *address, unsigned flags)
{
    struct question *q = calloc(1, sizeof *q);

    if (!q)
        return NULL;
    q->lock = lock_make();
    q->lookup = lookup_make(address, flags);
    if (q->lock && q->lookup)
        return q;
    lock_free(q->lock);
    lookup_free(q->lookup);
    free(q);
    return NULL;
}

static void question_free(struct question *q)
{
    lock_free(q->lock);
    lookup_free(q->lookup);
    free(q);
}

static void in_thread(void *arg)
{
    struct question *q = arg;
    struct addresses *addresses = lookup_do(q->lookup);
    struct resolution *asker;

    lock_take(q->lock);
    q->asked = true;
    asker = q->asker;
    if (asker) {
        asker->addresses = addresses;
        asker->posted = ready_post(asker->loop, asker->turn);
    }
    lock_give(q->lock);
    if (asker)
        return;
    free(addresses);
    question_free(q);
}

/* The thread, if it still asks, will find that nobody wants to know. */
static void let_go(struct resolution *r)
{
    bool last = !r->threaded;

    if (r->threaded) {
        lock_take(r->question->lock);
        r->question->asker = NULL;
        last = r->question->asked;
        lock_give(r->question->lock);
        if (!r->posted)
            handle_drop(r->turn);
    }
    if (last)
        question_free(r->question);
}

/* The answer goes with it. */
static void release(struct resolution *r)
{
    if (r->question)
        let_go(r);
    handle_revoke(r->turn);
    free(r->addresses);
    free(r);
}

static void turn(void *arg)
{
    struct resolution *r = arg;
    struct addresses *addresses = r->addresses;
    void (*done)(void *, struct addresses *) = r->done;
    void *done_arg = r->arg;

    r->addresses = NULL;
    release(r);
    done(done_arg, addresses);
}

/* False if there is no thread to be had. */
static bool begin(struct resolution *r)
{
    if (lookup_at_once(r->question->lookup, &r->addresses)) {
        ready_push(r->loop, r->turn);
        return true;
    }
    r->question->asker = r;
    r->turn->references++;
    r->threaded = thread_start_detached(in_thread, r->question);
    if (!r->threaded)
        handle_drop(r->turn);
    return r->threaded;
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
    r->turn = handle_make(turn, r);
    r->question = question_make(address, flags);
    if (!r->turn || !r->question || !begin(r)) {
        release(r);
        return NULL;
    }
    return r;
}

void resolution_abandon(struct resolution *r)
{
    if (r)
        release(r);
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
