/* SPDX-License-Identifier: MIT
 *
 * The rules as C data: what the TOML files of spec/rules say, compiled by the build. The reference
 * refuses by this table and the checks expect by it. All of it is constant; any thread may read it.
 */
#ifndef LOOPCHECK_LOOP_RULES_H
#define LOOPCHECK_LOOP_RULES_H

#include "loop_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

enum loop_rule_level { LOOP_RULE_MUST, LOOP_RULE_SHOULD, LOOP_RULE_MAY };

/* Whom a rule binds: every loop because the page says so, every loop because any event loop owes
 * it, or only a loop that claims asyncio's interface. */
enum loop_rule_scope { LOOP_RULE_PAGE, LOOP_RULE_ANY, LOOP_RULE_ASYNCIO };

enum loop_rule_outcome {
    LOOP_RULE_WORKS,    /* the operations do what they say */
    LOOP_RULE_REFUSES,  /* they return `status`, at the moment `when`, for `object` */
    LOOP_RULE_LIMITED,  /* they work for `limit` of `unit` and refuse the next with `status` */
    LOOP_RULE_BOUNDED,  /* a measured `quantity` lies between `min` and `max` of `unit` */
    LOOP_RULE_SURVIVES, /* they may work or refuse, but the loop goes on as if nothing had been */
    LOOP_RULE_HOLDS     /* what the title says is true */
};

enum loop_rule_when {
    LOOP_RULE_AT_CALL = 1,       /* the operation itself returns the status */
    LOOP_RULE_AT_COMPLETION = 2, /* its completion gets it */
    LOOP_RULE_AT_RUN = 4         /* run_forever returns it */
};

/* A rule. Texts and lists are static. A list ends with NULL; a NULL list is 'any', a NULL text is
 * 'none'. */
struct loop_rule {
    const char *id;
    const char *title;
    enum loop_rule_level level;
    enum loop_rule_scope scope;
    const char *source;    /* one line for people: page and lines, document and section, test */
    const char *statement; /* the statement of the page that the rule renders, or NULL */

    const char *const *platforms; /* "unix" stands for every platform but windows */
    const char *const *kinds;
    const char *const *selectors;
    uint32_t platform_version_min, platform_version_max; /* 0x0a0600 is 10.6.0; max is exclusive */
    uint32_t asyncio_min, asyncio_max;                   /* likewise; max 0 is no bound */

    const char *const *operations; /* members of struct loop_operations */
    enum loop_rule_outcome outcome;
    loop_status status;
    uint32_t when;      /* LOOP_RULE_AT_*, or-ed: each is permitted */
    const char *object; /* what exactly is refused: "regular-file", ...; NULL is everything */
    const char *quantity;
    const char *unit;
    int64_t limit, min, max, typical; /* in `unit` */
};

extern const struct loop_rule loop_rules[];
extern const size_t loop_rule_count;

/* The rule of that id, or NULL. */
const struct loop_rule *loop_rule_find(const char *id);

/* Whether `rule` speaks of `variant` under `profile` (0x030700 is 3.7.0; 0 is the newest). A
 * variant without a platform version is newer than every bound. */
int loop_rule_applies(const struct loop_rule *rule, const struct loop_variant *variant,
                      uint32_t profile);

/* Whether `rule` names `operation`. */
int loop_rule_names(const struct loop_rule *rule, const char *operation);

/* The rule that refuses `operation` for `object` (NULL: altogether) on `variant` under `profile`,
 * the strongest level first, or NULL if none does. What is refused altogether is refused for each
 * object. */
const struct loop_rule *loop_rule_refusing(const struct loop_variant *variant, uint32_t profile,
                                           const char *operation, const char *object);

/* "NOT_IMPLEMENTED" for LOOP_NOT_IMPLEMENTED; "status 77" for an unknown one, until the thread's
 * next such call. Never NULL. */
const char *loop_status_name(loop_status status);

/* 0x030701 for "3.7.1" or "3.7.1-beta"; 0 for what is no version. Parts above 255 count as 255. */
uint32_t loop_version_parse(const char *text);

#ifdef __cplusplus
}
#endif

#endif
