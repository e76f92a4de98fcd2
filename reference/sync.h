/* SPDX-License-Identifier: MIT
 *
 * A lock, and a thread that does what would block the loop. */
#ifndef REFERENCE_SYNC_H
#define REFERENCE_SYNC_H

#include <stdbool.h>

struct lock;

struct lock *lock_make(void); /* NULL without memory */
void lock_take(struct lock *lock);
void lock_give(struct lock *lock);
void lock_free(struct lock *lock); /* NULL is harmless */

struct thread;

/* Calls body(arg) in a thread that takes no signals; NULL if the system has none to give. */
struct thread *thread_start(void (*body)(void *arg), void *arg);
void thread_join(struct thread *thread);
/* The same without an end that anybody waits for; false if the system has no thread to give. */
bool thread_start_detached(void (*body)(void *arg), void *arg);

#endif
