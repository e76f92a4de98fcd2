/* SPDX-License-Identifier: MIT
 *
 * How is it noticed that a child has ended? Each watcher has its own way, and says no more than
 * that it is time to look: who started the child reaps it, on the loop's thread, so that its number
 * stands for it until then. */
#ifndef REFERENCE_WATCH_H
#define REFERENCE_WATCH_H

#include "loop.h"
#include "spawn.h"

/* A kind of watch has this as its first member. */
struct watch {
    const struct watcher *by;
    struct loop *loop;
    struct child child;
    struct loop_handle *look; /* queued when the child may have ended, once or more */
};

struct watcher {
    bool (*usable)(void); /* whether this system has what it takes */
    size_t size;          /* of its kind of watch */
    loop_status (*start)(struct watch *watch);
    /* The child has ended, or is about to. Gives back all but the memory; may wait for the end. */
    void (*stop)(struct watch *watch);
};

extern const struct watcher watcher_pidfd;   /* the system's own descriptor for a process */
extern const struct watcher watcher_thread;  /* a thread waits */
extern const struct watcher watcher_sigchld; /* the signal that tells of some child */

/* By the watcher that the loop was told to use. */
loop_status watch_start(struct loop *loop, const struct child *child, struct loop_handle *look,
                        struct watch **watch);
void watch_stop(struct watch *watch); /* NULL is none */

#endif
