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

struct thread *thread_start(void (*body)(void *arg), void *arg)
{
    struct thread *thread = malloc(sizeof *thread);

    if (!thread)
        return NULL;
    thread->body = body;
    thread->arg = arg;
    thread->handle = CreateThread(NULL, 0, run, thread, 0, NULL);
    if (!thread->handle) {
        free(thread);
        return NULL;
    }
    return thread;
}

void thread_join(struct thread *thread)
{
    WaitForSingleObject(thread->handle, INFINITE);
    CloseHandle(thread->handle);
    free(thread);
}
