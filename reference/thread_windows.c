/* SPDX-License-Identifier: MIT */
#include "sync.h"

#include <stdlib.h>
#include <windows.h>

struct thread {
    HANDLE handle;
    void (*body)(void *arg);
    void *arg;
};

static DWORD WINAPI run(void *arg)
{
    struct thread *thread = arg;

    thread->body(thread->arg);
    return 0;
}

static DWORD WINAPI run_detached(void *arg)
{
    run(arg);
    free(arg);
    return 0;
}

static struct thread *start(LPTHREAD_START_ROUTINE routine, void (*body)(void *arg), void *arg,
                            HANDLE *handle)
{
    struct thread *thread = malloc(sizeof *thread);

    if (!thread)
        return NULL;
    thread->body = body;
    thread->arg = arg;
    *handle = CreateThread(NULL, 0, routine, thread, 0, NULL);
    if (!*handle) {
        free(thread);
        return NULL;
    }
    return thread;
}

struct thread *thread_start(void (*body)(void *arg), void *arg)
{
    HANDLE handle;
    struct thread *thread = start(run, body, arg, &handle);

    if (thread)
        thread->handle = handle;
    return thread;
}

bool thread_start_detached(void (*body)(void *arg), void *arg)
{
    HANDLE handle;

    if (!start(run_detached, body, arg, &handle))
        return false;
    CloseHandle(handle);
    return true;
}

void thread_join(struct thread *thread)
{
    WaitForSingleObject(thread->handle, INFINITE);
    CloseHandle(thread->handle);
    free(thread);
}
