/* SPDX-License-Identifier: MIT
 *
 * What the files of the APR adapter share. A loop is a pollset, and the program's walk over what
 * apr_pollset_poll reports and of an apr_queue. */
#ifndef LOOPCHECK_ADAPTER_APR_H
#define LOOPCHECK_ADAPTER_APR_H

#include <apr_poll.h>
#include <apr_queue.h>
#include <pthread.h>
#include <sys/queue.h>

#include "loop_abi.h"

struct watcher;

LIST_HEAD(watchers, watcher);

struct loop {
    apr_pool_t *pool;
    apr_pollset_t *set;
    apr_queue_t *posts;
    pthread_mutex_t lock; /* guards `closed` against threads that post */
    struct watchers watchers;
    struct watchers removed; /* since apr_pollset_poll has reported */
    apr_status_t last_error;
    int running;
    int stopping;
    int closed;
};

/* loop.c: also keeps it for last_os_error. */
loop_status status_of(struct loop *loop, apr_status_t status);

/* callbacks.c */
apr_status_t make_posts(struct loop *loop);
void run_posts(struct loop *loop);
void discard_posts(struct loop *loop);
loop_status apr_call_soon(struct loop *loop, loop_callback callback, void *arg,
                          struct loop_handle **handle);

/* descriptors.c */
void run_ready(struct loop *loop, const apr_pollfd_t *ready, apr_int32_t count);
void discard_watchers(struct loop *loop);
loop_status apr_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status apr_remove_reader(struct loop *loop, loop_fd fd);
loop_status apr_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status apr_remove_writer(struct loop *loop, loop_fd fd);

#endif
