/* SPDX-License-Identifier: MIT */
#include "sync.h"

#include <pthread.h>
#include <stdlib.h>

struct lock {
    pthread_mutex_t mutex;
};

struct lock *lock_make(void)
{
    struct lock *lock = malloc(sizeof *lock);

    if (lock)
        lock->mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    return lock;
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

void lock_give(struct lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

void lock_free(struct lock *lock)
{
    if (lock)
        pthread_mutex_destroy(&lock->mutex);
    free(lock);
}
