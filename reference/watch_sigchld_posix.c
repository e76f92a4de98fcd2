/* SPDX-License-Identifier: MIT
 *
 * As of old: a signal says that some child has ended, and not which. Each loop has a wakeup of its
 * own for it, and looks after all its children. */
#include "watch.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

/* Loops that have such children at the same time. */
#define MOST_LOOPS 64

struct signal_watch {
    struct watch base;
    struct signal_watch *next; /* of the same loop */
};

/* Its lock is for finding and freeing; all else is the loop's thread's, and `sender` the handler's.
 */
struct place {
    struct loop *loop; /* NULL: the place is free */
    struct signal_watch *first;
    struct wakeup wakeup;
    struct loop_handle *woken;
    atomic_int sender; /* what the handler pulls, and 1; 0 is nothing */
};

static struct place places[MOST_LOOPS];
static int taken;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* never taken by the handler */
static atomic_int handlers;                              /* that run, in any thread */

static void signalled(void)
{
    atomic_fetch_add(&handlers, 1);
    for (int i = 0; i < MOST_LOOPS; i++) {
        int sender = atomic_load(&places[i].sender) - 1;

        if (sender >= 0)
            wakeup_send(sender);
    }
    atomic_fetch_sub(&handlers, 1);
}

static void woken(void *arg)
{
    struct place *place = arg;

    wakeup_receive(&place->wakeup);
    for (struct signal_watch *w = place->first; w; w = w->next)
        ready_push(place->loop, w->base.look);
}

/* The loop's place, or with NULL a free one; NULL if there is none. */
static struct place *find(const struct loop *loop)
{
    for (int i = 0; i < MOST_LOOPS; i++)
        if (places[i].loop == loop)
            return &places[i];
    return NULL;
}

static loop_status open_wakeup(struct place *place, struct loop *loop)
{
    int error = wakeup_open(&place->wakeup);
    loop_status status = error == 0 ? LOOP_NO_MEMORY : loop_fail(loop, error);

    if (error != 0)
        return status;
    place->woken = handle_make(woken, place);
    if (place->woken)
        status = descriptors_watch(loop, place->wakeup.receiver, READER, place->woken);
    if (status != LOOP_OK) {
        handle_drop(place->woken);
        wakeup_close(&place->wakeup);
    }
    return status;
}

static void close_wakeup(struct place *place)
{
    descriptors_unwatch(place->loop, place->wakeup.receiver, READER);
    handle_revoke(place->woken);
    atomic_store(&place->sender, 0);
    while (atomic_load(&handlers) > 0) /* one may be about to pull it */
        sched_yield();
    wakeup_close(&place->wakeup);
}

static loop_status take_place(struct loop *loop, struct place **taking)
{
    struct place *place = find(NULL);
    loop_status status = place ? open_wakeup(place, loop) : loop_fail(loop, EMFILE);

    if (status != LOOP_OK)
        return status;
    place->loop = loop;
    atomic_store(&place->sender, (int)place->wakeup.sender + 1);
    if (taken++ == 0)
        signals_tap(loop, SIGCHLD, signalled);
    *taking = place;
    return LOOP_OK;
}

static void give_place(struct place *place)
{
    if (--taken == 0)
        signals_tap(place->loop, SIGCHLD, NULL);
    close_wakeup(place);
    place->loop = NULL;
}

static bool usable(void)
{
    return true;
}

static loop_status start(struct watch *watch)
{
    struct signal_watch *w = (struct signal_watch *)watch;
    loop_status status = LOOP_OK;
    struct place *place;

    pthread_mutex_lock(&lock);
    place = find(watch->loop);
    if (!place)
        status = take_place(watch->loop, &place);
    if (status == LOOP_OK) {
        w->next = place->first;
        place->first = w;
        ready_push(watch->loop, watch->look); /* the signal may have come before this */
    }
    pthread_mutex_unlock(&lock);
    return status;
}

static void stop(struct watch *watch)
{
    struct signal_watch **link;
    struct place *place;

    pthread_mutex_lock(&lock);
    place = find(watch->loop);
    for (link = &place->first; &(*link)->base != watch; link = &(*link)->next)
        continue;
    *link = (*link)->next;
    if (!place->first)
        give_place(place);
    pthread_mutex_unlock(&lock);
}

const struct watcher watcher_sigchld = {usable, sizeof(struct signal_watch), start, stop};
