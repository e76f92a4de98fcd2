/* SPDX-License-Identifier: MIT
 *
 * Which watcher has a loop? The one it was told to use, or else the best there is. */
#include "watch.h"

#include <stdlib.h>

static const struct watcher *watcher_of(uint32_t number)
{
    switch (number) {
    case LOOP_WATCHER_DEFAULT:
        return watcher_pidfd.usable() ? &watcher_pidfd : &watcher_thread;
    case LOOP_WATCHER_PIDFD:
        return &watcher_pidfd;
    case LOOP_WATCHER_THREAD:
        return &watcher_thread;
    case LOOP_WATCHER_SIGCHLD:
        return &watcher_sigchld;
    default:
        return NULL;
    }
}

/* As in Python, signals are the main thread's to set up. */
loop_status loop_set_child_watcher(struct loop *loop, uint32_t watcher)
{
    const struct watcher *by = watcher_of(watcher);

    if (!by)
        return LOOP_VALUE;
    if (!by->usable())
        return LOOP_NOT_IMPLEMENTED;
    if (by == &watcher_sigchld && !in_main_thread())
        return LOOP_RUNTIME;
    loop->watcher = watcher;
    return LOOP_OK;
}

loop_status watch_start(struct loop *loop, const struct child *child, struct loop_handle *look,
                        struct watch **watch)
{
    const struct watcher *by = watcher_of(loop->watcher);
    struct watch *made = calloc(1, by->size);
    loop_status status;

    if (!made)
        return LOOP_NO_MEMORY;
    *made = (struct watch){.by = by, .loop = loop, .child = *child, .look = look};
    status = by->start(made);
    if (status == LOOP_OK)
        *watch = made;
    else
        free(made);
    return status;
}

void watch_stop(struct watch *watch)
{
    if (!watch)
        return;
    watch->by->stop(watch);
    free(watch);
}
