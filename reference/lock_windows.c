/* SPDX-License-Identifier: MIT */
#include "sync.h"

#include <stdlib.h>
#include <windows.h>

struct lock {
    SRWLOCK system;
};

struct lock *lock_make(void)
{
    struct lock *lock = malloc(sizeof *lock);

    if (lock)
        InitializeSRWLock(&lock->system);
    return lock;
}

void lock_take(struct lock *lock)
{
    AcquireSRWLockExclusive(&lock->system);
}

void lock_give(struct lock *lock)
{
    ReleaseSRWLockExclusive(&lock->system);
}

void lock_free(struct lock *lock)
{
    free(lock);
}
