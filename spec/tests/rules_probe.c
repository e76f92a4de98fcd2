/* SPDX-License-Identifier: MIT
 *
 * Shows the compiled table to test_spec.py, and answers its questions: a line in, a line out.
 *
 *   rules_probe table                     id<TAB>member<TAB>value, one a line
 *   rules_probe ask                       version TEXT
 *                                         range MIN MAX TEXT   (does TEXT lie between?)
 *                                         status NUMBER
 *                                         applies ID KIND SELECTOR PLATFORM VERSION|- PROFILE */
#include "loop_rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void show_text(const struct loop_rule *rule, const char *member, const char *value)
{
    if (value != NULL)
        printf("%s\t%s\t%s\n", rule->id, member, value);
}

static void show_list(const struct loop_rule *rule, const char *member, const char *const *list)
{
    for (; list != NULL && *list != NULL; list++)
        show_text(rule, member, *list);
}

static void show_number(const struct loop_rule *rule, const char *member, int64_t value)
{
    if (value != 0)
        printf("%s\t%s\t%" PRId64 "\n", rule->id, member, value);
}

static void show_rule(const struct loop_rule *rule)
{
    show_text(rule, "title", rule->title);
    show_number(rule, "level", rule->level);
    show_number(rule, "scope", rule->scope);
    show_text(rule, "source", rule->source);
    show_text(rule, "statement", rule->statement);
    show_list(rule, "platforms", rule->platforms);
    show_list(rule, "kinds", rule->kinds);
    show_list(rule, "selectors", rule->selectors);
    show_number(rule, "platform_version_min", rule->platform_version_min);
    show_number(rule, "platform_version_max", rule->platform_version_max);
    show_number(rule, "asyncio_min", rule->asyncio_min);
    show_number(rule, "asyncio_max", rule->asyncio_max);
    show_list(rule, "operations", rule->operations);
    show_number(rule, "outcome", rule->outcome);
    show_number(rule, "status", rule->status);
    show_number(rule, "when", rule->when);
    show_text(rule, "object", rule->object);
    show_text(rule, "quantity", rule->quantity);
    show_text(rule, "unit", rule->unit);
    show_number(rule, "limit", rule->limit);
    show_number(rule, "min", rule->min);
    show_number(rule, "max", rule->max);
    show_number(rule, "typical", rule->typical);
}

static int lies_between(uint32_t min, uint32_t max, const char *version)
{
    const struct loop_rule rule = {.platform_version_min = min, .platform_version_max = max};
    const struct loop_variant variant = {
        .kind = "", .selector = "", .platform = "linux", .platform_version = version};
    return loop_rule_applies(&rule, &variant, 0);
}

static void answer(const char *line)
{
    char words[5][128];
    uint32_t min, max;
    int32_t status;
    const struct loop_rule *rule;

    if (sscanf(line, "version %127s", words[0]) == 1) {
        printf("%" PRIu32 "\n", loop_version_parse(words[0]));
    } else if (sscanf(line, "range %" SCNu32 " %" SCNu32 " %127s", &min, &max, words[0]) == 3) {
        printf("%d\n", lies_between(min, max, words[0]));
    } else if (sscanf(line, "status %" SCNd32, &status) == 1) {
        puts(loop_status_name(status));
    } else if (sscanf(line, "applies %127s %127s %127s %127s %127s %" SCNu32, words[0], words[1],
                      words[2], words[3], words[4], &min) == 6 &&
               (rule = loop_rule_find(words[0])) != NULL) {
        const struct loop_variant variant = {.kind = words[1],
                                             .selector = words[2],
                                             .platform = words[3],
                                             .platform_version =
                                                 strcmp(words[4], "-") == 0 ? NULL : words[4]};
        printf("%d\n", loop_rule_applies(rule, &variant, min));
    } else {
        puts("what?");
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "table") == 0) {
        for (size_t i = 0; i < loop_rule_count; i++)
            show_rule(&loop_rules[i]);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "ask") == 0) {
        char line[1024];
        while (fgets(line, sizeof line, stdin) != NULL)
            answer(line);
        return 0;
    }
    fputs("rules_probe: what is asked is 'table' or 'ask'\n", stderr);
    return 2;
}
