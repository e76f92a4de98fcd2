/* SPDX-License-Identifier: MIT */
#include "posts.h"

struct posts *posts_make(struct check *c, int count)
{
    struct posts *posts = check_alloc(c, sizeof *posts);

    posts->check = c;
    posts->all = check_alloc(c, (size_t)count * sizeof *posts->all);
    posts->count = posts->target = count;
    for (int i = 0; i < count; i++)
        posts->all[i].posts = posts;
    return posts;
}

void post_send(struct post *post)
{
    struct posts *posts = post->posts;
    struct check *c = posts->check;

    NEED_OK(c, "call_soon_threadsafe",
            c->ops->call_soon_threadsafe(c->loop, post_call, post, NULL));
    atomic_fetch_add(&posts->sent, 1);
}

void post_call(void *arg)
{
    struct post *post = arg;
    struct posts *posts = post->posts;

    post->calls++;
    post->place = posts->calls++;
    check_notify(posts->check);
}

bool posts_reached(void *arg)
{
    const struct posts *posts = arg;

    return posts->calls >= posts->target;
}

void posts_run(struct posts *posts, const char *file, int line, const char *what)
{
    struct check *c = posts->check;

    while (posts->calls < posts->count) {
        posts->target = posts->calls + 500 < posts->count ? posts->calls + 500 : posts->count;
        check_run_until(c, file, line, posts_reached, posts, what);
    }
    RUN_ITERATIONS(c, 3);
    for (int i = 0; i < posts->count; i++)
        check_expect_int(c, file, line, "calls of a posted callback", posts->all[i].calls, 1);
}

void posts_wait_sent(struct posts *posts, int count)
{
    int64_t headway = check_now();
    int seen = 0;

    while (seen < count) {
        int sent = atomic_load(&posts->sent);

        if (sent > seen)
            headway = check_now();
        seen = sent;
        EXPECT(posts->check, check_now() - headway < SECONDS(4),
               "call_soon_threadsafe has not returned for 4 s, after %d calls", seen);
        check_block(MILLISECONDS(1));
    }
}

void posts_spin(int64_t duration)
{
    int64_t until = check_now() + duration;

    while (check_now() < until)
        ;
}
