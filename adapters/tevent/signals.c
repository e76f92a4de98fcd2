/* SPDX-License-Identifier: MIT
 *
 * A signal handler is a struct tevent_signal. */
#include <errno.h>
#include <stdlib.h>

#include "adapter.h"

struct signal_handler {
    LIST_ENTRY(signal_handler) entries;
    struct tevent_signal *event;
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

static void on_signal(struct tevent_context *context, struct tevent_signal *event, int signum,
                      int count, void *info, void *data)
{
    struct signal_handler *s = data;
    (void)context;
    (void)event;
    (void)signum;
    (void)count;
    (void)info;
    s->callback(s->arg);
}

loop_status tev_add_signal_handler(struct loop *loop, int signum, loop_callback callback, void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct signal_handler *s = find(loop, signum);
    if (s == NULL) {
        s = calloc(1, sizeof *s);
        if (s == NULL)
            return LOOP_NO_MEMORY;
        s->signum = signum;
        errno = 0;
        s->event = tevent_add_signal(loop->context, NULL, signum, 0, on_signal, s);
        if (s->event == NULL) {
            free(s);
            return failure(loop, errno);
        }
        LIST_INSERT_HEAD(&loop->signals, s, entries);
    }
    s->callback = callback;
    s->arg = arg;
    return LOOP_OK;
}

static void discard(struct signal_handler *s)
{
    LIST_REMOVE(s, entries);
    talloc_free(s->event);
    free(s);
}

loop_status tev_remove_signal_handler(struct loop *loop, int signum)
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
