/* SPDX-License-Identifier: MIT
 *
 * The rules of the sample checks, in place of the table that the build makes. */
#include "loop_rules.h"
#include "loop_status_names.h"

static const char *const timers[] = {"call_later", NULL};
static const char *const readers[] = {"add_reader", NULL};
static const char *const signals[] = {"remove_signal_handler", NULL};
static const char *const windows[] = {"windows", NULL};

#define SAMPLE(name, strength, whom)                                                               \
    {                                                                                              \
        .id = name, .title = "A sample for the runner's own tests", .level = strength,             \
        .scope = whom, .source = "the runner's own tests", .operations = timers,                   \
        .outcome = LOOP_RULE_HOLDS                                                                 \
    }

#define REFUSAL(name, what, of)                                                                    \
    {                                                                                              \
        .id = name, .title = "A sample that is refused", .level = LOOP_RULE_MUST,                  \
        .scope = LOOP_RULE_PAGE, .source = "the runner's own tests", .operations = what,           \
        .outcome = LOOP_RULE_REFUSES, .status = LOOP_NOT_IMPLEMENTED, .when = LOOP_RULE_AT_CALL,   \
        .object = of                                                                               \
    }

const struct loop_rule loop_rules[] = {
    SAMPLE("rule.must", LOOP_RULE_MUST, LOOP_RULE_ANY),
    SAMPLE("rule.should", LOOP_RULE_SHOULD, LOOP_RULE_ANY),
    SAMPLE("rule.asyncio", LOOP_RULE_MUST, LOOP_RULE_ASYNCIO),
    REFUSAL("rule.refused", readers, "regular-file"),
    REFUSAL("rule.refused-altogether", signals, NULL),
    {
        .id = "rule.elsewhere",
        .title = "A sample for another platform",
        .level = LOOP_RULE_MUST,
        .scope = LOOP_RULE_PAGE,
        .source = "the runner's own tests",
        .platforms = windows,
        .operations = timers,
        .outcome = LOOP_RULE_HOLDS,
    },
};
const size_t loop_rule_count = sizeof loop_rules / sizeof *loop_rules;

#define NAMED(status)                                                                              \
    {                                                                                              \
        LOOP_##status, #status                                                                     \
    }

const struct loop_status_entry loop_status_names[] = {
    NAMED(OK), NAMED(NOT_IMPLEMENTED), NAMED(PERM), NAMED(BADF), NAMED(MFILE), NAMED(IO),
};
const size_t loop_status_count = sizeof loop_status_names / sizeof *loop_status_names;
