/* SPDX-License-Identifier: MIT
 *
 * What the files of the libev adapter share. */
#ifndef LOOPCHECK_ADAPTER_LIBEV_H
#define LOOPCHECK_ADAPTER_LIBEV_H

#include <ev.h>
#include <pthread.h>
#include <sys/queue.h>

#include "loop_abi.h"

struct watcher;        /* descriptors.c */
struct signal_handler; /* signals.c */

/* The lists are what close gives back, but for `posted`: ev_async "does not support queueing of
 * data in any way", so that callbacks from other threads stand in a list, as its manual shows. */
struct loop {
    struct ev_loop *ev;
    ev_async wakeup;      /* also what keeps ev_run from returning when nothing else is active */
    pthread_mutex_t lock; /* guards `posted` and `closed` */
    TAILQ_HEAD(posted, loop_handle) posted;
    TAILQ_HEAD(handles, loop_handle) handles;
    LIST_HEAD(watchers, watcher) watchers;
    LIST_HEAD(signals, signal_handler) signals;
    int running;
    int closed;
};

/* callbacks.c */
void run_posted(struct ev_loop *ev, ev_async *wakeup, int events);
void discard_handles(struct loop *loop);
loop_status libev_call_soon(struct loop *loop, loop_callback callback, void *arg,
                            struct loop_handle **handle);
loop_status libev_call_soon_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                       struct loop_handle **handle);
loop_status libev_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                             struct loop_handle **handle);
loop_status libev_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                          struct loop_handle **handle);
void libev_handle_cancel(struct loop *loop, struct loop_handle *handle);
loop_status libev_handle_when(struct loop *loop, struct loop_handle *handle, int64_t *when);
void libev_handle_release(struct loop *loop, struct loop_handle *handle);

/* descriptors.c */
loop_status libev_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status libev_remove_reader(struct loop *loop, loop_fd fd);
loop_status libev_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status libev_remove_writer(struct loop *loop, loop_fd fd);
void discard_watchers(struct loop *loop);

/* signals.c */
loop_status libev_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                     void *arg);
loop_status libev_remove_signal_handler(struct loop *loop, int signum);
void discard_signals(struct loop *loop);

#endif
