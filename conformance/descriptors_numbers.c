/* SPDX-License-Identifier: MIT
 *
 * Numbers: closed, zero, high, and used anew for another file. */
#include "descriptors.h"

#define IDLE MILLISECONDS(50)

enum { HIGH_NUMBER = 1500 };

static void closed_number_survived(struct check *c)
{
    loop_fd number = scene_closed_number(c);
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, number);
    struct trial trial;

    loop_status added = c->ops->add_reader(c->loop, number, watched_call, &reader);
    check_note(c, "add_reader returned %s", loop_status_name(added));
    loop_status ran = try_run(c, &trial, "two iterations with the number");
    check_note(c, "run_forever returned %s", loop_status_name(ran));
    forget_reader(c, number);
    end_trial(c, &trial, "a run after the number was removed");
    expect_working(c);

    struct watched later = watched_fd(c, number);
    scene_dup_onto(c, pair.end, number);
    watch_reader(c, number, watched_drain, &later);
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &later.calls, 1, "a call of the reader of the number once it was opened");
}

static void closed_number_refused(struct check *c)
{
    loop_fd number = scene_closed_number(c);
    struct counter never = {.check = c};

    EXPECT_STATUS(c, "add_reader of a closed number",
                  c->ops->add_reader(c->loop, number, counter_call, &never), LOOP_BADF);
    EXPECT_STATUS(c, "add_writer of a closed number",
                  c->ops->add_writer(c->loop, number, counter_call, &never), LOOP_BADF);
    expect_working(c);
    EXPECT_INT(c, "calls for the closed number", never.calls, 0);
}

static void number_zero(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, 0);

    scene_borrow_zero(c, pair.end);
    watch_reader(c, 0, watched_drain, &reader);
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader of number 0");
    forget_reader(c, 0);
    scene_send(c, pair.peer, "data");
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of the reader of number 0", reader.calls.calls, 1);
}

static struct scene_pair high_pair(struct check *c)
{
    scene_need_descriptors(c, HIGH_NUMBER + 50);
    struct scene_pair pair = scene_sockets(c);
    scene_dup_onto(c, pair.end, HIGH_NUMBER);
    scene_close(c, pair.end);
    pair.end = HIGH_NUMBER;
    return pair;
}

static void high_number(struct check *c)
{
    struct scene_pair pair = high_pair(c);
    struct watched reader = watched_fd(c, pair.end);
    struct watched writer = watched_fd(c, pair.end);

    watch_reader(c, pair.end, watched_drain, &reader);
    watch_writer(c, pair.end, watched_call, &writer);
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader of a high number");
    AWAIT_CALLS(c, &writer.calls, 1, "a call of the writer of a high number");
    EXPECT_INT(c, "bytes that the reader found", reader.bytes, 4);
}

static void high_number_survived(struct check *c)
{
    struct scene_pair pair = high_pair(c);
    struct watched reader = watched_fd(c, pair.end);
    struct trial trial;

    scene_send(c, pair.peer, "data");
    loop_status status = c->ops->add_reader(c->loop, pair.end, watched_drain, &reader);
    check_note(c, "add_reader returned %s", loop_status_name(status));
    loop_status ran = try_run(c, &trial, "two iterations with a high number");
    check_note(c, "run_forever returned %s", loop_status_name(ran));
    if (status == LOOP_OK && ran == LOOP_OK && reader.calls.calls == 0)
        AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader that was not refused");
    forget_reader(c, pair.end);
    end_trial(c, &trial, "a run after the number was removed");
    int before = reader.calls.calls;
    scene_send(c, pair.peer, "data");
    expect_working(c);
    EXPECT_INT(c, "calls of the removed reader", reader.calls.calls - before, 0);
}

static void reused_number(struct check *c)
{
    struct scene_pair old = scene_sockets(c);
    loop_fd number = old.end;

    for (int i = 0; i < 50; i++) {
        struct watched reader = watched_fd(c, number);

        watch_reader(c, number, watched_drain, &reader);
        if (i % 2 == 0)
            RUN_ITERATIONS(c, 1);
        EXPECT_INT(c, "calls of a new reader before its file has data", reader.calls.calls, 0);
        scene_send(c, old.peer, "data");
        AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader of a number used anew");
        scene_send(c, old.peer, "more");
        forget_reader(c, number);
        scene_close(c, number);
        scene_close(c, old.peer);
        old = scene_sockets(c);
        if (old.end != number) {
            scene_dup_onto(c, old.end, number);
            scene_close(c, old.end);
        }
    }
}

/* Two readers are due; the first one called puts another file, without data, in the other's place.
 */
struct reuse {
    struct check *check;
    struct scene_pair pairs[2], fresh;
    struct counter old;
    struct watched replaced;
};

static void reuse_number(struct reuse *reuse, int other)
{
    struct check *c = reuse->check;
    loop_fd number = reuse->pairs[other].end;

    forget_reader(c, reuse->pairs[0].end);
    forget_reader(c, reuse->pairs[1].end);
    scene_close(c, number);
    scene_dup_onto(c, reuse->fresh.end, number);
    reuse->replaced = watched_fd(c, number);
    watch_reader(c, number, watched_drain, &reuse->replaced);
    counter_call(&reuse->old);
}

static void first_is_called(void *arg)
{
    reuse_number(arg, 1);
}

static void second_is_called(void *arg)
{
    reuse_number(arg, 0);
}

static void reused_in_batch(struct check *c)
{
    struct reuse reuse = {.check = c,
                          .pairs = {scene_sockets(c), scene_sockets(c)},
                          .fresh = scene_sockets(c),
                          .old = {.check = c}};

    scene_send(c, reuse.pairs[0].peer, "data");
    scene_send(c, reuse.pairs[1].peer, "data");
    watch_reader(c, reuse.pairs[0].end, first_is_called, &reuse);
    watch_reader(c, reuse.pairs[1].end, second_is_called, &reuse);
    AWAIT_CALLS(c, &reuse.old, 1, "a call of one of the ready readers");
    RUN_IDLE(c, IDLE);
    EXPECT_INT(c, "calls of the old readers", reuse.old.calls, 1);
    EXPECT_INT(c, "calls of the new reader, whose file has no data", reuse.replaced.calls.calls, 0);
    scene_send(c, reuse.fresh.peer, "data");
    AWAIT_CALLS(c, &reuse.replaced.calls, 1, "a call of the new reader for its own data");
}

static void reused_without_remove(struct check *c)
{
    struct scene_pair old = scene_sockets(c);
    struct scene_pair fresh = scene_sockets(c);
    loop_fd number = old.end;
    struct watched before = watched_fd(c, number);
    struct watched after = watched_fd(c, number);

    watch_reader(c, number, watched_drain, &before);
    RUN_ITERATIONS(c, 2);
    scene_close(c, number);
    scene_dup_onto(c, fresh.end, number);
    watch_reader(c, number, watched_drain, &after);
    scene_send(c, fresh.peer, "data");
    AWAIT_CALLS(c, &after.calls, 1, "a call of the reader of the number's new file");
}

/* The system may remember both the number and the file. */
static void same_file_again(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched before = watched_fd(c, pair.end), after = watched_fd(c, pair.end);
    loop_fd twin = scene_dup(c, pair.end);

    watch_reader(c, pair.end, watched_drain, &before);
    RUN_ITERATIONS(c, 2);
    scene_close(c, pair.end);
    forget_reader(c, pair.end);
    scene_dup_onto(c, twin, pair.end);
    watch_reader(c, pair.end, watched_drain, &after);
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &after.calls, 1, "a call of the reader of the number that has its file again");
    EXPECT_INT(c, "calls of the reader that was removed", before.calls.calls, 0);
}

static const struct check_definition definitions[] = {
    {
        .id = "descriptors.closed-number-survived",
        .run = closed_number_survived,
        .rules = {"descriptors.closed-number-survived"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.closed-number-refused",
        .run = closed_number_refused,
        .rules = {"descriptors.closed-number-refused"},
        .needs = {"add_reader", "add_writer", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.number-zero",
        .run = number_zero,
        .rules = {"descriptors.number-zero"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.high-number",
        .run = high_number,
        .rules = {"descriptors.high-number"},
        .needs = {"add_reader", "add_writer"},
    },
    {
        .id = "descriptors.high-number-survived",
        .run = high_number_survived,
        .rules = {"descriptors.high-number-survived"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.reused-number",
        .run = reused_number,
        .rules = {"descriptors.reused-number"},
        .needs = {"add_reader", "remove_reader"},
    },
    {
        .id = "descriptors.reused-in-batch",
        .run = reused_in_batch,
        .rules = {"descriptors.reused-in-batch"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.reused-without-remove",
        .run = reused_without_remove,
        .rules = {"descriptors.reused-without-remove"},
        .needs = {"add_reader"},
    },
    {
        .id = "descriptors.same-file-again",
        .run = same_file_again,
        .rules = {"descriptors.same-file-again"},
        .needs = {"add_reader", "remove_reader"},
    },
};

CHECK_AREA_PART(descriptors, numbers, definitions);
