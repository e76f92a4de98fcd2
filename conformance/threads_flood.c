/* SPDX-License-Identifier: MIT
 *
 * Many calls at once: none is lost, nobody blocks, and the loop's other work goes on. */
#include "alarm.h"
#include "posts.h"

/* More than the 65536 bytes of a pipe, which a loop may wake itself by, one byte a call. */
enum { FLOOD = 70000, PRODUCERS = 4, EACH = 1500 };

struct producer {
    struct posts *posts;
    int first, count;
};

static void produce(void *arg)
{
    struct producer *producer = arg;

    for (int i = 0; i < producer->count; i++)
        post_send(&producer->posts->all[producer->first + i]);
}

static void start_producers(struct posts *posts, int producers)
{
    struct check *c = posts->check;
    int each = posts->count / producers;

    for (int i = 0; i < producers; i++) {
        struct producer *producer = check_alloc(c, sizeof *producer);

        *producer = (struct producer){posts, i * each, each};
        (void)scene_start(c, produce, producer);
    }
}

static void from_several_threads(struct check *c)
{
    struct posts *posts = posts_make(c, PRODUCERS * EACH);

    start_producers(posts, PRODUCERS);
    POSTS_RUN(posts, "calls posted by four threads");
}

static void order_of_each_thread(struct check *c)
{
    struct posts *posts = posts_make(c, PRODUCERS * EACH);

    start_producers(posts, PRODUCERS);
    POSTS_RUN(posts, "calls posted by four threads");
    for (int i = 1; i < posts->count; i++)
        EXPECT(c, i % EACH == 0 || posts->all[i].place > posts->all[i - 1].place,
               "of two calls that one thread posted the second was called first");
}

/* Nobody reads what wakes the loop, for it does not run. */
static void flood_while_not_running(struct check *c)
{
    struct posts *posts = posts_make(c, FLOOD);

    start_producers(posts, 1);
    posts_wait_sent(posts, FLOOD);
    POSTS_RUN(posts, "seventy thousand calls posted before the run");
}

static void flood_from_own_thread(struct check *c)
{
    struct posts *posts = posts_make(c, FLOOD);

    for (int i = 0; i < FLOOD; i++)
        post_send(&posts->all[i]);
    POSTS_RUN(posts, "seventy thousand calls posted from the loop's own thread");
}

static void wait_for_producer(void *arg)
{
    posts_wait_sent(arg, 3000);
}

/* A callback that waits for the threads that post: whom the loop locks out, it waits for in vain.
 */
static void flood_while_in_a_callback(struct check *c)
{
    struct posts *posts = posts_make(c, 3000);

    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, wait_for_producer, posts, NULL));
    start_producers(posts, 2);
    POSTS_RUN(posts, "calls posted during a callback");
}

/* ---- beside other work */

struct letter {
    struct counter counter;
    int64_t text[8]; /* plain memory, written before it is posted */
};

static void read_letter(void *arg)
{
    struct letter *letter = arg;

    for (int i = 0; i < 8; i++)
        EXPECT_INT(letter->counter.check, "what a thread had written before it posted",
                   letter->text[i], i + 1);
    counter_call(&letter->counter);
}

static void write_letter(void *arg)
{
    struct letter *letter = arg;
    struct check *c = letter->counter.check;

    for (int i = 0; i < 8; i++)
        letter->text[i] = i + 1;
    NEED_OK(c, "call_soon_threadsafe",
            c->ops->call_soon_threadsafe(c->loop, read_letter, letter, NULL));
}

static void sees_what_was_written(struct check *c)
{
    for (int round = 0; round < 20; round++) {
        struct letter *letter = check_alloc(c, sizeof *letter);
        struct scene_thread *thread;

        letter->counter = (struct counter){.check = c, .target = 1};
        thread = scene_start(c, write_letter, letter);
        RUN_UNTIL(c, counter_reached, &letter->counter, "a posted call");
        scene_join(c, thread);
    }
}

static void leave_unread(void *arg)
{
    (void)arg;
}

static void go_round(void *arg)
{
    struct posts *posts = arg;
    struct check *c = posts->check;

    if (posts->calls < posts->count)
        NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, go_round, posts, NULL));
}

static void beside_a_busy_loop(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct posts *posts = posts_make(c, 100);

    scene_send(c, pair.peer, "x");
    NEED_OK(c, "add_reader", c->ops->add_reader(c->loop, pair.end, leave_unread, NULL));
    go_round(posts);
    start_producers(posts, 1);
    POSTS_RUN(posts, "calls posted to a loop that never sleeps");
    (void)c->ops->remove_reader(c->loop, pair.end);
}

static void post_again(void *arg)
{
    struct alarms *set = arg;
    struct check *c = set->check;

    if (!alarms_reached(set))
        NEED_OK(c, "call_soon_threadsafe",
                c->ops->call_soon_threadsafe(c->loop, post_again, set, NULL));
}

/* A callback that posts itself again leaves a timer its turn. */
static void chain_starves_nobody(struct check *c)
{
    struct alarms *set = alarms_make(c, 1);

    alarm_later(&set->all[0], MILLISECONDS(5));
    post_again(set);
    ALARMS_RUN(set, "the call of a timer beside a callback that posts itself again");
}

struct knocker {
    struct check *check;
    struct alarms *set;
    atomic_bool over;
};

static void knock(void *arg)
{
    struct knocker *knocker = arg;
    struct check *c = knocker->check;

    while (!atomic_load(&knocker->over)) {
        NEED_OK(c, "call_soon_threadsafe",
                c->ops->call_soon_threadsafe(c->loop, leave_unread, NULL, NULL));
        check_block(MILLISECONDS(2));
    }
}

static void arm(struct alarms *set)
{
    alarm_later(&set->all[0], MILLISECONDS(60));
}

/* The posts go on until the timer is called: a wait that starts over with each never ends. */
static void beside_a_timer(struct check *c)
{
    struct knocker *knocker = check_alloc(c, sizeof *knocker);
    struct alarms *set = alarms_make(c, 1);
    struct scene_thread *thread;

    knocker->check = c;
    thread = scene_start(c, knock, knocker);
    alarms_arm_inside(set, arm);
    ALARMS_RUN(set, "the call of a timer while a thread goes on posting");
    atomic_store(&knocker->over, true);
    scene_join(c, thread);
    alarm_expect_not_early(&set->all[0]);
}

static const struct check_definition definitions[] = {
    {"threads.from-several-threads",
     from_several_threads,
     {"threads.none-lost"},
     {"call_soon_threadsafe"},
     CHECK_BUSY},
    {"threads.order-of-each-thread",
     order_of_each_thread,
     {"threads.order"},
     {"call_soon_threadsafe"},
     CHECK_BUSY},
    {"threads.flood-while-not-running",
     flood_while_not_running,
     {"threads.never-blocks", "threads.none-lost"},
     {"call_soon_threadsafe"},
     CHECK_BUSY},
    {"threads.flood-from-own-thread",
     flood_from_own_thread,
     {"threads.never-blocks", "threads.none-lost"},
     {"call_soon_threadsafe"},
     CHECK_BUSY},
    {"threads.flood-while-in-a-callback",
     flood_while_in_a_callback,
     {"threads.never-blocks", "threads.none-lost"},
     {"call_soon_threadsafe"},
     CHECK_BUSY},
    {"threads.sees-what-was-written",
     sees_what_was_written,
     {"threads.publishes"},
     {"call_soon_threadsafe"},
     0},
    {"threads.beside-a-busy-loop",
     beside_a_busy_loop,
     {"threads.beside-other-work"},
     {"call_soon_threadsafe", "add_reader", "remove_reader"},
     CHECK_BUSY},
    {"threads.chain-starves-nobody",
     chain_starves_nobody,
     {"threads.beside-other-work"},
     {"call_soon_threadsafe", "call_later"},
     CHECK_BUSY},
    {"threads.beside-a-timer",
     beside_a_timer,
     {"threads.beside-other-work", "timers.never-early"},
     {"call_soon_threadsafe", "call_later", "time", "clock_resolution"},
     0},
};
CHECK_AREA_PART(threads, flood, definitions);
