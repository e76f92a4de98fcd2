/* SPDX-License-Identifier: MIT
 *
 * What the files of the GLib adapter share. */
#ifndef LOOPCHECK_ADAPTER_GLIB_H
#define LOOPCHECK_ADAPTER_GLIB_H

#include <glib-unix.h>
#include <glib.h>

#include "loop_abi.h"

struct loop {
    GMainContext *context;
    GMainLoop *main;
    GMutex lock;         /* guards `closed` */
    GHashTable *readers; /* descriptor to struct watch */
    GHashTable *writers;
    GHashTable *signals; /* number to struct watch */
    int running;
    int closed;
};

/* A source that calls back again and again. */
struct watch {
    GSource *source;
    loop_callback callback;
    void *arg;
};

/* descriptors.c: for signals too */
/* Attaches `source`, which it takes over, and puts it into `table` under `key`. */
void watch_start(struct loop *loop, GHashTable *table, int key, GSource *source,
                 GSourceFunc on_event, loop_callback callback, void *arg);
/* Whether there was one, which calls `callback(arg)` from now on. */
gboolean watch_replace(GHashTable *table, int key, loop_callback callback, void *arg);
loop_status watch_stop(GHashTable *table, int key);
GHashTable *watch_table(void);

/* callbacks.c */
loop_status glib_call_soon(struct loop *loop, loop_callback callback, void *arg,
                           struct loop_handle **handle);
loop_status glib_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                            struct loop_handle **handle);
loop_status glib_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                         struct loop_handle **handle);
void glib_handle_cancel(struct loop *loop, struct loop_handle *handle);
void glib_handle_release(struct loop *loop, struct loop_handle *handle);

/* descriptors.c */
loop_status glib_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status glib_remove_reader(struct loop *loop, loop_fd fd);
loop_status glib_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status glib_remove_writer(struct loop *loop, loop_fd fd);

/* signals.c */
loop_status glib_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                    void *arg);
loop_status glib_remove_signal_handler(struct loop *loop, int signum);

#endif
