/* SPDX-License-Identifier: MIT
 *
 * How does a signal become a callback? Its handler, which may do next to nothing, notes it and
 * wakes the loop, and the loop queues the callback. Signals belong to the process: of several loops
 * that handle one, the newest has it, and hands it back when it removes its handler or closes. */
#include "loop.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

/* What one loop wants of one signal. */
struct claim {
    struct loop *loop;
    struct loop_handle *handle;
    struct claim *older; /* another loop's, on hold */
};

static struct {
    struct claim *newest;
    struct sigaction before; /* what was there before the first claim */
    atomic_bool caught;      /* and not yet queued */
    atomic_int sender;       /* wakes the newest claim's loop; -1 is none */
    _Atomic(signal_tap) tap;
} signals[NSIG];

/* Loops may live in several threads. Never taken by the handler. */
static pthread_mutex_t claims = PTHREAD_MUTEX_INITIALIZER;

static void caught(int signum)
{
    int saved = errno;
    signal_tap tap = atomic_load(&signals[signum].tap);

    atomic_store(&signals[signum].caught, true);
    wakeup_send(atomic_load(&signals[signum].sender));
    if (tap)
        tap();
    errno = saved;
}

/* The link that points to the claim of `loop`, or to NULL behind the last. */
static struct claim **link_of(struct loop *loop, int signum)
{
    struct claim **link = &signals[signum].newest;

    while (*link && (*link)->loop != loop)
        link = &(*link)->older;
    return link;
}

static bool is_signal(int signum)
{
    struct sigaction now;

    /* The C library refuses the numbers that it keeps for itself. */
    return signum > 0 && signum < NSIG && sigaction(signum, NULL, &now) == 0;
}

/* The first claim or tap takes the signal. LOOP_RUNTIME for one that cannot be caught. */
static loop_status take_signal(struct loop *loop, int signum, loop_fd sender)
{
    struct sigaction action = {.sa_handler = caught, .sa_flags = SA_RESTART};

    sigfillset(&action.sa_mask);
    atomic_store(&signals[signum].caught, false);
    atomic_store(&signals[signum].sender, (int)sender);
    if (atomic_load(&signals[signum].tap))
        return LOOP_OK; /* taken already */
    if (sigaction(signum, &action, &signals[signum].before) < 0) {
        loop_fail(loop, errno);
        return LOOP_RUNTIME;
    }
    return LOOP_OK;
}

/* The newest claim has changed: the signal now wakes that loop, also if it came before. */
static void hand_over(int signum)
{
    loop_fd sender = signals[signum].newest->loop->wakeup.sender;

    atomic_store(&signals[signum].sender, (int)sender);
    if (atomic_load(&signals[signum].caught))
        wakeup_send(sender);
}

static loop_status claim(struct loop *loop, int signum, struct loop_handle *handle)
{
    struct claim **link = link_of(loop, signum), *mine = *link;

    if (mine) {
        *link = mine->older;
        if (mine->handle->queued) /* the signal that it was queued for still wants its call */
            ready_push(loop, handle);
        handle_revoke(mine->handle);
    } else {
        mine = malloc(sizeof *mine);
        if (!mine)
            return LOOP_NO_MEMORY;
        if (!signals[signum].newest && take_signal(loop, signum, loop->wakeup.sender) != LOOP_OK) {
            free(mine);
            return LOOP_RUNTIME;
        }
        loop->signal_count++;
    }
    *mine = (struct claim){loop, handle, signals[signum].newest};
    signals[signum].newest = mine;
    hand_over(signum);
    return LOOP_OK;
}

/* `link` points to the claim. */
static void unclaim(int signum, struct claim **link)
{
    struct claim *gone = *link;

    *link = gone->older;
    gone->loop->signal_count--;
    handle_revoke(gone->handle);
    free(gone);
    if (signals[signum].newest) {
        hand_over(signum);
        return;
    }
    if (!atomic_load(&signals[signum].tap))
        sigaction(signum, &signals[signum].before, NULL);
    atomic_store(&signals[signum].sender, -1); /* for a handler under way in another thread */
}

void signals_due(struct loop *loop)
{
    if (loop->signal_count == 0)
        return;
    pthread_mutex_lock(&claims);
    for (int signum = 1; signum < NSIG; signum++) {
        struct claim *newest = signals[signum].newest;

        if (newest && newest->loop == loop && atomic_exchange(&signals[signum].caught, false))
            ready_push(loop, newest->handle);
    }
    pthread_mutex_unlock(&claims);
}

void signals_tap(struct loop *loop, int signum, signal_tap tap)
{
    pthread_mutex_lock(&claims);
    if (!tap && !signals[signum].newest)
        sigaction(signum, &signals[signum].before, NULL);
    else if (tap && !signals[signum].newest)
        take_signal(loop, signum, -1);
    atomic_store(&signals[signum].tap, tap);
    pthread_mutex_unlock(&claims);
}

void signals_close(struct loop *loop)
{
    pthread_mutex_lock(&claims);
    for (int signum = 1; signum < NSIG && loop->signal_count > 0; signum++) {
        struct claim **link = link_of(loop, signum);

        if (*link)
            unclaim(signum, link);
    }
    pthread_mutex_unlock(&claims);
}

loop_status loop_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                    void *arg)
{
    struct loop_handle *handle;
    loop_status status;

    if (loop->limits.add_signal != LOOP_OK)
        return loop->limits.add_signal;
    if (!is_signal(signum))
        return LOOP_VALUE;
    if (loop->closed)
        return LOOP_CLOSED;
    if (!in_main_thread())
        return LOOP_RUNTIME;
    handle = handle_make(callback, arg);
    if (!handle)
        return LOOP_NO_MEMORY;
    pthread_mutex_lock(&claims);
    status = claim(loop, signum, handle);
    pthread_mutex_unlock(&claims);
    if (status != LOOP_OK)
        handle_drop(handle);
    return status;
}

loop_status loop_remove_signal_handler(struct loop *loop, int signum)
{
    loop_status status = LOOP_NOT_FOUND;
    struct claim **link;

    if (loop->limits.remove_signal != LOOP_OK)
        return loop->limits.remove_signal;
    if (!is_signal(signum))
        return LOOP_VALUE;
    pthread_mutex_lock(&claims);
    link = link_of(loop, signum);
    if (*link) {
        unclaim(signum, link);
        status = LOOP_OK;
    }
    pthread_mutex_unlock(&claims);
    return status;
}
