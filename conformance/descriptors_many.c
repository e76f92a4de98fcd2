/* SPDX-License-Identifier: MIT
 *
 * Many descriptors, and busy ones: each is served, and none holds up another. */
#include "descriptors.h"

/* So many pairs stay below 1024 descriptors, and so many readers below Windows' 512 sockets. */
enum { HUNDREDS = 400, THOUSAND = 1000 };

struct crowd {
    struct check *check;
    int count;
    struct scene_pair *pairs;
    struct watched *readers;
    int calls_each; /* what await_each waits for */
};

static struct crowd watch_crowd(struct check *c, int count, loop_callback callback)
{
    size_t number = (size_t)count;
    struct crowd crowd = {.check = c, .count = count};

    scene_need_descriptors(c, 2 * count + 100);
    crowd.pairs = check_alloc(c, number * sizeof *crowd.pairs);
    crowd.readers = check_alloc(c, number * sizeof *crowd.readers);
    for (int i = 0; i < count; i++) {
        crowd.pairs[i] = scene_sockets(c);
        crowd.readers[i] = watched_fd(c, crowd.pairs[i].end);
        watch_reader(c, crowd.pairs[i].end, callback, &crowd.readers[i]);
    }
    return crowd;
}

static bool each_was_called(void *arg)
{
    struct crowd *crowd = arg;

    for (int i = 0; i < crowd->count; i++) {
        if (crowd->readers[i].calls.calls < crowd->calls_each)
            return false;
    }
    return true;
}

static void serve_crowd(struct check *c, int count)
{
    struct crowd crowd = watch_crowd(c, count, watched_drain);

    for (int round = 1; round <= 2; round++) {
        crowd.calls_each = round;
        for (int i = 0; i < count; i++)
            scene_send(c, crowd.pairs[(i * 7) % count].peer, i % 2 ? "odd" : "even");
        RUN_UNTIL(c, each_was_called, &crowd, "a call of each reader");
    }
    for (int i = 0; i < count; i++) {
        int number = (i * 7) % count;
        size_t sent = i % 2 ? 2 * sizeof "odd" - 2 : 2 * sizeof "even" - 2;

        EXPECT(c, crowd.readers[number].bytes == sent, "reader %d found %zu bytes instead of %zu",
               number, crowd.readers[number].bytes, sent);
    }
    struct watched *last = &crowd.readers[count - 1];
    scene_send(c, crowd.pairs[count - 1].peer, "data");
    AWAIT_CALLS(c, &last->calls, 1, "a call of the last of them alone");
}

static void hundreds(struct check *c)
{
    serve_crowd(c, HUNDREDS);
}

static void thousand(struct check *c)
{
    serve_crowd(c, THOUSAND);
}

static void all_ready(struct check *c)
{
    struct crowd crowd = watch_crowd(c, HUNDREDS, watched_call);

    for (int i = 0; i < crowd.count; i++)
        scene_send(c, crowd.pairs[i].peer, "data");
    crowd.calls_each = 3;
    RUN_UNTIL(c, each_was_called, &crowd, "three calls of each of hundreds that stay ready");
}

/* Posts from a thread while the loop is busy. */
struct post {
    struct check *check;
    struct counter calls;
};

static void post(void *arg)
{
    struct post *p = arg;
    struct check *c = p->check;

    check_block(MILLISECONDS(10));
    EXPECT_STATUS(c, "call_soon_threadsafe",
                  c->ops->call_soon_threadsafe(c->loop, counter_call, &p->calls, NULL), LOOP_OK);
}

static void busy_reader_holds_up_no_callback(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched busy = watched_fd(c, pair.end);
    struct counter soon = {.check = c}, timer = {.check = c};
    struct post posted = {.check = c, .calls = {.check = c}};

    scene_send(c, pair.peer, "data");
    watch_reader(c, pair.end, watched_call, &busy);
    AWAIT_CALLS(c, &busy.calls, 3, "calls of a reader that is always ready");
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, counter_call, &soon, NULL));
    AWAIT_CALLS(c, &soon, 1, "a callback beside a busy reader");
    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, MILLISECONDS(10), counter_call, &timer, NULL));
    AWAIT_CALLS(c, &timer, 1, "a timer of 10 ms beside a busy reader");
    struct scene_thread *thread = scene_start(c, post, &posted);
    AWAIT_CALLS(c, &posted.calls, 1, "what a thread posts beside a busy reader");
    scene_join(c, thread);
}

static void busy_reader_holds_up_no_reader(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct scene_pair other = scene_sockets(c);
    struct watched busy = watched_fd(c, pair.end);
    struct watched reader = watched_fd(c, other.end);
    struct watched writer = watched_fd(c, other.peer);

    scene_send(c, pair.peer, "data");
    watch_reader(c, pair.end, watched_call, &busy);
    watch_reader(c, other.end, watched_drain, &reader);
    AWAIT_CALLS(c, &busy.calls, 3, "calls of a reader that is always ready");
    for (int i = 0; i < 3; i++) {
        scene_send(c, other.peer, "data");
        AWAIT_CALLS(c, &reader.calls, 1, "a call of another reader beside a busy one");
    }
    watch_writer(c, other.peer, watched_call, &writer);
    AWAIT_CALLS(c, &writer.calls, 2, "calls of a writer beside a busy reader");
}

/* Adds a reader of one more socket with a datagram waiting, and runs the loop with it. The status
 * is that of the add, or else of the run. */
static loop_status add_one(struct check *c, struct watched *reader, struct trial *trial)
{
    *reader = watched_fd(c, scene_datagram_socket(c));
    *trial = (struct trial){.stopped = true};
    scene_poke(c, reader->fd);
    loop_status status = c->ops->add_reader(c->loop, reader->fd, watched_drain, reader);
    return status == LOOP_OK ? try_run(c, trial, "two iterations with one more socket") : status;
}

static void forget_extra(struct check *c, struct watched *extra, struct trial *trial)
{
    forget_reader(c, extra->fd);
    end_trial(c, trial, "a run after the socket beyond the limit was removed");
    EXPECT_INT(c, "calls of the refused reader", extra->calls.calls, 0);
}

/* The limit counts what the loop's own wakeup may take: so the last socket of all may be refused.
 */
static void max_sockets(struct check *c)
{
    const struct loop_rule *rule = check_rule(c, "windows.selector.max-sockets");
    int limit = (int)rule->limit, count = 0;
    struct crowd crowd = {.check = c, .calls_each = 1};
    struct trial trial;
    loop_status status = LOOP_OK;

    scene_need_descriptors(c, limit + 100);
    crowd.readers = check_alloc(c, ((size_t)limit + 1) * sizeof *crowd.readers);
    while (count <= limit) {
        status = add_one(c, &crowd.readers[count], &trial);
        if (status != LOOP_OK)
            break;
        crowd.count = ++count;
        RUN_UNTIL(c, each_was_called, &crowd, "a call of each reader");
    }
    check_measure(c, "sockets", rule->unit, count);
    EXPECT(c, count >= limit - 1, "socket %d was refused with %s", count + 1,
           loop_status_name(status));
    if (count <= limit) {
        EXPECT_STATUS(c, "the refusal", status, rule->status);
        forget_extra(c, &crowd.readers[count], &trial);
    } else {
        check_exceeds(c, "%d sockets are watched", count);
    }
    crowd.calls_each = 2;
    for (int i = 0; i < count; i++)
        scene_poke(c, crowd.readers[i].fd);
    RUN_UNTIL(c, each_was_called, &crowd, "a call of each reader that was not refused");
    for (int i = 0; i < count; i++)
        forget_reader(c, crowd.readers[i].fd);
    expect_working(c);
}

static const struct check_definition definitions[] = {
    {
        .id = "descriptors.hundreds",
        .run = hundreds,
        .rules = {"descriptors.hundreds"},
        .needs = {"add_reader"},
    },
    {
        .id = "descriptors.thousand",
        .run = thousand,
        .rules = {"descriptors.thousand"},
        .needs = {"add_reader"},
    },
    {
        .id = "descriptors.all-ready",
        .run = all_ready,
        .rules = {"descriptors.all-ready"},
        .needs = {"add_reader"},
        .flags = CHECK_BUSY,
    },
    {
        .id = "descriptors.busy-reader-holds-up-no-callback",
        .run = busy_reader_holds_up_no_callback,
        .rules = {"descriptors.busy-reader-holds-up-no-callback"},
        .needs = {"add_reader", "call_later", "call_soon_threadsafe"},
        .flags = CHECK_BUSY,
    },
    {
        .id = "descriptors.busy-reader-holds-up-no-reader",
        .run = busy_reader_holds_up_no_reader,
        .rules = {"descriptors.busy-reader-holds-up-no-reader"},
        .needs = {"add_reader", "add_writer"},
        .flags = CHECK_BUSY,
    },
    {
        .id = "descriptors.512-sockets",
        .run = max_sockets,
        .rules = {"windows.selector.max-sockets"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
};

CHECK_AREA_PART(descriptors, many, definitions);
