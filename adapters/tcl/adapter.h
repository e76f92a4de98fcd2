/* SPDX-License-Identifier: MIT
 *
 * What the files of the Tcl adapter share. Tcl has one notifier a thread, and no object for it: a
 * loop is what this adapter has registered with the notifier of the thread that opened it. */
#ifndef LOOPCHECK_ADAPTER_TCL_H
#define LOOPCHECK_ADAPTER_TCL_H

#include <tcl.h>

#include "loop_abi.h"

struct watcher;

struct loop {
    Tcl_ThreadId thread;
    Tcl_Mutex lock; /* guards `closed` against threads that post */
    struct loop_handle *timers;
    struct watcher *watchers;
    int running;
    int stopping;
    int closed;
};

/* callbacks.c */
void discard_callbacks(struct loop *loop);
loop_status tcl_call_soon(struct loop *loop, loop_callback callback, void *arg,
                          struct loop_handle **handle);
loop_status tcl_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                           struct loop_handle **handle);
int64_t tcl_time(struct loop *loop);
void tcl_handle_cancel(struct loop *loop, struct loop_handle *handle);
void tcl_handle_release(struct loop *loop, struct loop_handle *handle);

/* descriptors.c */
void discard_watchers(struct loop *loop);
loop_status tcl_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status tcl_remove_reader(struct loop *loop, loop_fd fd);
loop_status tcl_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status tcl_remove_writer(struct loop *loop, loop_fd fd);

#endif
