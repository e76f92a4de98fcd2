/* SPDX-License-Identifier: MIT
 *
 * A child that fork made, and that leaves the loop alone, takes nothing from its parent's. */
#include "posts.h"

static int end_at_once(void *arg)
{
    (void)arg;
    return 0;
}

static void send_after_a_while(void *arg)
{
    check_block(MILLISECONDS(3));
    post_send(arg);
}

static void after_a_fork(struct check *c)
{
    struct posts *posts = posts_make(c, 4);

    for (int i = 0; i < posts->count; i++) {
        struct scene_thread *thread;

        EXPECT_INT(c, "exit code of the child", scene_in_child(c, end_at_once, NULL), 0);
        thread = scene_start(c, send_after_a_while, &posts->all[i]);
        posts->target = i + 1;
        RUN_UNTIL(c, posts_reached, posts, "a call posted after a child was forked");
        scene_join(c, thread);
    }
}

static const struct check_definition definitions[] = {
    {"threads.after-a-fork", after_a_fork, {"threads.after-a-fork"}, {"call_soon_threadsafe"}, 0},
};
CHECK_AREA_PART(threads, fork, definitions);
