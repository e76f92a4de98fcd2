/* SPDX-License-Identifier: MIT
 *
 * A thread waits for the child, and lets the loop know. The system's pool has such threads too, but
 * would keep one, and what it waits with, when the loop is closed. */
#include "watch.h"

#include <stdlib.h>
#include <windows.h>

struct thread_watch {
    struct watch base;
    HANDLE ends[2]; /* the child's end, and the watch's; a handle of the watch's own each */
    struct thread *thread;
    bool posted; /* one reference to the handle is the queue's */
};

enum { CHILD, WATCH };

static void wait_and_tell(void *arg)
{
    struct thread_watch *w = arg;

    if (WaitForMultipleObjects(2, w->ends, FALSE, INFINITE) == WAIT_OBJECT_0 + CHILD)
        w->posted = ready_post(w->base.loop, w->base.look);
}

static void close_ends(struct thread_watch *w)
{
    for (int i = CHILD; i <= WATCH; i++)
        if (w->ends[i])
            CloseHandle(w->ends[i]);
}

static int begin(struct thread_watch *w, const struct child *child)
{
    HANDLE here = GetCurrentProcess();

    w->ends[WATCH] = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (!w->ends[WATCH] || !DuplicateHandle(here, (HANDLE)child->process, here, &w->ends[CHILD],
                                            SYNCHRONIZE, FALSE, 0))
        return (int)GetLastError();
    w->base.look->references++; /* which is handed over */
    w->thread = thread_start(wait_and_tell, w);
    if (w->thread)
        return 0;
    w->base.look->references--;
    return ERROR_NO_SYSTEM_RESOURCES;
}

loop_status watch_start(struct loop *loop, const struct child *child, struct loop_handle *look,
                        struct watch **watch)
{
    struct thread_watch *w = calloc(1, sizeof *w);
    int error;

    if (!w)
        return LOOP_NO_MEMORY;
    w->base.loop = loop;
    w->base.look = look;
    error = begin(w, child);
    if (error == 0) {
        *watch = &w->base;
        return LOOP_OK;
    }
    close_ends(w);
    free(w);
    return loop_fail(loop, error);
}

void watch_stop(struct watch *watch)
{
    struct thread_watch *w = (struct thread_watch *)watch;

    if (!w)
        return;
    SetEvent(w->ends[WATCH]);
    thread_join(w->thread);
    if (!w->posted)
        handle_drop(watch->look);
    close_ends(w);
    free(w);
}
