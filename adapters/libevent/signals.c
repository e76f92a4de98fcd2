/* SPDX-License-Identifier: MIT
 *
 * A signal handler is a persistent struct event for EV_SIGNAL. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "adapter.h"

struct signal_handler {
    LIST_ENTRY(signal_handler) entries;
    struct event *event;
    int signum;
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

static void on_signal(evutil_socket_t signum, short events, void *arg)
{
    struct signal_handler *s = arg;
    (void)signum;
    (void)events;
    s->callback(s->arg);
}

static void discard(struct signal_handler *s)
{
    event_free(s->event);
    free(s);
}

static loop_status start(struct loop *loop, int signum, struct signal_handler **started)
{
    struct signal_handler *s = calloc(1, sizeof *s);
    if (s == NULL)
        return LOOP_NO_MEMORY;
    s->signum = signum;
    s->event = evsignal_new(loop->base, signum, on_signal, s);
    if (s->event == NULL) {
        free(s);
        return LOOP_NO_MEMORY;
    }
    errno = 0;
    if (event_add(s->event, NULL) < 0) {
        loop_status status = failure(loop, errno);
        discard(s);
        return status;
    }
    LIST_INSERT_HEAD(&loop->signals, s, entries);
    *started = s;
    return LOOP_OK;
}

loop_status libevent_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
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

loop_status libevent_remove_signal_handler(struct loop *loop, int signum)
{
    struct signal_handler *s = find(loop, signum);
    if (s == NULL)
        return LOOP_NOT_FOUND;
    LIST_REMOVE(s, entries);
    discard(s);
    return LOOP_OK;
}

void discard_signals(struct loop *loop)
{
    struct signal_handler *s;
    while ((s = LIST_FIRST(&loop->signals)) != NULL) {
        LIST_REMOVE(s, entries);
        discard(s);
    }
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int loops;
static struct sigaction before;

void ignore_broken_pipes(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    pthread_mutex_lock(&lock);
    if (loops++ == 0)
        sigaction(SIGPIPE, &ignore, &before);
    pthread_mutex_unlock(&lock);
}

void mind_broken_pipes(void)
{
    pthread_mutex_lock(&lock);
    if (--loops == 0)
        sigaction(SIGPIPE, &before, NULL);
    pthread_mutex_unlock(&lock);
}
