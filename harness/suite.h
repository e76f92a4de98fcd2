/* SPDX-License-Identifier: MIT
 *
 * Which checks are run on which variants, and which rules each of them decides there. */
#ifndef LOOPCHECK_SUITE_H
#define LOOPCHECK_SUITE_H

#include "process.h"
#include "state.h"

struct test {
    struct job job;
    const struct check_definition *definition;
    const struct adapter_variant *variant;
    const struct loop_rule *rules[8]; /* in force; at least one */
    size_t rule_count;
    char name[192]; /* as the report calls it */
};

struct suite {
    const struct adapter *adapter;
    struct test *tests;
    size_t count;
    uint32_t *variants; /* indices of those that were selected */
    size_t variant_count;
};

/* False after a line on stderr. */
bool suite_select(struct suite *suite, const struct options *options,
                  const struct adapter *adapter);
void suite_free(struct suite *suite);

/* Whether globs select `name`; no globs select everything. */
bool suite_selects(const char *const *globs, size_t count, const char *name);

/* Whether every --check matches a check; false after a line on stderr. */
bool suite_checks_known(const struct options *options);

#endif
