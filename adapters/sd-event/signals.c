/* SPDX-License-Identifier: MIT
 *
 * A signal handler is a signal source. sd_event_add_signal reads signals that its user has blocked
 * before; what was not blocked is unblocked again. */
#include <signal.h>
#include <stdlib.h>

#include "adapter.h"

struct signal_handler {
    LIST_ENTRY(signal_handler) entries;
    sd_event_source *source;
    int signum;
    int blocked; /* by us */
    loop_callback callback;
    void *arg;
};

static struct signal_handler *find(struct loop *loop, int signum)
{
    struct signal_handler *s;
    LIST_FOREACH(s, &loop->signals, entries)
    {
        if (s->signum == signum)
            return s;
    }
    return NULL;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
    struct signal_handler *s = data;
    (void)source;
    (void)info;
    s->callback(s->arg);
    return 0;
}

/* Sources of all loops of this thread, whose mask it is; the first blocks the signal for all, and the
 * last unblocks it. */
static _Thread_local int sources[NSIG];
static _Thread_local int was_blocked[NSIG];

/* Whether it is a signal. What is none is left to sd-event to refuse. */
static int block(int signum)
{
    sigset_t set, before;
    sigemptyset(&set);
    sigemptyset(&before);
    if (sigaddset(&set, signum) < 0)
        return 0;
    pthread_sigmask(SIG_BLOCK, &set, &before);
    if (sources[signum]++ == 0)
        was_blocked[signum] = sigismember(&before, signum);
    return 1;
}

static void unblock(int signum)
{
    sigset_t set;
    if (sources[signum] > 0)
        sources[signum]--;
    if (sources[signum] > 0 || was_blocked[signum])
        return;
    sigemptyset(&set);
    sigaddset(&set, signum);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static loop_status start(struct loop *loop, int signum, struct signal_handler **started)
{
    struct signal_handler *s = calloc(1, sizeof *s);
    if (s == NULL)
        return LOOP_NO_MEMORY;
    s->signum = signum;
    s->blocked = block(signum);
    int error = sd_event_add_signal(loop->event, &s->source, signum, on_signal, s);
    if (error < 0) {
        if (s->blocked)
            unblock(signum);
        free(s);
        return status_of(loop, error);
    }
    LIST_INSERT_HEAD(&loop->signals, s, entries);
    *started = s;
    return LOOP_OK;
}

loop_status sdevent_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                       void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct signal_handler *s = find(loop, signum);
    if (s == NULL) {
        loop_status status = start(loop, signum, &s);
        if (status != LOOP_OK)
            return status;
    }
    s->callback = callback;
    s->arg = arg;
    return LOOP_OK;
}

static void discard(struct signal_handler *s)
{
    LIST_REMOVE(s, entries);
    sd_event_source_disable_unref(s->source);
    if (s->blocked)
        unblock(s->signum);
    free(s);
}

loop_status sdevent_remove_signal_handler(struct loop *loop, int signum)
{
    struct signal_handler *s = find(loop, signum);
    if (s == NULL)
        return LOOP_NOT_FOUND;
    discard(s);
    return LOOP_OK;
}

void discard_signals(struct loop *loop)
{
    while (!LIST_EMPTY(&loop->signals))
        discard(LIST_FIRST(&loop->signals));
}
