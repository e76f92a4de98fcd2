/* SPDX-License-Identifier: MIT
 *
 * Everywhere: a thread waits for the child, and lets the loop know. */
#include "watch.h"

#include "spawn.h"

struct thread_watch {
    struct watch base;
    struct thread *thread;
    bool posted; /* one reference to the handle is the queue's */
};

static void wait_and_tell(void *arg)
{
    struct thread_watch *w = arg;

    child_await(&w->base.child);
    w->posted = ready_post(w->base.loop, w->base.look);
}

static bool usable(void)
{
    return true;
}

static loop_status start(struct watch *watch)
{
    struct thread_watch *w = (struct thread_watch *)watch;

    watch->look->references++; /* which is handed over */
    w->thread = thread_start(wait_and_tell, w);
    if (w->thread)
        return LOOP_OK;
    watch->look->references--;
    return LOOP_AGAIN;
}

static void stop(struct watch *watch)
{
    struct thread_watch *w = (struct thread_watch *)watch;

    thread_join(w->thread);
    if (!w->posted)
        handle_drop(watch->look);
}

const struct watcher watcher_thread = {usable, sizeof(struct thread_watch), start, stop};
