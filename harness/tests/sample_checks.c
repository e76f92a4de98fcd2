/* SPDX-License-Identifier: MIT
 *
 * Checks for the tests of the runner itself: each ends in one way, on a loop that works. */
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "sample_system.h"

static void timer(struct check *c)
{
    struct counter counter = {.check = c, .target = 1};
    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, MILLISECONDS(1), counter_call, &counter, NULL));
    RUN_UNTIL(c, counter_reached, &counter, "a timer of 1 ms");
    EXPECT_INT(c, "calls of the timer", counter.calls, 1);
}

static void idle(struct check *c)
{
    RUN_IDLE(c, MILLISECONDS(20));
}

static void short_idle(struct check *c)
{
    RUN_IDLE(c, MILLISECONDS(1));
}

static void stop_loop(void *arg)
{
    struct check *c = arg;
    c->ops->stop(c->loop);
}

static void run_once(struct check *c)
{
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, stop_loop, c, NULL));
    EXPECT_STATUS(c, "run_forever", RUN(c, "stop() in a callback"), LOOP_OK);
}

static void iterations(struct check *c)
{
    RUN_ITERATIONS(c, 100);
}

static void second_loop(struct check *c)
{
    struct loop *second = check_open_loop(c);
    EXPECT_STATUS(c, "close of a second loop", c->ops->close(second), LOOP_OK);
    check_free_loop(c, second);
    EXPECT(c, check_open_loop(c) != NULL, "no third loop");
    EXPECT_STATUS(c, "close of the first loop", c->ops->close(c->loop), LOOP_OK);
}

static void work_of_callbacks(struct check *c)
{
    volatile unsigned steps = 0;
    for (int64_t end = check_now() + MILLISECONDS(300); check_now() < end;)
        steps = steps + 1;
    RUN_ITERATIONS(c, 1);
}

static void measures(struct check *c)
{
    check_measure(c, "lateness", "ns", 5);
    check_measure(c, "lateness", "ns", 7);
    check_measure(c, "lateness", "ns", 6);
    check_measure(c, "odd \"quantity\"", "#", -1);
}

static void draws(struct check *c)
{
    uint64_t number = check_random(c);
    check_measure(c, "draw", "", (int64_t)(number >> 1));
    EXPECT(c, number % 2 == 0, "an odd draw");
}

static void odd_text(struct check *c)
{
    check_note(c, "a note: with '# TODO', \"quotes\", \\ and %c", 7);
    EXPECT(c, false, "line one\nnot ok 7 # TODO \\ \"quoted\" \x1b[31m \xff\xc3 \xc3\xa9 ...\n---");
}

static void wrong_number(struct check *c)
{
    EXPECT_INT(c, "calls", 3, 4);
}

static void wrong_status(struct check *c)
{
    EXPECT_STATUS(c, "add_reader", LOOP_BADF, LOOP_OK);
}

static void skips(struct check *c)
{
    check_skip(c, "this machine has no %s", "moon");
}

static void refused_here(struct check *c)
{
    NEED_OK(c, "remove_signal_handler", LOOP_NOT_IMPLEMENTED);
    EXPECT(c, false, "went on after a refusal");
}

static void refused_wrongly(struct check *c)
{
    NEED_OK(c, "remove_signal_handler", LOOP_PERM);
}

static void refusal(struct check *c)
{
    EXPECT(c, CHECK_REFUSED(c, "add_reader", "regular-file", LOOP_NOT_IMPLEMENTED), "no refusal");
}

static void refusal_of_another_kind(struct check *c)
{
    CHECK_REFUSED(c, "add_reader", "regular-file", LOOP_PERM);
}

static void exceeds(struct check *c)
{
    EXPECT(c, !CHECK_REFUSED(c, "add_reader", "regular-file", LOOP_OK), "a refusal");
}

static void fail_in_thread(void *arg)
{
    struct check *c = arg;
    EXPECT(c, false, "failed in a thread");
}

static void thread_fails(struct check *c)
{
    sample_in_thread(fail_in_thread, c);
}

static void leave_file(struct check *c, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", c->directory, name);
    fclose(fopen(path, "w"));
}

static void leaves_file(struct check *c)
{
    leave_file(c, "socket # one");
}

static void leaves_two(struct check *c)
{
    leave_file(c, "first");
    leave_file(c, "second");
}

static void fails_in_two_ways(struct check *c)
{
    EXPECT(c, check_random(c) % 2 != 0, "an even draw");
    leave_file(c, "odd");
}

static char order[4];

static void note_order(void *arg)
{
    strncat(order, arg, 1);
    if (strlen(order) == 2)
        fprintf(stderr, "order %s\n", order);
}

static void at_end(struct check *c)
{
    check_at_end(c, note_order, "a");
    check_at_end(c, note_order, "b");
    memset(check_alloc(c, 1000), 1, 1000);
    check_note(c, "see stderr");
    EXPECT(c, !CHECK_REFUSED(c, "add_reader", "regular-file", LOOP_OK), "a refusal");
}

static void cold(struct check *c)
{
    timer(c);
}

static void missing(struct check *c)
{
    EXPECT(c, false, "ran without the operation that it needs");
}

static const struct check_definition works[] = {
    {"works.timer", timer, MUST, {"call_later"}, 0},
    {"works.idle", idle, MUST, {"call_later"}, 0},
    {"works.short-idle", short_idle, MUST, {"call_later"}, 0},
    {"works.run", run_once, MUST, {NULL}, 0},
    {"works.iterations", iterations, MUST, {NULL}, 0},
    {"works.second-loop", second_loop, MUST, {NULL}, 0},
    {"works.busy", work_of_callbacks, MUST, {NULL}, CHECK_BUSY},
    {"works.cold", cold, MUST, {"call_later"}, CHECK_COLD},
    {"works.measures", measures, MUST, {NULL}, 0},
    {"works.refusal", refusal, {"rule.refused"}, {NULL}, 0},
};
static CHECK_AREA(works, works);

static const struct check_definition timers[] = {
    {"timers.must", timer, MUST, {"call_later"}, 0},
    {"timers.should", timer, {"rule.should"}, {"call_later"}, 0},
    {"timers.asyncio", timer, {"rule.asyncio"}, {"call_later"}, 0},
    {"timers.elsewhere", timer, {"rule.elsewhere"}, {"call_later"}, 0},
};
static CHECK_AREA(timers, timers);

static const struct check_definition ends[] = {
    {"ends.odd-text", odd_text, MUST, {NULL}, 0},
    {"ends.wrong-number", wrong_number, MUST, {NULL}, 0},
    {"ends.wrong-number-should", wrong_number, {"rule.should"}, {NULL}, 0},
    {"ends.wrong-number-asyncio", wrong_number, {"rule.asyncio"}, {NULL}, 0},
    {"ends.wrong-status", wrong_status, MUST, {NULL}, 0},
    {"ends.skips", skips, MUST, {NULL}, 0},
    {"ends.missing", missing, MUST, {"add_signal_handler"}, 0},
    {"ends.refused-here", refused_here, MUST, {NULL}, 0},
    {"ends.refused-wrongly", refused_wrongly, MUST, {NULL}, 0},
    {"ends.other-refusal", refusal_of_another_kind, {"rule.refused"}, {NULL}, 0},
    {"ends.exceeds", exceeds, {"rule.refused"}, {NULL}, 0},
    {"ends.thread-fails", thread_fails, MUST, {NULL}, 0},
    {"ends.leaves-file", leaves_file, MUST, {NULL}, 0},
    {"ends.leaves-two", leaves_two, MUST, {NULL}, 0},
    {"ends.two-ways", fails_in_two_ways, MUST, {NULL}, 0},
    {"ends.at-end", at_end, {"rule.refused"}, {NULL}, 0},
    {"ends.draws", draws, MUST, {NULL}, 0},
};
static CHECK_AREA(ends, ends);

const struct check_area *const check_areas[] = {&works_checks, &timers_checks, &ends_checks,
                                                &ends_system_checks, NULL};

/* ---- a fault */

static loop_status forget_timer(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    (void)loop;
    (void)delay;
    (void)callback;
    (void)arg;
    (void)handle;
    return LOOP_OK;
}

static void forget_timers(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    (void)inner;
    spoilt->call_later = forget_timer;
}

static const struct fault faults[] = {
    {"timers.forgotten",
     "call_later forgets the callback",
     {"timers.must"},
     NULL,
     NULL,
     forget_timers},
    {0},
};

const struct fault *const fault_lists[] = {faults, NULL};
