/* SPDX-License-Identifier: MIT
 *
 * Callbacks on their way through a fault: each is replaced by one of the fault's own, which knows
 * what becomes of it. Every fault that counts, delays or loses callbacks is written with this. */
#ifndef LOOPCHECK_FORWARD_H
#define LOOPCHECK_FORWARD_H

#include <stdbool.h>

#include "fault.h"

enum forward_state { FORWARD_PENDING, FORWARD_RUNNING, FORWARD_RAN, FORWARD_CANCELLED };

/* Never freed: a handle may be asked about at any time, and the process of a fault is short. */
struct forward {
    struct forward *older;
    struct loop *loop;
    loop_callback callback;
    void *arg;
    struct loop_handle *handle; /* NULL if the caller did not want it */
    enum forward_state state;
    int number;                      /* from 1 in the order of registration */
    void (*turn)(struct forward *f); /* what happens when the loop calls: forward_run, or less */
};

struct forward *forward_new(struct loop *loop, loop_callback callback, void *arg,
                            void (*turn)(struct forward *f));

/* call_soon, call_soon_threadsafe and call_later by way of a forward. */
loop_status forward_soon(const struct loop_operations *inner, struct forward *f,
                         struct loop_handle **handle);
loop_status forward_threadsafe(const struct loop_operations *inner, struct forward *f,
                               struct loop_handle **handle);
loop_status forward_later(const struct loop_operations *inner, struct forward *f, int64_t delay,
                          struct loop_handle **handle);

void forward_call(void *f); /* the loop_callback that stands for it */
void forward_run(struct forward *f);

/* The newest one with this handle; NULL for what was not forwarded. */
struct forward *forward_find(const struct loop_handle *handle);
/* The newest one that is pending and has a handle, or NULL. */
struct forward *forward_newest_pending(void);
/* The one that runs in this thread, or NULL outside of callbacks. */
struct forward *forward_running(void);

#endif
