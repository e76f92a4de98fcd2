/* SPDX-License-Identifier: MIT
 *
 * call_soon and call_soon_threadsafe put what is to be called into an apr_queue, and wake the pollset.
 * The queue is bounded, and refuses what is one too many. */
#include <stdlib.h>

#include "adapter.h"

/* How many calls may wait: an apr_queue takes the memory for them at once. */
enum { CALLS = 131072 };

struct post {
    loop_callback callback;
    void *arg;
};

apr_status_t make_posts(struct loop *loop)
{
    return apr_queue_create(&loop->posts, CALLS, loop->pool);
}

/* The table has no handle_release, so nobody asks for a handle. */
loop_status apr_call_soon(struct loop *loop, loop_callback callback, void *arg,
                          struct loop_handle **handle)
{
    (void)handle;
    loop_status status = LOOP_CLOSED;
    struct post *post = malloc(sizeof *post);
    if (post == NULL)
        return LOOP_NO_MEMORY;
    *post = (struct post){callback, arg};
    pthread_mutex_lock(&loop->lock);
    if (!loop->closed)
        status = apr_queue_trypush(loop->posts, post) == APR_SUCCESS ? LOOP_OK : LOOP_AGAIN;
    if (status == LOOP_OK)
        apr_pollset_wakeup(loop->set);
    pthread_mutex_unlock(&loop->lock);
    if (status != LOOP_OK)
        free(post);
    return status;
}

static struct post *take_post(struct loop *loop)
{
    void *post;
    return apr_queue_trypop(loop->posts, &post) == APR_SUCCESS ? post : NULL;
}

/* What is put in meanwhile has woken the pollset again, and waits for the next turn. */
void run_posts(struct loop *loop)
{
    for (unsigned left = apr_queue_size(loop->posts); left > 0; left--) {
        struct post *taken = take_post(loop);
        if (taken == NULL)
            return;
        struct post post = *taken;
        free(taken);
        post.callback(post.arg);
    }
}

void discard_posts(struct loop *loop)
{
    struct post *post;
    while ((post = take_post(loop)) != NULL)
        free(post);
}
