/* SPDX-License-Identifier: MIT
 *
 * A thread of the system's waits for the child, and lets the loop know. */
#include "watch.h"

#include <stdlib.h>
#include <windows.h>

struct wait_watch {
    struct watch base;
    HANDLE process; /* a handle of the wait's own: it must not be closed before that */
    HANDLE wait;
    bool posted; /* one reference to the handle is the queue's */
};

static void CALLBACK ended(void *arg, BOOLEAN timed_out)
{
    struct wait_watch *w = arg;

    (void)timed_out;
    w->posted = ready_post(w->base.loop, w->base.look);
}

static int begin(struct wait_watch *w, const struct child *child)
{
    HANDLE here = GetCurrentProcess();
    int error = 0;

    if (!DuplicateHandle(here, (HANDLE)child->process, here, &w->process, SYNCHRONIZE, FALSE, 0))
        return (int)GetLastError();
    if (!RegisterWaitForSingleObject(&w->wait, w->process, ended, w, INFINITE, WT_EXECUTEONLYONCE))
        error = (int)GetLastError();
    if (error != 0)
        CloseHandle(w->process);
    return error;
}

loop_status watch_start(struct loop *loop, const struct child *child, struct loop_handle *look,
                        struct watch **watch)
{
    struct wait_watch *w = calloc(1, sizeof *w);
    int error;

    if (!w)
        return LOOP_NO_MEMORY;
    w->base.loop = loop;
    w->base.look = look;
    look->references++; /* which is handed over */
    error = begin(w, child);
    if (error == 0) {
        *watch = &w->base;
        return LOOP_OK;
    }
    look->references--;
    free(w);
    return loop_fail(loop, error);
}

/* Waits until the thread has said what it says. */
void watch_stop(struct watch *watch)
{
    struct wait_watch *w = (struct wait_watch *)watch;

    if (!w)
        return;
    UnregisterWaitEx(w->wait, INVALID_HANDLE_VALUE);
    CloseHandle(w->process);
    if (!w->posted)
        handle_drop(w->base.look);
    free(w);
}
