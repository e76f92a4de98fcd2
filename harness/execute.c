/* SPDX-License-Identifier: MIT
 *
 * The course of one check in the process that runs it. */
#include <stdlib.h>

#include "machine.h"
#include "operations.h"
#include "sanitizers.h"
#include "snapshot.h"
#include "state.h"
#include "text.h"

static void warm_up_stop(void *arg)
{
    struct check *c = arg;
    c->state->own.stop(c->loop);
}

/* One stopped iteration of another loop, so that what a library sets up once for the process does
 * not look like a leak. The loop's own operations do it: a fault begins with the check. */
static void warm_up(struct check *c)
{
    struct check_state *state = c->state;
    const struct loop_operations spoilt = state->operations;
    state->operations = state->own;
    c->loop = state_open(state);
    state_wait_begin(state, __FILE__, __LINE__, "the first iteration of a fresh loop");
    loop_status status = state->own.call_soon(c->loop, warm_up_stop, c, NULL);
    if (status == LOOP_OK)
        status = state->own.run_forever(c->loop);
    state_wait_end(state);
    if (status != LOOP_OK)
        state_misbehaved(state, "the first iteration of a fresh loop: %s",
                         loop_status_name(status));
    state_close_all(state);
    c->loop = NULL;
    state->operations = spoilt;
}

/* The first operation that the check needs and the loop has not, or NULL. */
static const char *missing_need(const struct check_state *state)
{
    const struct check_definition *definition = state->execution->definition;
    for (size_t i = 0; i < 8 && definition->needs[i] != NULL; i++) {
        if (!operations_provide(&state->own, definition->needs[i]))
            return definition->needs[i];
    }
    return NULL;
}

static void look_behind(struct check *c, const struct snapshot *before)
{
    struct check_state *state = c->state;
    char left[768];
    int64_t patience = check_now() + state->execution->deadline;
    state_wait_begin(state, __FILE__, __LINE__, "what the check left goes away");
    /* Twice as long: the process must not be killed while it still looks. */
    atomic_fetch_add(&state->record->wait.deadline, state->execution->deadline);
    snapshot_compare(before, c->directory, patience, left, sizeof left);
    state_wait_end(state);
    if (left[0] != '\0')
        state_misbehaved(state, "%s", left);
    if (snapshot_memory_leaked())
        state_misbehaved(state, "memory leaked (the sanitizer's report is below)");
    if (sanitizers_reports() > 0)
        state_misbehaved(state, "a sanitizer found an error (its report is below)");
}

static void run_definition(struct check *c)
{
    struct check_state *state = c->state;
    const struct check_definition *definition = state->execution->definition;
    const char *missing = missing_need(state);
    if (missing != NULL)
        state_end(state, RECORD_NOT_PROVIDED, missing);
    if ((definition->flags & CHECK_COLD) == 0)
        warm_up(c);
    if (state->execution->fault != NULL)
        state->execution->fault->spoil(&state->operations, &state->own);
    struct snapshot *before = snapshot_take();
    if (before == NULL)
        state_end(state, RECORD_SKIPPED, "out of memory");
    if ((definition->flags & CHECK_POOL) != 0)
        snapshot_let_threads_stay(before);
    c->loop = state_open(state);
    definition->run(c);
    state_close_all(state);
    state_release_all(state);
    look_behind(c, before);
    snapshot_free(before);
}

void execute(const struct execution *execution, const char *directory)
{
    static struct check_state state;
    static struct check c;
    state.execution = execution;
    state.record = execution->record;
    state.owner = machine_process();
    state.own = operations_whole(execution->variant->operations);
    state.operations = state.own;
    state.random = execution->seed;
    c.ops = &state.operations;
    c.variant = execution->variant;
    c.profile = execution->profile;
    c.directory = directory;
    c.state = &state;
    machine_slowness();
    if (execution->definition != NULL) {
        run_definition(&c);
    } else {
        state_open(&state);
        state_close_all(&state);
    }
    state_end(&state, RECORD_PASSED, "");
}
