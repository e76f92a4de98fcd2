/* SPDX-License-Identifier: MIT */
#include "sync.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct thread {
    pthread_t id;
    void (*body)(void *arg);
    void *arg;
};

static void *run(void *arg)
{
    struct thread *thread = arg;

    thread->body(thread->arg);
    return NULL;
}

static void *run_detached(void *arg)
{
    run(arg);
    free(arg);
    return NULL;
}

static struct thread *start(void *(*routine)(void *), void (*body)(void *arg), void *arg,
                            pthread_t *id)
{
    struct thread *thread = malloc(sizeof *thread);
    sigset_t all, before;
    int error;

    if (!thread)
        return NULL;
    thread->body = body;
    thread->arg = arg;
    sigfillset(&all); /* a thread begins with its maker's mask */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(id, NULL, routine, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) {
        free(thread);
        return NULL;
    }
    return thread;
}

struct thread *thread_start(void (*body)(void *arg), void *arg)
{
    pthread_t id;
    struct thread *thread = start(run, body, arg, &id);

    if (thread)
        thread->id = id;
    return thread;
}

bool thread_start_detached(void (*body)(void *arg), void *arg)
{
    pthread_t id;

    if (!start(run_detached, body, arg, &id))
        return false;
    pthread_detach(id);
    return true;
}

void thread_join(struct thread *thread)
{
    pthread_join(thread->id, NULL);
    free(thread);
}
