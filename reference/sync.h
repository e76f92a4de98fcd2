/* SPDX-License-Identifier: MIT
 *
 * The one thing that threads need here: a lock. */
#ifndef REFERENCE_SYNC_H
#define REFERENCE_SYNC_H

struct lock;

struct lock *lock_make(void); /* NULL without memory */
void lock_take(struct lock *lock);
void lock_give(struct lock *lock);
void lock_free(struct lock *lock); /* NULL is harmless */

#endif
