/* SPDX-License-Identifier: MIT
 *
 * A signal handler is a uv_signal_t. */
#include <signal.h>
#include <stdlib.h>

#include "adapter.h"

struct signal_watcher {
    uv_signal_t uv;
    struct signal_watcher *next;
    int signum;
    loop_callback callback;
    void *arg;
};

static struct signal_watcher **find(struct loop *loop, int signum)
{
    struct signal_watcher **link = &loop->signals;
    while (*link != NULL && (*link)->signum != signum)
        link = &(*link)->next;
    return link;
}

static void on_signal(uv_signal_t *uv, int signum)
{
    struct signal_watcher *w = uv->data;
    (void)signum;
    w->callback(w->arg);
}

static loop_status start(struct loop *loop, int signum, struct signal_watcher **started)
{
    struct signal_watcher *w = calloc(1, sizeof *w);
    if (w == NULL)
        return LOOP_NO_MEMORY;
    w->uv.data = w;
    w->signum = signum;
    int error = uv_signal_init(&loop->uv, &w->uv);
    if (error < 0) {
        free(w);
        return status_of(loop, error);
    }
    error = uv_signal_start(&w->uv, on_signal, signum);
    if (error < 0) {
        uv_close((uv_handle_t *)&w->uv, free_closed);
        return status_of(loop, error);
    }
    w->next = loop->signals;
    loop->signals = w;
    *started = w;
    return LOOP_OK;
}

loop_status libuv_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                     void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct signal_watcher *w = *find(loop, signum);
    if (w == NULL) {
        loop_status status = start(loop, signum, &w);
        if (status != LOOP_OK)
            return status;
    }
    w->callback = callback;
    w->arg = arg;
    return LOOP_OK;
}

static void unlink_and_close(struct signal_watcher **link)
{
    struct signal_watcher *w = *link;
    *link = w->next;
    uv_close((uv_handle_t *)&w->uv, free_closed);
}

loop_status libuv_remove_signal_handler(struct loop *loop, int signum)
{
    struct signal_watcher **link = find(loop, signum);
    if (*link == NULL)
        return LOOP_NOT_FOUND;
    unlink_and_close(link);
    return LOOP_OK;
}

void close_signals(struct loop *loop)
{
    while (loop->signals != NULL)
        unlink_and_close(&loop->signals);
}

static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t lock;
static int loops;
static struct sigaction before;

static void make_lock(void)
{
    uv_mutex_init(&lock);
}

void ignore_broken_pipes(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    uv_once(&once, make_lock);
    uv_mutex_lock(&lock);
    if (loops++ == 0)
        sigaction(SIGPIPE, &ignore, &before);
    uv_mutex_unlock(&lock);
}

void mind_broken_pipes(void)
{
    uv_mutex_lock(&lock);
    if (--loops == 0)
        sigaction(SIGPIPE, &before, NULL);
    uv_mutex_unlock(&lock);
}
