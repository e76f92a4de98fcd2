/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "text.h"

bool suite_selects(const char *const *globs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (text_matches(globs[i], name))
            return true;
    }
    return count == 0;
}

bool suite_checks_known(const struct options *options)
{
    for (size_t i = 0; i < options->check_count; i++) {
        if (!catalogue_has_check(options->checks[i])) {
            options_complain(options, "no check is named '%s' (--list checks)", options->checks[i]);
            return false;
        }
    }
    return true;
}

static bool variants_known(const struct options *options, const struct adapter *adapter)
{
    for (size_t i = 0; i < options->variant_count; i++) {
        bool found = false;
        for (uint32_t j = 0; j < adapter->variant_count; j++)
            found = found || text_matches(options->variants[i], adapter->variants[j].name);
        if (!found) {
            options_complain(options, "%s has no variant '%s' (--list variants)", adapter->name,
                             options->variants[i]);
            return false;
        }
    }
    return true;
}

/* The first one that the library opens when nothing is chosen, else the first. */
static uint32_t default_variant(const struct adapter *adapter)
{
    for (uint32_t i = 0; i < adapter->variant_count; i++) {
        if ((adapter->variants[i].flags & LOOP_VARIANT_DEFAULT) != 0)
            return i;
    }
    return 0;
}

static void select_variants(struct suite *suite, const struct options *options)
{
    if (options->variant_count == 0) {
        suite->variants[suite->variant_count++] = default_variant(suite->adapter);
        return;
    }
    for (uint32_t i = 0; i < suite->adapter->variant_count; i++) {
        if (suite_selects(options->variants, options->variant_count,
                          suite->adapter->variants[i].name))
            suite->variants[suite->variant_count++] = i;
    }
}

static void find_rules(struct test *test, uint32_t profile)
{
    for (size_t i = 0; i < 8 && test->definition->rules[i] != NULL; i++) {
        const struct loop_rule *rule = loop_rule_find(test->definition->rules[i]);
        if (rule != NULL && loop_rule_applies(rule, &test->variant->described, profile))
            test->rules[test->rule_count++] = rule;
    }
}

static void add_check(struct suite *suite, const struct options *options, uint32_t variant,
                      int32_t area, int32_t check)
{
    struct test *test = &suite->tests[suite->count];
    *test = (struct test){
        .job = {.variant = (int32_t)variant, .area = area, .check = check},
        .definition = &check_areas[area]->checks[check],
        .variant = &suite->adapter->variants[variant],
    };
    find_rules(test, options_profile(options, suite->adapter->profile));
    if (test->rule_count == 0 ||
        !suite_selects(options->checks, options->check_count, test->definition->id))
        return;
    if (suite->variant_count > 1)
        text_print(test->name, sizeof test->name, "%s/%s", test->variant->name,
                   test->definition->id);
    else
        text_copy(test->name, sizeof test->name, test->definition->id);
    suite->count++;
}

static size_t count_checks(void)
{
    size_t count = 0;
    for (size_t i = 0; check_areas[i] != NULL; i++)
        count += check_areas[i]->count;
    return count;
}

bool suite_select(struct suite *suite, const struct options *options, const struct adapter *adapter)
{
    *suite = (struct suite){.adapter = adapter};
    if (!variants_known(options, adapter) || !suite_checks_known(options))
        return false;
    suite->variants = calloc(adapter->variant_count, sizeof *suite->variants);
    suite->tests = calloc(count_checks() * adapter->variant_count + 1, sizeof *suite->tests);
    if (suite->variants == NULL || suite->tests == NULL) {
        options_complain(options, "out of memory");
        return false;
    }
    select_variants(suite, options);
    for (size_t v = 0; v < suite->variant_count; v++) {
        for (int32_t i = 0; check_areas[i] != NULL; i++) {
            for (int32_t j = 0; j < (int32_t)check_areas[i]->count; j++)
                add_check(suite, options, suite->variants[v], i, j);
        }
    }
    return true;
}

void suite_free(struct suite *suite)
{
    free(suite->variants);
    free(suite->tests);
}
