/* SPDX-License-Identifier: MIT
 *
 * Callbacks that threads post to a loop, each one told apart. */
#ifndef LOOPCHECK_POSTS_H
#define LOOPCHECK_POSTS_H

#include "check.h"
#include "scene.h"

#include <stdatomic.h>

struct post {
    struct posts *posts;
    int calls;
    int place; /* it was called as the place-th, from 0 */
};

struct posts {
    struct check *check;
    struct post *all;
    int count;
    int calls;
    int target;      /* posts_reached is true from here on */
    atomic_int sent; /* for those who wait for a thread that posts */
};

struct posts *posts_make(struct check *c, int count); /* lives until the end of the check */
void post_send(struct post *post);                    /* from any thread */
void post_call(void *post);                           /* the callback */
bool posts_reached(void *posts);                      /* a condition: calls >= target */

/* Runs the loop until every one was called. The deadline is for some of them at a time, so that a
 * slow machine has as long as it goes on. Then states that each was called once. */
#define POSTS_RUN(posts, what) posts_run((posts), __FILE__, __LINE__, (what))
void posts_run(struct posts *posts, const char *file, int line, const char *what);

/* Waits, without the loop, until `count` were sent; a thread that makes no headway is stuck. */
void posts_wait_sent(struct posts *posts, int count);

/* Blocks the calling thread for that long without giving up the processor. */
void posts_spin(int64_t duration);

#endif
