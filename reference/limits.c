/* SPDX-License-Identifier: MIT
 *
 * What does a platform refuse? The rules' table is asked; no limit has its number here. */
#include "loop.h"

#include <string.h>

static const char *const adding[2] = {"add_reader", "add_writer"};
static const char *const removing[2] = {"remove_reader", "remove_writer"};

loop_status limits_refusal(const struct loop *loop, const char *operation, const char *object)
{
    const struct loop_rule *rule =
        loop_rule_refusing(&loop->persona->variant, loop->profile, operation, object);

    return rule ? rule->status : LOOP_OK;
}

/* The first rule in force of that outcome which names `operation`; if `quantity` is not NULL, it
 * says what that typically is. */
static const struct loop_rule *find(const struct loop *loop, const char *operation,
                                    enum loop_rule_outcome outcome, const char *quantity)
{
    for (size_t i = 0; i < loop_rule_count; i++) {
        const struct loop_rule *rule = &loop_rules[i];

        if (rule->outcome == outcome && loop_rule_names(rule, operation) &&
            (!quantity ||
             (rule->quantity && strcmp(rule->quantity, quantity) == 0 && rule->typical > 0)) &&
            loop_rule_applies(rule, &loop->persona->variant, loop->profile))
            return rule;
    }
    return NULL;
}

static loop_status refusal_of_kind(const struct loop *loop, const char *operation, enum kind kind)
{
    static const char *const objects[KIND_COUNT] = {"socket", "regular-file", "character-device",
                                                    "pipe"};
    loop_status status = limits_refusal(loop, operation, objects[kind]);

    if (status == LOOP_OK && kind != KIND_SOCKET)
        status = limits_refusal(loop, operation, "not-a-socket");
    return status;
}

static void read_direction(struct loop *loop, enum direction direction)
{
    struct limits *limits = &loop->limits;
    const struct loop_rule *most = find(loop, adding[direction], LOOP_RULE_LIMITED, NULL);

    limits->add[direction] = limits_refusal(loop, adding[direction], NULL);
    limits->remove[direction] = limits_refusal(loop, removing[direction], NULL);
    for (enum kind kind = 0; kind < KIND_COUNT; kind++)
        limits->add_kind[direction][kind] = refusal_of_kind(loop, adding[direction], kind);
    limits->most[direction] = most ? most->limit : INT64_MAX;
    limits->beyond[direction] = most ? most->status : LOOP_OK;
}

void limits_read(struct loop *loop)
{
    const struct loop_rule *step =
        find(loop, "clock_resolution", LOOP_RULE_BOUNDED, "clock-resolution");
    bool emulated = loop->persona->variant.flags & LOOP_VARIANT_EMULATED;

    read_direction(loop, READER);
    read_direction(loop, WRITER);
    loop->limits.add_signal = limits_refusal(loop, "add_signal_handler", NULL);
    loop->limits.remove_signal = limits_refusal(loop, "remove_signal_handler", NULL);
    loop->limits.clock_step = emulated && step ? step->typical : 1;
}
