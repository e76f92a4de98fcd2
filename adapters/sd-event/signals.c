/* SPDX-License-Identifier: MIT
 *
 * A signal handler is a signal source. sd-event reads signals that are blocked: it is asked to block
 * them itself, and unblocks them when the source goes. */
#include <stdlib.h>

#include "adapter.h"

struct signal_handler {
    LIST_ENTRY(signal_handler) entries;
    sd_event_source *source;
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

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
    struct signal_handler *s = data;
    (void)source;
    (void)info;
    s->callback(s->arg);
    return 0;
}

static loop_status start(struct loop *loop, int signum, struct signal_handler **started)
{
    struct signal_handler *s = calloc(1, sizeof *s);
    if (s == NULL)
        return LOOP_NO_MEMORY;
    s->signum = signum;
    int error = sd_event_add_signal(loop->event, &s->source, signum | SD_EVENT_SIGNAL_PROCMASK,
                                    on_signal, s);
    if (error < 0) {
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
