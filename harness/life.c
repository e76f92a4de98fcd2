/* SPDX-License-Identifier: MIT
 *
 * What lives as long as a check: loops, memory, and what scenes hold. */
#include <stdlib.h>
#include <string.h>

#include "state.h"

static loop_status open_with(struct check_state *state, const struct loop_operations *operations,
                             struct loop **loop)
{
    const struct loop_open_options options = {.size = sizeof options,
                                              .profile = state->execution->profile};
    *loop = NULL;
    state_wait_begin(state, __FILE__, __LINE__, "open() returns");
    loop_status status = operations->open(state->execution->variant, &options, loop);
    state_wait_end(state);
    return status;
}

static void remember(struct check_state *state, struct loop *loop)
{
    struct open_loop *entry = calloc(1, sizeof *entry);
    if (entry == NULL)
        state_end(state, RECORD_SKIPPED, "out of memory");
    entry->loop = loop;
    entry->next = state->loops;
    state->loops = entry;
}

struct loop *state_open(struct check_state *state)
{
    struct loop *loop;
    loop_status status = open_with(state, &state->operations, &loop);
    if (status != LOOP_OK)
        state_misbehaved(state, "open returned %s", loop_status_name(status));
    if (loop == NULL)
        state_misbehaved(state, "open returned OK and no loop");
    state->record->opened = 1;
    remember(state, loop);
    return loop;
}

/* Only the loop's own word counts: a fault that spoils is_closed must not spoil every check. */
static bool is_closed(struct check_state *state, struct loop *loop)
{
    return state->own.is_closed != NULL && state->own.is_closed(loop) != 0;
}

static void close_loop(struct check_state *state, struct loop *loop)
{
    if (is_closed(state, loop))
        return;
    state_wait_begin(state, __FILE__, __LINE__, "close() returns");
    loop_status status = state->operations.close(loop);
    state_wait_end(state);
    if (status != LOOP_OK)
        state_misbehaved(state, "close after the check returned %s", loop_status_name(status));
}

static void free_loop(struct check_state *state, struct loop *loop)
{
    state_wait_begin(state, __FILE__, __LINE__, "free() returns");
    state->operations.free(loop);
    state_wait_end(state);
}

static void call_all(struct end_call **calls)
{
    while (*calls != NULL) {
        struct end_call *call = *calls;
        *calls = call->next;
        call->release(call->arg);
        free(call);
    }
}

void state_close_all(struct check_state *state)
{
    for (struct open_loop *entry = state->loops; entry != NULL; entry = entry->next)
        close_loop(state, entry->loop);
    state_wait_begin(state, __FILE__, __LINE__, "what belongs to closed loops is given back");
    call_all(&state->close_calls);
    state_wait_end(state);
    while (state->loops != NULL) {
        struct open_loop *entry = state->loops;
        state->loops = entry->next;
        free_loop(state, entry->loop);
        free(entry);
    }
}

void state_release_all(struct check_state *state)
{
    state_wait_begin(state, __FILE__, __LINE__, "the check's scene is released");
    call_all(&state->end_calls);
    while (state->allocations != NULL) {
        struct allocation *allocation = state->allocations;
        state->allocations = allocation->next;
        free(allocation);
    }
    state_wait_end(state);
}

static void call_then(struct check *c, struct end_call **calls, void (*release)(void *arg),
                      void *arg)
{
    struct end_call *call = calloc(1, sizeof *call);
    if (call == NULL)
        check_skip(c, "out of memory");
    call->release = release;
    call->arg = arg;
    call->next = *calls;
    *calls = call;
}

void check_at_end(struct check *c, void (*release)(void *arg), void *arg)
{
    call_then(c, &c->state->end_calls, release, arg);
}

void check_at_close(struct check *c, void (*release)(void *arg), void *arg)
{
    call_then(c, &c->state->close_calls, release, arg);
}

struct loop *check_open_loop(struct check *c)
{
    return state_open(c->state);
}

void check_free_loop(struct check *c, struct loop *loop)
{
    struct open_loop **link = &c->state->loops;
    while (*link != NULL && (*link)->loop != loop)
        link = &(*link)->next;
    EXPECT(c, *link != NULL, "check_free_loop was given a loop that the check did not open");
    struct open_loop *entry = *link;
    *link = entry->next;
    free(entry);
    c->ops->free(loop);
    if (c->loop == loop)
        c->loop = NULL;
}

void *check_alloc(struct check *c, size_t bytes)
{
    struct allocation *allocation = calloc(1, sizeof *allocation + bytes);
    if (allocation == NULL)
        check_skip(c, "out of memory (%zu bytes)", bytes);
    allocation->next = c->state->allocations;
    c->state->allocations = allocation;
    return allocation->bytes;
}
