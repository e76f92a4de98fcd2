/* SPDX-License-Identifier: MIT
 *
 * call_soon_threadsafe: a call from another thread wakes the loop, and is called once. */
#include "alarm.h"
#include "posts.h"

static void send_after_a_while(void *arg)
{
    check_block(MILLISECONDS(3));
    post_send(arg);
}

/* The loop has nothing else to wait for: no timer ends the wait in its stead. */
static void wakes(struct check *c)
{
    struct posts *posts = posts_make(c, 15);

    for (int i = 0; i < posts->count; i++) {
        struct scene_thread *thread = scene_start(c, send_after_a_while, &posts->all[i]);

        posts->target = i + 1;
        RUN_UNTIL(c, posts_reached, posts, "a call posted while the loop slept");
        scene_join(c, thread);
    }
}

static void send_all(void *arg)
{
    struct posts *posts = arg;

    for (int i = 0; i < posts->count; i++)
        post_send(&posts->all[i]);
}

static void send_from_a_thread(struct check *c, struct posts *posts)
{
    scene_join(c, scene_start(c, send_all, posts));
}

static void before_the_first_run(struct check *c)
{
    struct posts *posts = posts_make(c, 5);

    send_from_a_thread(c, posts);
    POSTS_RUN(posts, "calls posted before the first run");
}

static void between_runs(struct check *c)
{
    for (int round = 0; round < 10; round++) {
        struct posts *posts = posts_make(c, 3);

        RUN_ITERATIONS(c, 2);
        send_from_a_thread(c, posts);
        POSTS_RUN(posts, "calls posted between two runs");
    }
}

static void send_the_rest(void *arg)
{
    struct post *post = arg;
    struct posts *posts = post->posts;

    for (int i = 1; i < posts->count; i++)
        post_send(&posts->all[i]);
    EXPECT_INT(posts->check, "calls from inside call_soon_threadsafe", posts->calls, 0);
    post_call(post);
}

/* From outside a run, and from a callback. */
static void own_thread(struct check *c)
{
    struct posts *posts = posts_make(c, 5);

    NEED_OK(c, "call_soon_threadsafe",
            c->ops->call_soon_threadsafe(c->loop, send_the_rest, &posts->all[0], NULL));
    POSTS_RUN(posts, "calls posted from the loop's own thread");
}

static void order(struct check *c)
{
    struct posts *posts = posts_make(c, 200);

    (void)scene_start(c, send_all, posts);
    POSTS_RUN(posts, "two hundred calls posted by one thread");
    for (int i = 0; i < posts->count; i++)
        EXPECT_INT(c, "place of a posted callback", posts->all[i].place, i);
}

/* What distinguishes threads: each has this variable of its own. */
static _Thread_local int where;

struct whereabouts {
    struct counter counter;
    const int *loop_thread;
};

static void expect_loop_thread(void *arg)
{
    struct whereabouts *whereabouts = arg;

    EXPECT(whereabouts->counter.check, &where == whereabouts->loop_thread,
           "a posted callback was called on another thread than the loop's");
    counter_call(&whereabouts->counter);
}

static void send_whereabouts(void *arg)
{
    struct whereabouts *whereabouts = arg;
    struct check *c = whereabouts->counter.check;

    for (int i = 0; i < 40; i++)
        NEED_OK(c, "call_soon_threadsafe",
                c->ops->call_soon_threadsafe(c->loop, expect_loop_thread, whereabouts, NULL));
}

static void on_the_loops_thread(struct check *c)
{
    struct whereabouts whereabouts = {.counter = {.check = c, .target = 40}, .loop_thread = &where};
    struct scene_thread *thread = scene_start(c, send_whereabouts, &whereabouts);

    RUN_UNTIL(c, counter_reached, &whereabouts.counter, "forty calls posted by a thread");
    scene_join(c, thread);
}

static void send_one(void *arg)
{
    post_send(arg);
}

static void from_a_thread_that_is_gone(struct check *c)
{
    struct posts *posts = posts_make(c, 20);

    for (int i = 0; i < posts->count; i++)
        scene_join(c, scene_start(c, send_one, &posts->all[i]));
    POSTS_RUN(posts, "calls posted by threads that have ended");
}

static void idle_afterwards(struct check *c)
{
    struct posts *posts = posts_make(c, 300);
    struct scene_thread *thread = scene_start(c, send_all, posts);

    POSTS_RUN(posts, "three hundred posted calls");
    scene_join(c, thread);
    RUN_IDLE(c, MILLISECONDS(200));
}

struct keeper {
    struct posts *posts;
    struct loop_handle *handles[6];
};

static void send_and_keep(void *arg)
{
    struct keeper *keeper = arg;
    struct check *c = keeper->posts->check;

    for (int i = 0; i < keeper->posts->count; i++)
        NEED_OK(c, "call_soon_threadsafe",
                c->ops->call_soon_threadsafe(c->loop, post_call, &keeper->posts->all[i],
                                             &keeper->handles[i]));
}

static void cancelled(struct check *c)
{
    struct keeper keeper = {.posts = posts_make(c, 6)};
    struct posts *posts = keeper.posts;

    scene_join(c, scene_start(c, send_and_keep, &keeper));
    for (int i = 0; i < posts->count; i += 2)
        c->ops->handle_cancel(c->loop, keeper.handles[i]);
    posts->target = 3;
    RUN_UNTIL(c, posts_reached, posts, "the posted calls that were not cancelled");
    RUN_ITERATIONS(c, 3);
    for (int i = 0; i < posts->count; i++) {
        EXPECT_INT(c, i % 2 ? "calls of a posted callback" : "calls of a cancelled callback",
                   posts->all[i].calls, i % 2);
        c->ops->handle_release(c->loop, keeper.handles[i]);
    }
}

static void stop_loop(void *arg)
{
    struct check *c = arg;

    c->ops->stop(c->loop);
}

static void send_stop(void *arg)
{
    struct check *c = arg;

    check_block(MILLISECONDS(5));
    NEED_OK(c, "call_soon_threadsafe", c->ops->call_soon_threadsafe(c->loop, stop_loop, c, NULL));
}

static void stops_the_loop(struct check *c)
{
    for (int round = 0; round < 5; round++) {
        struct scene_thread *thread = scene_start(c, send_stop, c);

        EXPECT_STATUS(c, "run_forever", RUN(c, "stop() in a posted callback"), LOOP_OK);
        scene_join(c, thread);
    }
}

static const struct check_definition definitions[] = {
    {"threads.wakes-the-loop", wakes, {"threads.wakes"}, {"call_soon_threadsafe"}, 0},
    {"threads.before-the-first-run",
     before_the_first_run,
     {"threads.while-not-running"},
     {"call_soon_threadsafe"},
     0},
    {"threads.between-runs",
     between_runs,
     {"threads.while-not-running"},
     {"call_soon_threadsafe"},
     0},
    {"threads.own-thread", own_thread, {"threads.own-thread"}, {"call_soon_threadsafe"}, 0},
    {"threads.order", order, {"threads.order"}, {"call_soon_threadsafe"}, 0},
    {"threads.on-the-loops-thread",
     on_the_loops_thread,
     {"threads.on-the-loops-thread"},
     {"call_soon_threadsafe"},
     0},
    {"threads.from-a-thread-that-is-gone",
     from_a_thread_that_is_gone,
     {"threads.none-lost"},
     {"call_soon_threadsafe"},
     0},
    {"threads.idle-afterwards",
     idle_afterwards,
     {"threads.idle-afterwards"},
     {"call_soon_threadsafe", "call_later"},
     0},
    {"threads.cancelled",
     cancelled,
     {"threads.cancelled"},
     {"call_soon_threadsafe", "handle_cancel", "handle_release"},
     0},
    {"threads.stops-the-loop", stops_the_loop, {"threads.wakes"}, {"call_soon_threadsafe"}, 0},
};
CHECK_AREA(threads, definitions);
