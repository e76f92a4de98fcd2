/* SPDX-License-Identifier: MIT
 *
 * The scene's threads, signals and children on POSIX. */
#include "scene.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 64 };

struct scene_thread {
    pthread_t id;
    void (*body)(void *arg);
    void *arg;
    bool running; /* not joined yet */
};
static struct scene_thread threads[THREADS];
static size_t thread_count;

static void *run_thread(void *arg)
{
    struct scene_thread *thread = arg;

    thread->body(thread->arg);
    return NULL;
}

static void join(struct scene_thread *thread)
{
    if (thread->running)
        pthread_join(thread->id, NULL);
    thread->running = false;
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
    int error;

    EXPECT(c, thread_count < THREADS, "a scene has at most %d threads", (int)THREADS);
    if (thread_count == 0)
        check_at_end(c, join_all, NULL);
    thread = &threads[thread_count++];
    *thread = (struct scene_thread){.body = body, .arg = arg};
    error = pthread_create(&thread->id, NULL, run_thread, thread);
    EXPECT(c, error == 0, "pthread_create: %s", strerror(error));
    thread->running = true;
    return thread;
}

void scene_join(struct check *c, struct scene_thread *thread)
{
    (void)c;
    join(thread);
}

void scene_signal_self(struct check *c, int signum)
{
    EXPECT(c, kill(getpid(), signum) == 0, "kill: %s", strerror(errno));
}

int scene_in_child(struct check *c, int (*body)(void *arg), void *arg)
{
    int status = 0;
    pid_t waited;
    pid_t child = fork();

    if (child == 0)
        _exit(body(arg));
    EXPECT(c, child > 0, "fork: %s", strerror(errno));
    do
        waited = waitpid(child, &status, 0);
    while (waited < 0 && errno == EINTR);
    EXPECT(c, waited == child, "waitpid: %s", strerror(errno));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}
