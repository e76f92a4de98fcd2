/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "snapshot.h"
#include "state.h"
#include "text.h"

/* Who writes the reason: the first of all threads and forked copies of this check. */
enum claim { UNCLAIMED, CLAIMED_BY_OWNER, CLAIMED_BY_COPY, WRITTEN_BY_COPY };

static bool is_owner(const struct check_state *state)
{
    return machine_process() == state->owner;
}

static bool claim(struct check_state *state)
{
    int32_t unclaimed = UNCLAIMED;
    return atomic_compare_exchange_strong(&state->record->claimed, &unclaimed,
                                          is_owner(state) ? CLAIMED_BY_OWNER : CLAIMED_BY_COPY);
}

/* A forked copy can have found a failure, but the check goes on until its owner ends it. */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
static void
finish(struct check_state *state, enum record_end end)
{
    snapshot_flush_coverage();
    if (!is_owner(state)) {
        atomic_store(&state->record->claimed, WRITTEN_BY_COPY);
        machine_exit(1);
    }
    atomic_store(&state->record->end, end);
    state->execution->finish();
    abort();
}

/* Another thread or a copy was first: it must have written before this process ends. */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
static void
finish_as_claimed(struct check_state *state)
{
    if (!is_owner(state))
        machine_exit(1);
    while (atomic_load(&state->record->claimed) == CLAIMED_BY_OWNER)
        check_block(SECONDS(1));
    for (int64_t end = check_now() + SECONDS(1);
         atomic_load(&state->record->claimed) == CLAIMED_BY_COPY && check_now() < end;)
        check_block(MILLISECONDS(1));
    finish(state, RECORD_FAILED);
}

void state_end(struct check_state *state, enum record_end end, const char *reason)
{
    /* A copy that forked off may tell of a failure, never of anything better. */
    if (!is_owner(state))
        machine_exit(1);
    if (!claim(state))
        finish_as_claimed(state);
    text_copy(state->record->message, sizeof state->record->message, reason);
    finish(state, end);
}

void state_misbehaved(struct check_state *state, const char *format, ...)
{
    va_list arguments;
    if (!claim(state))
        finish_as_claimed(state);
    va_start(arguments, format);
    text_print_list(state->record->message, sizeof state->record->message, format, arguments);
    va_end(arguments);
    state->record->misbehaved = 1;
    finish(state, RECORD_FAILED);
}

struct values {
    const char *expected;
    const char *found;
};

#if defined(__GNUC__)
__attribute__((noreturn))
#endif
static void
fail(struct check *c, const char *file, int line, struct values values, const char *format,
     va_list arguments)
{
    struct record *record = c->state->record;
    if (!claim(c->state))
        finish_as_claimed(c->state);
    text_copy(record->file, sizeof record->file, text_short_path(file));
    record->line = line;
    text_copy(record->expected, sizeof record->expected, values.expected);
    text_copy(record->found, sizeof record->found, values.found);
    text_print_list(record->message, sizeof record->message, format, arguments);
    finish(c->state, RECORD_FAILED);
}

#if defined(__GNUC__)
__attribute__((noreturn))
#endif
static void
fail_with(struct check *c, const char *file, int line, struct values values, const char *format,
          ...) CHECK_PRINTF(5, 6);

static void fail_with(struct check *c, const char *file, int line, struct values values,
                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(c, file, line, values, format, arguments);
}

void check_fail(struct check *c, const char *file, int line, const char *condition,
                const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(c, file, line, (struct values){.expected = condition}, format, arguments);
}

void check_expect_int(struct check *c, const char *file, int line, const char *what, int64_t found,
                      int64_t expected)
{
    char expected_text[32];
    char found_text[32];
    if (found == expected)
        return;
    text_print(expected_text, sizeof expected_text, "%" PRId64, expected);
    text_print(found_text, sizeof found_text, "%" PRId64, found);
    fail_with(c, file, line, (struct values){expected_text, found_text},
              "%s: %" PRId64 " instead of %" PRId64, what, found, expected);
}

void check_expect_status(struct check *c, const char *file, int line, const char *what,
                         loop_status found, loop_status expected)
{
    char expected_text[64];
    char found_text[64];
    if (found == expected)
        return;
    text_copy(expected_text, sizeof expected_text, loop_status_name(expected));
    text_copy(found_text, sizeof found_text, loop_status_name(found));
    fail_with(c, file, line, (struct values){expected_text, found_text}, "%s: %s instead of %s",
              what, found_text, expected_text);
}

static bool is_refusal(const struct loop_rule *rule, loop_status status)
{
    return rule != NULL && rule->status == status;
}

void check_need_ok(struct check *c, const char *file, int line, const char *operation,
                   loop_status status)
{
    char reason[256];
    char found[64];
    if (status == LOOP_OK)
        return;
    const struct loop_rule *rule = loop_rule_refusing(c->variant, c->profile, operation, NULL);
    if (is_refusal(rule, status)) {
        text_print(reason, sizeof reason, "%s is refused here (%s)", operation, rule->id);
        state_end(c->state, RECORD_REFUSED, reason);
    }
    text_copy(found, sizeof found, loop_status_name(status));
    fail_with(c, file, line, (struct values){"OK", found}, "%s returned %s", operation, found);
}

bool check_refused(struct check *c, const char *file, int line, const char *operation,
                   const char *object, loop_status status)
{
    const struct loop_rule *rule = loop_rule_refusing(c->variant, c->profile, operation, object);
    char found[64];
    char expected[64];
    if (status == LOOP_OK) {
        if (rule != NULL)
            check_exceeds(c, "%s%s%s works, although %s refuses it", operation,
                          object == NULL ? "" : " of a ", object == NULL ? "" : object, rule->id);
        return false;
    }
    if (is_refusal(rule, status))
        return true;
    text_copy(found, sizeof found, loop_status_name(status));
    text_copy(expected, sizeof expected, loop_status_name(rule == NULL ? LOOP_OK : rule->status));
    fail_with(c, file, line, (struct values){expected, found}, "%s%s%s returned %s, and %s%s",
              operation, object == NULL ? "" : " of a ", object == NULL ? "" : object, found,
              rule == NULL ? "no rule in force refuses it" : "its refusal is ",
              rule == NULL ? "" : expected);
}

void check_exceeds(struct check *c, const char *format, ...)
{
    struct record *record = c->state->record;
    va_list arguments;
    if (!is_owner(c->state))
        return;
    va_start(arguments, format);
    text_print_list(record->exceeded, sizeof record->exceeded, format, arguments);
    va_end(arguments);
}

void check_skip(struct check *c, const char *format, ...)
{
    char reason[512];
    va_list arguments;
    va_start(arguments, format);
    text_print_list(reason, sizeof reason, format, arguments);
    va_end(arguments);
    state_end(c->state, RECORD_SKIPPED, reason);
}

void check_need_windows(struct check *c)
{
    if (machine_is_wine())
        check_skip(c, "not under Wine");
}

void check_note(struct check *c, const char *format, ...)
{
    char note[256];
    va_list arguments;
    if (!is_owner(c->state))
        return;
    va_start(arguments, format);
    text_print_list(note, sizeof note, format, arguments);
    va_end(arguments);
    record_note(c->state->record, note);
}

void check_measure(struct check *c, const char *quantity, const char *unit, int64_t value)
{
    if (is_owner(c->state))
        record_measure(c->state->record, quantity, unit, value);
}

const struct loop_rule *check_rule(struct check *c, const char *id)
{
    const struct loop_rule *rule = loop_rule_find(id);
    return rule != NULL && loop_rule_applies(rule, c->variant, c->profile) ? rule : NULL;
}

int64_t check_cpu(void)
{
    return machine_cpu();
}

uint64_t check_random(struct check *c)
{
    /* splitmix64 */
    uint64_t value = c->state->random += UINT64_C(0x9E3779B97F4A7C15);
    value = (value ^ (value >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94D049BB133111EB);
    return value ^ (value >> 31);
}
