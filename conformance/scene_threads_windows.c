/* SPDX-License-Identifier: MIT
 *
 * The scene's threads and signals on Windows. */
#include "scene.h"

#include <signal.h>
#include <windows.h>

enum { THREADS = 64 };

struct scene_thread {
    HANDLE id;
    void (*body)(void *arg);
    void *arg;
};
static struct scene_thread threads[THREADS];
static size_t thread_count;

static DWORD WINAPI run_thread(void *arg)
{
    struct scene_thread *thread = arg;

    thread->body(thread->arg);
    return 0;
}

static void join(struct scene_thread *thread)
{
    if (thread->id == NULL)
        return;
    WaitForSingleObject(thread->id, INFINITE);
    CloseHandle(thread->id);
    thread->id = NULL;
}

static void join_all(void *arg)
{
    (void)arg;
    for (size_t i = 0; i < thread_count; i++)
        join(&threads[i]);
    thread_count = 0;
}

struct scene_thread *scene_start(struct check *c, void (*body)(void *arg), void *arg)
{
    struct scene_thread *thread;

    EXPECT(c, thread_count < THREADS, "a scene has at most %d threads", (int)THREADS);
    if (thread_count == 0)
        check_at_end(c, join_all, NULL);
    thread = &threads[thread_count++];
    *thread = (struct scene_thread){.body = body, .arg = arg};
    thread->id = CreateThread(NULL, 0, run_thread, thread, 0, NULL);
    EXPECT(c, thread->id != NULL, "CreateThread: error %lu", (unsigned long)GetLastError());
    return thread;
}

void scene_join(struct check *c, struct scene_thread *thread)
{
    (void)c;
    join(thread);
}

static void leave_console(void *arg)
{
    (void)arg;
    FreeConsole();
}

/* Ctrl-C goes to all who share a console: so this process gets one of its own. */
void scene_signal_self(struct check *c, int signum)
{
    if (signum != SIGINT) {
        raise(signum);
        return;
    }
    FreeConsole();
    if (!AllocConsole() || !SetConsoleCtrlHandler(NULL, FALSE))
        check_skip(c, "this process can have no console of its own");
    check_at_end(c, leave_console, NULL);
    EXPECT(c, GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0), "GenerateConsoleCtrlEvent: error %lu",
           (unsigned long)GetLastError());
}

int scene_in_child(struct check *c, int (*body)(void *arg), void *arg)
{
    (void)body;
    (void)arg;
    check_skip(c, "nothing can be forked on Windows");
}
