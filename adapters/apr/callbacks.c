/* SPDX-License-Identifier: MIT
 *
 * call_soon and call_soon_threadsafe are apr_pollset_wakeup, which carries nothing: what is to be
 * called is kept here, and all of it is called when APR has woken. The order is this list's. */
#include <stdlib.h>

#include "adapter.h"

struct post {
    STAILQ_ENTRY(post) entries;
    loop_callback callback;
    void *arg;
};

/* The table has no handle_release, so nobody asks for a handle. */
loop_status apr_call_soon(struct loop *loop, loop_callback callback, void *arg,
                          struct loop_handle **handle)
{
    (void)handle;
    struct post *post = malloc(sizeof *post);
    if (post == NULL)
        return LOOP_NO_MEMORY;
    *post = (struct post){.callback = callback, .arg = arg};
    pthread_mutex_lock(&loop->lock);
    int closed = loop->closed;
    if (!closed) {
        STAILQ_INSERT_TAIL(&loop->posts, post, entries);
        apr_pollset_wakeup(loop->set);
    }
    pthread_mutex_unlock(&loop->lock);
    if (closed)
        free(post);
    return closed ? LOOP_CLOSED : LOOP_OK;
}

static void take_posts(struct loop *loop, struct posts *taken)
{
    STAILQ_INIT(taken);
    pthread_mutex_lock(&loop->lock);
    STAILQ_CONCAT(taken, &loop->posts);
    pthread_mutex_unlock(&loop->lock);
}

void run_posts(struct loop *loop)
{
    struct posts taken;
    struct post *post;

    take_posts(loop, &taken);
    while ((post = STAILQ_FIRST(&taken)) != NULL) {
        STAILQ_REMOVE_HEAD(&taken, entries);
        loop_callback callback = post->callback;
        void *arg = post->arg;
        free(post);
        callback(arg);
    }
}

void discard_posts(struct loop *loop)
{
    struct posts taken;
    struct post *post;

    take_posts(loop, &taken);
    while ((post = STAILQ_FIRST(&taken)) != NULL) {
        STAILQ_REMOVE_HEAD(&taken, entries);
        free(post);
    }
}
