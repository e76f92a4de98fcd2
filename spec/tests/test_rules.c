/* SPDX-License-Identifier: MIT
 *
 * The functions of loop_rules.h over a small table of their own. Prints TAP. */
#include "loop_rules.h"

#include <stdio.h>
#include <string.h>

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

const struct loop_rule loop_rules[] = {
    {.id = "may.first",
     .level = LOOP_RULE_MAY,
     .operations = NAMES("add_reader"),
     .outcome = LOOP_RULE_REFUSES,
     .status = LOOP_PERM,
     .object = "regular-file"},
    {.id = "should.on-unix",
     .level = LOOP_RULE_SHOULD,
     .platforms = NAMES("unix"),
     .operations = NAMES("add_reader", "add_writer"),
     .outcome = LOOP_RULE_REFUSES,
     .status = LOOP_PERM,
     .object = "regular-file"},
    {.id = "must.old-macos",
     .platforms = NAMES("macos"),
     .kinds = NAMES("selector"),
     .selectors = NAMES("kqueue", "poll"),
     .platform_version_min = 0x0a0600,
     .platform_version_max = 0x0a0900,
     .operations = NAMES("add_reader"),
     .outcome = LOOP_RULE_REFUSES,
     .status = LOOP_INVAL,
     .object = "character-device"},
    {.id = "must.everything-until-3.8",
     .asyncio_max = 0x030800,
     .operations = NAMES("create_datagram_endpoint"),
     .outcome = LOOP_RULE_REFUSES,
     .status = LOOP_NOT_IMPLEMENTED},
    {.id = "must.works", .operations = NAMES("call_soon"), .outcome = LOOP_RULE_WORKS},
};
const size_t loop_rule_count = sizeof loop_rules / sizeof *loop_rules;

static int count, failures;

static void ok(int condition, const char *what)
{
    printf("%s %d - %s\n", condition ? "ok" : "not ok", ++count, what);
    failures += !condition;
}

static const struct loop_variant linux_epoll = {
    .kind = "selector", .selector = "epoll", .platform = "linux"};
static const struct loop_variant windows = {
    .kind = "proactor", .selector = "iocp", .platform = "windows"};

static struct loop_variant macos(const char *version, const char *selector)
{
    return (struct loop_variant){
        .kind = "selector", .selector = selector, .platform = "macos", .platform_version = version};
}

static int refused_by(const struct loop_variant *variant, const char *operation, const char *object,
                      const char *id)
{
    const struct loop_rule *rule = loop_rule_refusing(variant, 0x030700, operation, object);
    return id == NULL ? rule == NULL : rule != NULL && strcmp(rule->id, id) == 0;
}

static void test_find(void)
{
    ok(loop_rule_find("must.works") == &loop_rules[4], "a rule is found by its id");
    ok(loop_rule_find("must") == NULL, "the beginning of an id is none");
    ok(loop_rule_names(&loop_rules[1], "add_writer"), "a rule names its second operation");
    ok(!loop_rule_names(&loop_rules[1], "add"), "the beginning of an operation is none");
}

static void test_applies(void)
{
    const struct loop_rule *unix_rule = &loop_rules[1], *old = &loop_rules[2],
                           *until = &loop_rules[3];
    const char *const inside[] = {"10.6", "10.8", "10.8.5"};
    const char *const outside[] = {"10.5.8", "10.9", "11", NULL, "unknown"};

    ok(loop_rule_applies(unix_rule, &linux_epoll, 0x030700), "linux is unix");
    ok(!loop_rule_applies(unix_rule, &windows, 0x030700), "windows is not");
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        struct loop_variant variant = macos(inside[i], "kqueue");
        ok(loop_rule_applies(old, &variant, 0x030700), inside[i]);
    }
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        struct loop_variant variant = macos(outside[i], "kqueue");
        ok(!loop_rule_applies(old, &variant, 0x030700), outside[i] ? outside[i] : "no version");
    }
    struct loop_variant select = macos("10.8", "select");
    ok(!loop_rule_applies(old, &select, 0x030700), "another selector");
    ok(loop_rule_applies(until, &windows, 0x0307ff), "the last profile below a bound");
    ok(!loop_rule_applies(until, &windows, 0x030800), "the bound is exclusive");
    ok(!loop_rule_applies(until, &windows, 0), "profile 0 is the newest");
}

static void test_refusing(void)
{
    struct loop_variant old = macos("10.8", "kqueue");

    ok(refused_by(&linux_epoll, "add_reader", "regular-file", "should.on-unix"),
       "the strongest level comes first");
    ok(refused_by(&windows, "add_reader", "regular-file", "may.first"), "then the weaker ones");
    ok(refused_by(&linux_epoll, "add_reader", NULL, NULL), "an object's rule is not of everything");
    ok(refused_by(&old, "add_reader", "character-device", "must.old-macos"), "its own object");
    ok(refused_by(&linux_epoll, "create_datagram_endpoint", "any-thing",
                  "must.everything-until-3.8"),
       "what is refused altogether is refused for each object");
    ok(refused_by(&linux_epoll, "call_soon", NULL, NULL), "what works is not refused");
}

static void test_versions(void)
{
    ok(loop_version_parse("3.7.1") == 0x030701, "3.7.1");
    ok(loop_version_parse("3.7.1-beta") == 0x030701, "3.7.1-beta");
    ok(loop_version_parse("3.14") == 0x030e00, "3.14");
    ok(loop_version_parse("11") == 0x0b0000, "11");
    ok(loop_version_parse("3.") == 0x030000, "3.");
    ok(loop_version_parse("10.0.19045") == 0x0a00ff, "a long build number");
    ok(loop_version_parse("99999999999999999999") == 0xff0000, "a number beyond all types");
    ok(loop_version_parse("1.2.3.4") == 0x010203, "a fourth part is left out");
    ok(loop_version_parse("") == 0 && loop_version_parse("v3") == 0 &&
           loop_version_parse(NULL) == 0,
       "no version");
}

int main(void)
{
    puts("TAP version 14");
    test_find();
    test_applies();
    test_refusing();
    test_versions();
    printf("1..%d\n", count);
    return failures != 0;
}
