/* SPDX-License-Identifier: MIT
 *
 * What the files of the libuv adapter share: the loop, and the two objects that carry a callback.
 */
#ifndef LOOPCHECK_ADAPTER_LIBUV_H
#define LOOPCHECK_ADAPTER_LIBUV_H

#include <uv.h>

#include "loop_abi.h"

/* A callback posted by another thread: uv_async_send carries no argument, so this is one. */
struct posted {
    struct posted *next;
    struct loop_handle *handle;
};

struct loop {
    uv_loop_t uv;
    uv_async_t wakeup; /* also what keeps uv_run from returning when nothing else is active */
    uv_mutex_t lock;   /* guards `posted`, `posted_end` and `closed` */
    struct posted *posted;
    struct posted **posted_end;
    struct watcher *watchers;
    struct signal_watcher *signals;
    int running;
    int closed;
    int last_error; /* libuv's, negative */
};

/* What libuv's error means in the ABI; remembers it for last_os_error. LOOP_OK for 0 and above. */
loop_status status_of(struct loop *loop, int error);

/* Closing a libuv handle ends later, in the loop; this frees its `data` then. */
void free_closed(uv_handle_t *handle);

/* callbacks.c */
void run_posted(uv_async_t *wakeup);
void discard_posted(struct loop *loop);
void callback_discard(uv_handle_t *handle);
loop_status libuv_call_soon(struct loop *loop, loop_callback callback, void *arg,
                            struct loop_handle **handle);
loop_status libuv_call_soon_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                       struct loop_handle **handle);
loop_status libuv_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                             struct loop_handle **handle);
loop_status libuv_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                          struct loop_handle **handle);
void libuv_handle_cancel(struct loop *loop, struct loop_handle *handle);
loop_status libuv_handle_when(struct loop *loop, struct loop_handle *handle, int64_t *when);
void libuv_handle_release(struct loop *loop, struct loop_handle *handle);

/* descriptors.c */
loop_status libuv_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status libuv_remove_reader(struct loop *loop, loop_fd fd);
loop_status libuv_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status libuv_remove_writer(struct loop *loop, loop_fd fd);
void close_watchers(struct loop *loop);

/* signals.c */
loop_status libuv_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                     void *arg);
loop_status libuv_remove_signal_handler(struct loop *loop, int signum);
void close_signals(struct loop *loop);

#endif
