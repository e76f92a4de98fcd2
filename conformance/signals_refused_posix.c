/* SPDX-License-Identifier: MIT
 *
 * Handlers that a loop must refuse: of signals that cannot be caught, of numbers that are none, and
 * in threads that are not for signals. */
#include <errno.h>
#include <signal.h>

#include "signals_common.h"

enum { MOST = 8 };

struct numbers {
    int all[MOST];
    int count;
};

static struct numbers uncatchable(void)
{
    return (struct numbers){{SIGKILL, SIGSTOP}, 2};
}

/* 32 and 33 are signals of the kernel that C libraries keep for themselves; which of these numbers
 * are none is the OS's to say. */
static struct numbers invalid(void)
{
    static const int candidates[] = {0, -1, 32, 33, 65, 1000};
    struct numbers numbers = {.count = 0};
    struct sigaction action;

    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        if (sigaction(candidates[i], NULL, &action) != 0 && errno == EINVAL)
            numbers.all[numbers.count++] = candidates[i];
    }
    return numbers;
}

static void expect_refused(struct check *c, struct numbers numbers)
{
    struct counter *never = check_alloc(c, sizeof *never);

    *never = (struct counter){.check = c};
    for (int i = 0; i < numbers.count; i++) {
        loop_status status =
            c->ops->add_signal_handler(c->loop, numbers.all[i], counter_call, never);

        EXPECT(c, status != LOOP_OK, "add_signal_handler of %d returned OK", numbers.all[i]);
    }
    signals_expect_call(c, SIGUSR1, signals_count(c, SIGUSR1));
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of handlers that were refused", never->calls, 0);
}

static void expect_refusal(struct check *c, struct numbers numbers, const char *what,
                           loop_status refusal)
{
    struct counter *never = check_alloc(c, sizeof *never);

    *never = (struct counter){.check = c};
    for (int i = 0; i < numbers.count; i++) {
        check_note(c, "the signal is %d", numbers.all[i]);
        EXPECT_STATUS(c, what,
                      c->ops->add_signal_handler(c->loop, numbers.all[i], counter_call, never),
                      refusal);
    }
}

static void uncatchable_refused(struct check *c)
{
    expect_refused(c, uncatchable());
}

static void uncatchable_status(struct check *c)
{
    expect_refusal(c, uncatchable(), "add_signal_handler of a signal that cannot be caught",
                   LOOP_RUNTIME);
}

static void invalid_refused(struct check *c)
{
    expect_refused(c, invalid());
}

static void invalid_status(struct check *c)
{
    expect_refusal(c, invalid(), "add_signal_handler of a number that is no signal", LOOP_VALUE);
}

static void invalid_removed(struct check *c)
{
    static const int numbers[] = {-1, 0, 100000};

    for (int i = 0; i < 3; i++)
        EXPECT_STATUS(c, "remove_signal_handler of a number that is no signal",
                      c->ops->remove_signal_handler(c->loop, numbers[i]), LOOP_VALUE);
}

/* Another loop, which belongs to the thread that calls it. */
struct elsewhere {
    struct counter calls;
    struct loop *loop;
    loop_status status;
};

static void add_elsewhere(void *arg)
{
    struct elsewhere *elsewhere = arg;

    elsewhere->status = elsewhere->calls.check->ops->add_signal_handler(
        elsewhere->loop, SIGUSR1, counter_call, &elsewhere->calls);
}

static void main_thread_only(struct check *c)
{
    struct elsewhere *elsewhere = check_alloc(c, sizeof *elsewhere);

    *elsewhere = (struct elsewhere){.calls = {.check = c}, .loop = check_open_loop(c)};
    scene_join(c, scene_start(c, add_elsewhere, elsewhere));
    EXPECT_STATUS(c, "add_signal_handler in another thread than the main one", elsewhere->status,
                  LOOP_RUNTIME);
    signals_expect_call(c, SIGUSR1, signals_count(c, SIGUSR1));
}

static const struct check_definition definitions[] = {
    {.id = "signals.uncatchable-refused",
     .run = uncatchable_refused,
     .rules = {"signals.uncatchable-refused"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.uncatchable-status",
     .run = uncatchable_status,
     .rules = {"signals.uncatchable-status"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.invalid-refused",
     .run = invalid_refused,
     .rules = {"signals.invalid-refused"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.invalid-status",
     .run = invalid_status,
     .rules = {"signals.invalid-status"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.invalid-removed",
     .run = invalid_removed,
     .rules = {"signals.invalid-removed"},
     .needs = {"remove_signal_handler"}},
    {.id = "signals.main-thread-only",
     .run = main_thread_only,
     .rules = {"signals.main-thread-only"},
     .needs = {"add_signal_handler"}},
};

CHECK_AREA_PART(signals, refused, definitions);
