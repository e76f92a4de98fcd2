/* SPDX-License-Identifier: MIT
 *
 * Running the loop under test: until something happens, for a while, once, and by iterations. */
#include <inttypes.h>

#include "machine.h"
#include "state.h"
#include "text.h"

void state_wait_begin(struct check_state *state, const char *file, int line, const char *what)
{
    struct record_wait *wait = &state->record->wait;
    if (machine_process() != state->owner)
        return;
    text_copy(wait->what, sizeof wait->what, what);
    text_copy(wait->file, sizeof wait->file, text_short_path(file));
    wait->line = line;
    wait->started = check_now();
    wait->cpu_started = machine_cpu();
    wait->delay_started = machine_delay(state->owner);
    atomic_store(&wait->deadline, wait->started + state->execution->deadline);
}

void state_wait_end(struct check_state *state)
{
    if (machine_process() == state->owner)
        atomic_store(&state->record->wait.deadline, 0);
}

/* ---- spinning: CPU time in the longest stretch in which nothing was notified */

static struct moment moment_now(const struct check_state *state)
{
    return (struct moment){check_now(), machine_cpu(), machine_delay(state->owner)};
}

/* What passed since then, without the time in which others had the processors. */
static struct stretch stretch_since(const struct check_state *state, struct moment then)
{
    struct moment now = moment_now(state);
    int64_t cpu = now.cpu - then.cpu;
    int64_t own = now.wall - then.wall - (now.delay - then.delay);
    /* The delays of several threads can add up to more than the time that passed. */
    return (struct stretch){own < cpu ? cpu : own, cpu};
}

static void quiet_begin(struct check_state *state)
{
    state->quiet = (struct stretch){0, 0};
    state->quiet_since = moment_now(state);
}

/* Looking at a moment costs more than a callback may: only long stretches are looked at. */
static void quiet_end(struct check_state *state)
{
    if (check_now() - state->quiet_since.wall > MILLISECONDS(20)) {
        struct stretch stretch = stretch_since(state, state->quiet_since);
        if (stretch.own > state->quiet.own)
            state->quiet = stretch;
        state->quiet_since = moment_now(state);
    }
}

#if defined(__GNUC__)
__attribute__((noreturn))
#endif
static void
fail_as_spinning(struct check *c, const char *file, int line, struct stretch stretch,
                 const char *what)
{
    char cpu_text[32];
    char wall_text[32];
    text_duration(cpu_text, sizeof cpu_text, stretch.cpu);
    text_duration(wall_text, sizeof wall_text, stretch.own);
    check_fail(c, file, line, "a loop that waits costs no CPU time",
               "spins: used %s of CPU time in %s of waiting: %s", cpu_text, wall_text, what);
}

/* Work that callbacks do between two notifications is no spinning: hence a bound which only a
 * stretch that is long, and mostly burnt, exceeds; and more of it where all code is slow. */
static void judge_quiet(struct check *c, const char *file, int line, const char *what)
{
    const struct check_state *state = c->state;
    int64_t slowness = machine_slowness();
    int64_t bound = MILLISECONDS(30) * slowness + state->quiet.own / 5;
    if ((state->execution->definition->flags & CHECK_BUSY) == 0 &&
        state->quiet.own > MILLISECONDS(150) * slowness && state->quiet.cpu > bound)
        fail_as_spinning(c, file, line, state->quiet, what);
}

static loop_status run_under_deadline(struct check *c, const char *file, int line, const char *what)
{
    state_wait_begin(c->state, file, line, what);
    quiet_begin(c->state);
    loop_status status = c->ops->run_forever(c->loop);
    quiet_end(c->state);
    state_wait_end(c->state);
    return status;
}

/* ---- conditions */

void check_notify(struct check *c)
{
    struct check_state *state = c->state;
    quiet_end(state);
    if (state->condition == NULL || state->reached || !state->condition(state->condition_arg))
        return;
    state->reached = true;
    c->ops->stop(c->loop);
}

void check_run_until(struct check *c, const char *file, int line, bool (*condition)(void *arg),
                     void *arg, const char *what)
{
    struct check_state *state = c->state;
    if (condition(arg))
        return;
    state->condition = condition;
    state->condition_arg = arg;
    state->reached = false;
    loop_status status = run_under_deadline(c, file, line, what);
    state->condition = NULL;
    EXPECT_STATUS(c, "run_forever", status, LOOP_OK);
    if (!state->reached)
        check_fail(c, file, line, "run_forever runs until stop",
                   "run_forever returned by itself, before %s", what);
    judge_quiet(c, file, line, what);
}

loop_status check_run(struct check *c, const char *file, int line, const char *what)
{
    loop_status status = run_under_deadline(c, file, line, what);
    judge_quiet(c, file, line, what);
    return status;
}

/* ---- idling */

static void stop_loop(void *arg)
{
    struct check *c = arg;
    c->ops->stop(c->loop);
}

static struct stretch idle_once(struct check *c, const char *file, int line, int64_t duration)
{
    struct check_state *state = c->state;
    char what[64];
    char text[32];
    text_duration(text, sizeof text, duration);
    text_print(what, sizeof what, "a timer of %s", text);
    check_need_ok(c, file, line, "call_later",
                  c->ops->call_later(c->loop, duration, stop_loop, c, NULL));
    state_wait_begin(state, file, line, what);
    if (duration > 0)
        atomic_fetch_add(&state->record->wait.deadline, duration);
    struct moment start = moment_now(state);
    loop_status status = c->ops->run_forever(c->loop);
    struct stretch idle = stretch_since(state, start);
    state_wait_end(state);
    EXPECT_STATUS(c, "run_forever", status, LOOP_OK);
    return idle;
}

static bool burns(struct stretch idle)
{
    return idle.cpu > MILLISECONDS(5) + idle.own / 10;
}

/* A loop that spins does it again; the first use of some code, or a virtual machine that was held
 * up, does not. So a suspicion counts only if every one of `times` more waits confirms it. */
static void confirm_spinning(struct check *c, const char *file, int line, int64_t duration,
                             int times)
{
    struct stretch idle = {0, 0};
    for (int i = 0; i < times; i++) {
        idle = idle_once(c, file, line, duration);
        if (!burns(idle))
            return;
    }
    fail_as_spinning(c, file, line, idle, "a timer");
}

void check_run_idle(struct check *c, const char *file, int line, int64_t duration)
{
    const int64_t least = MILLISECONDS(20);
    const int64_t telling = MILLISECONDS(200);
    struct stretch idle = idle_once(c, file, line, duration);
    /* In less time another thread of a spinning loop may not have got a processor at all. */
    if (duration < least)
        idle = idle_once(c, file, line, least);
    if (burns(idle))
        confirm_spinning(c, file, line, duration < least ? least : duration, 4);
    /* Too short to tell, or too busy a machine: a spinning loop got CPU, but not much. */
    if (duration < telling && idle.cpu > MILLISECONDS(1) / 5 + idle.own / 20)
        confirm_spinning(c, file, line, telling, 3);
}

/* ---- iterations */

struct iterations {
    struct check *check;
    int left;
};

static void next_iteration(void *arg)
{
    struct iterations *iterations = arg;
    struct check *c = iterations->check;
    if (--iterations->left > 0)
        NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, next_iteration, iterations, NULL));
    else
        c->ops->stop(c->loop);
}

void check_run_iterations(struct check *c, const char *file, int line, int count)
{
    struct iterations iterations = {c, count};
    if (count <= 0)
        return;
    check_need_ok(c, file, line, "call_soon",
                  c->ops->call_soon(c->loop, next_iteration, &iterations, NULL));
    state_wait_begin(c->state, file, line, "a chain of call_soon callbacks");
    loop_status status = c->ops->run_forever(c->loop);
    state_wait_end(c->state);
    EXPECT_STATUS(c, "run_forever", status, LOOP_OK);
    EXPECT_INT(c, "iterations that did not come", iterations.left, 0);
}

/* ---- the commonest callback */

void counter_call(void *arg)
{
    struct counter *counter = arg;
    counter->calls++;
    counter->last_call = check_now();
    check_notify(counter->check);
}

bool counter_reached(void *arg)
{
    const struct counter *counter = arg;
    return counter->calls >= counter->target;
}
