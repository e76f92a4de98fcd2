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

struct thread *thread_start(void (*body)(void *arg), void *arg)
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
    error = pthread_create(&thread->id, NULL, run, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) {
        free(thread);
        return NULL;
    }
    return thread;
}

void thread_join(struct thread *thread)
{
    pthread_join(thread->id, NULL);
    free(thread);
}
