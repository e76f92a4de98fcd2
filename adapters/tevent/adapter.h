/* SPDX-License-Identifier: MIT
 *
 * What the files of the tevent adapter share. */
#ifndef LOOPCHECK_ADAPTER_TEVENT_H
#define LOOPCHECK_ADAPTER_TEVENT_H

/* tevent.h needs both. */
#include <stdbool.h>
#include <stdint.h>

#include <pthread.h>
#include <sys/queue.h>
#include <talloc.h>
#include <tevent.h>

#include "loop_abi.h"

struct watcher;        /* descriptors.c */
struct signal_handler; /* signals.c */

/* The lists are what close gives back. */
struct loop {
    struct tevent_context *context;
    struct tevent_threaded_context *threaded; /* the way in for other threads */
    pthread_mutex_t lock;                     /* guards `closed` and `handles` */
    LIST_HEAD(handles, loop_handle) handles;
    LIST_HEAD(watchers, watcher) watchers;
    LIST_HEAD(signals, signal_handler) signals;
    int running;
    int stopping;
    int closed;
    int last_error; /* an errno */
};

/* What an errno means in the ABI; remembers it for last_os_error. Never LOOP_OK. */
loop_status failure(struct loop *loop, int os_error);

/* callbacks.c */
loop_status tev_call_soon(struct loop *loop, loop_callback callback, void *arg,
                          struct loop_handle **handle);
loop_status tev_call_soon_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                     struct loop_handle **handle);
loop_status tev_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                           struct loop_handle **handle);
loop_status tev_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                        struct loop_handle **handle);
void tev_handle_cancel(struct loop *loop, struct loop_handle *handle);
void tev_handle_release(struct loop *loop, struct loop_handle *handle);
void discard_handles(struct loop *loop);

/* descriptors.c */
loop_status tev_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status tev_remove_reader(struct loop *loop, loop_fd fd);
loop_status tev_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status tev_remove_writer(struct loop *loop, loop_fd fd);
void discard_watchers(struct loop *loop);

/* signals.c */
loop_status tev_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                   void *arg);
loop_status tev_remove_signal_handler(struct loop *loop, int signum);
void discard_signals(struct loop *loop);

#endif
