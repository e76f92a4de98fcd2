/* SPDX-License-Identifier: MIT
 *
 * Timers on their way through a fault, which changes their deadline or what happens at it. */
#ifndef LOOPCHECK_TIMED_H
#define LOOPCHECK_TIMED_H

#include <stdbool.h>

#include "fault.h"

#define MILLISECOND INT64_C(1000000)
#define HOUR        (3600000 * MILLISECOND)

/* Never freed: a handle may be asked about at any time, and the process of a fault is short. */
struct timed {
    struct timed *older;
    struct loop *loop;
    loop_callback callback;
    void *arg;
    struct loop_handle *handle; /* NULL if the caller did not want it */
    int64_t armed, delay;       /* the delay that the caller asked for, from `armed` */
    bool pending;
    int tag; /* the fault's own */
    void (*turn)(struct timed *t);
};

/* Makes call_later and call_at of `spoilt` go through the fault. `delay` turns the delay that the
 * caller asked for into that of the loop, `turn` is what happens when the loop calls. NULL leaves
 * delays alone; timed_run is a turn that just calls back. */
void timed_spoil(struct loop_operations *spoilt, const struct loop_operations *inner,
                 int64_t (*delay)(struct timed *t), void (*turn)(struct timed *t));

void timed_run(struct timed *t);
/* Lets the loop call the turn again after that delay. */
void timed_again(struct timed *t, int64_t delay);

/* The newest with this handle, or NULL. */
struct timed *timed_find(const struct loop_handle *handle);
/* The newest that is pending, or NULL. */
struct timed *timed_newest(void);
/* The one whose callback runs, or NULL. */
struct timed *timed_running(void);
int timed_pending(void);
int64_t timed_now(struct loop *loop);

#endif
