/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include <stdio.h>

#include "catalogue.h"
#include "tap.h"

bool listing_needs_loop(const struct options *options)
{
    return options->list == LIST_VARIANTS || options->loop != NULL;
}

static void print_joined(const char *const *words, size_t limit)
{
    for (size_t i = 0; i < limit && words[i] != NULL; i++)
        printf("%s%s", i == 0 ? "" : ",", words[i]);
}

static void print_version(uint32_t version)
{
    if (version == 0)
        putchar('\n');
    else
        printf("%u.%u.%u\n", version >> 16, version >> 8 & 0xFF, version & 0xFF);
}

static void print_variants(const struct options *options, const struct adapter *adapter)
{
    puts("# name\tkind\tselector\tplatform\tversion\tflags\tloop\tloop_version\tloop_flags"
         "\tloop_profile");
    const char *claims = (adapter->flags & LOOP_CLAIMS_ASYNCIO) != 0 ? "asyncio" : "";
    for (uint32_t i = 0; i < adapter->variant_count; i++) {
        const struct adapter_variant *variant = &adapter->variants[i];
        const char *flags[3] = {NULL};
        size_t count = 0;
        if (!suite_selects(options->variants, options->variant_count, variant->name))
            continue;
        if ((variant->flags & LOOP_VARIANT_EMULATED) != 0)
            flags[count++] = "emulated";
        if ((variant->flags & LOOP_VARIANT_DEFAULT) != 0)
            flags[count++] = "default";
        printf("%s\t%s\t%s\t%s\t%s\t", variant->name, variant->kind, variant->selector,
               variant->platform, variant->platform_version);
        print_joined(flags, 2);
        printf("\t%s\t%s\t%s\t", adapter->name, adapter->version, claims);
        print_version(adapter->profile);
    }
}

static void print_check(const struct check_definition *check, const char *area)
{
    const char *flags[4] = {NULL};
    size_t count = 0;
    if ((check->flags & CHECK_BUSY) != 0)
        flags[count++] = "busy";
    if ((check->flags & CHECK_COLD) != 0)
        flags[count++] = "cold";
    if ((check->flags & CHECK_POOL) != 0)
        flags[count++] = "pool";
    printf("%s\t%s\t", check->id, area);
    print_joined(check->rules, 8);
    putchar('\t');
    print_joined(check->needs, 8);
    putchar('\t');
    print_joined(flags, 3);
    putchar('\n');
}

/* Each check once, although several variants may have selected it. */
static bool is_selected(const struct suite *suite, const struct check_definition *check)
{
    for (size_t i = 0; i < suite->count; i++) {
        if (suite->tests[i].definition == check)
            return true;
    }
    return false;
}

static void print_checks(const struct options *options, const struct suite *suite)
{
    puts("# id\tarea\trules\tneeds\tflags");
    for (size_t i = 0; check_areas[i] != NULL; i++) {
        for (size_t j = 0; j < check_areas[i]->count; j++) {
            const struct check_definition *check = &check_areas[i]->checks[j];
            if (suite != NULL ? is_selected(suite, check)
                              : suite_selects(options->checks, options->check_count, check->id))
                print_check(check, check_areas[i]->name);
        }
    }
}

static void print_faults(void)
{
    puts("# id\tchecks\ton\tasyncio\tsummary");
    for (size_t i = 0; fault_lists[i] != NULL; i++) {
        for (const struct fault *fault = fault_lists[i]; fault->id != NULL; fault++) {
            printf("%s\t", fault->id);
            print_joined(fault->checks, 8);
            printf("\t%s\t%s\t%s\n", fault->on == NULL ? "linux-epoll" : fault->on,
                   fault->asyncio == NULL ? "3.7" : fault->asyncio, fault->summary);
        }
    }
}

static void print_rules(void)
{
    static const char *const levels[] = {"must", "should", "may"};
    static const char *const scopes[] = {"page", "any", "asyncio"};
    puts("# id\tlevel\tscope\tsource\ttitle");
    for (size_t i = 0; i < loop_rule_count; i++) {
        const struct loop_rule *rule = &loop_rules[i];
        printf("%s\t%s\t%s\t%s\t%s\n", rule->id, levels[rule->level], scopes[rule->scope],
               rule->source == NULL ? "" : rule->source, rule->title);
    }
}

int listing_print(const struct options *options, const struct adapter *adapter)
{
    struct suite suite = {.adapter = adapter};
    if (!suite_checks_known(options))
        return EXIT_TROUBLE;
    if (adapter != NULL && !suite_select(&suite, options, adapter))
        return EXIT_TROUBLE;
    if (options->list == LIST_VARIANTS)
        print_variants(options, adapter);
    else if (options->list == LIST_CHECKS)
        print_checks(options, adapter == NULL ? NULL : &suite);
    else if (options->list == LIST_FAULTS)
        print_faults();
    else
        print_rules();
    suite_free(&suite);
    if (!tap_flush()) {
        options_complain(options, "cannot write the list");
        return EXIT_TROUBLE;
    }
    return EXIT_AS_IT_MUST;
}
