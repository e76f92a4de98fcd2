/* SPDX-License-Identifier: MIT
 *
 * What the files of the sd-event adapter share. */
#ifndef LOOPCHECK_ADAPTER_SD_EVENT_H
#define LOOPCHECK_ADAPTER_SD_EVENT_H

#include <sys/queue.h>
#include <systemd/sd-event.h>

#include "loop_abi.h"

struct watcher;        /* descriptors.c */
struct signal_handler; /* signals.c */

/* The lists are what close gives back. */
struct loop {
    sd_event *event;
    LIST_HEAD(handles, loop_handle) handles;
    LIST_HEAD(watchers, watcher) watchers;
    LIST_HEAD(signals, signal_handler) signals;
    int running;
    int stopping;
    int closed;
    int last_error; /* an errno */
};

/* What sd-event's negative errno means in the ABI; remembers it for last_os_error. LOOP_OK for 0 and
 * above. */
loop_status status_of(struct loop *loop, int error);

/* callbacks.c */
loop_status sdevent_call_soon(struct loop *loop, loop_callback callback, void *arg,
                              struct loop_handle **handle);
loop_status sdevent_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                               struct loop_handle **handle);
loop_status sdevent_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                            struct loop_handle **handle);
void sdevent_handle_cancel(struct loop *loop, struct loop_handle *handle);
loop_status sdevent_handle_when(struct loop *loop, struct loop_handle *handle, int64_t *when);
void sdevent_handle_release(struct loop *loop, struct loop_handle *handle);
void discard_handles(struct loop *loop);

/* descriptors.c */
loop_status sdevent_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status sdevent_remove_reader(struct loop *loop, loop_fd fd);
loop_status sdevent_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status sdevent_remove_writer(struct loop *loop, loop_fd fd);
void discard_watchers(struct loop *loop);

/* signals.c */
loop_status sdevent_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                       void *arg);
loop_status sdevent_remove_signal_handler(struct loop *loop, int signum);
void discard_signals(struct loop *loop);

#endif
