/* SPDX-License-Identifier: MIT */
#include "loop_rules.h"

#include <string.h>

static int contains(const char *const *list, const char *word)
{
    for (; *list != NULL; list++) {
        if (strcmp(*list, word) == 0)
            return 1;
    }
    return 0;
}

static int any_or_contains(const char *const *list, const char *word)
{
    return list == NULL || contains(list, word);
}

static int matches_platform(const char *const *platforms, const char *platform)
{
    return any_or_contains(platforms, platform) ||
           (strcmp(platform, "windows") != 0 && contains(platforms, "unix"));
}

/* Version 0 is unknown, which is taken as newer than every bound. */
static int lies_between(uint32_t version, uint32_t min, uint32_t max)
{
    if (version == 0)
        return max == 0;
    return version >= min && (max == 0 || version < max);
}

const struct loop_rule *loop_rule_find(const char *id)
{
    for (size_t i = 0; i < loop_rule_count; i++) {
        if (strcmp(loop_rules[i].id, id) == 0)
            return &loop_rules[i];
    }
    return NULL;
}

int loop_rule_applies(const struct loop_rule *rule, const struct loop_variant *variant,
                      uint32_t profile)
{
    return matches_platform(rule->platforms, variant->platform) &&
           any_or_contains(rule->kinds, variant->kind) &&
           any_or_contains(rule->selectors, variant->selector) &&
           lies_between(loop_version_parse(variant->platform_version), rule->platform_version_min,
                        rule->platform_version_max) &&
           lies_between(profile, rule->asyncio_min, rule->asyncio_max);
}

int loop_rule_names(const struct loop_rule *rule, const char *operation)
{
    return contains(rule->operations, operation);
}

static int refuses_object(const struct loop_rule *rule, const char *object)
{
    return rule->object == NULL || (object != NULL && strcmp(rule->object, object) == 0);
}

const struct loop_rule *loop_rule_refusing(const struct loop_variant *variant, uint32_t profile,
                                           const char *operation, const char *object)
{
    const struct loop_rule *found = NULL;
    for (size_t i = 0; i < loop_rule_count; i++) {
        const struct loop_rule *rule = &loop_rules[i];
        if (rule->outcome == LOOP_RULE_REFUSES && (found == NULL || rule->level < found->level) &&
            loop_rule_names(rule, operation) && refuses_object(rule, object) &&
            loop_rule_applies(rule, variant, profile))
            found = rule;
    }
    return found;
}

/* Digits as a number, at most 255: builds such as 10.0.19045 stay in order. */
static const char *parse_part(const char *text, uint32_t *part)
{
    for (*part = 0; *text >= '0' && *text <= '9'; text++) {
        uint32_t next = *part * 10 + (uint32_t)(*text - '0');
        *part = next < 255 ? next : 255;
    }
    return text;
}

uint32_t loop_version_parse(const char *text)
{
    uint32_t version = 0;
    if (text == NULL || *text < '0' || *text > '9')
        return 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        uint32_t part;
        text = parse_part(text, &part);
        version |= part << shift;
        if (text[0] != '.' || text[1] < '0' || text[1] > '9')
            break;
        text++;
    }
    return version;
}
