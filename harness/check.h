/* SPDX-License-Identifier: MIT
 *
 * What a check is written with: the loop under test, statements about it, waits with a deadline.
 *
 * A check is one function in a process of its own. It sets the scene, acts, and states what must be
 * true; the first statement that is not ends it. It never prints, never sleeps to wait for
 * something, and knows no loop by name. Everything here is for the check's own thread unless a
 * function says otherwise. Times are nanoseconds. */
#ifndef LOOPCHECK_CHECK_H
#define LOOPCHECK_CHECK_H

#include <stdbool.h>

#include "loop_abi.h"
#include "loop_rules.h"

#define MILLISECONDS(n) ((int64_t)(n)*INT64_C(1000000))
#define SECONDS(n)      ((int64_t)(n)*INT64_C(1000000000))

#if defined(__MINGW32__) && !defined(__clang__)
#define CHECK_PRINTF(string, first) __attribute__((format(gnu_printf, string, first)))
#elif defined(__GNUC__)
#define CHECK_PRINTF(string, first) __attribute__((format(printf, string, first)))
#else
#define CHECK_PRINTF(string, first)
#endif

struct check {
    const struct loop_operations
        *ops;          /* of the variant; spoilt by a fault when one was asked for */
    struct loop *loop; /* open; the harness closes and frees it after the check */
    const struct loop_variant *variant;
    uint32_t profile;      /* 0x030700 */
    const char *directory; /* private to this check, empty, absolute; what stays in it is a leak */
    struct check_state *state; /* the harness's own */
};

enum {
    CHECK_BUSY = 1, /* burns CPU by intent: its waits are not judged for spinning */
    CHECK_COLD = 2, /* wants a process in which no loop was ever opened: no warm-up before it */
    CHECK_POOL = 4  /* a library may start threads here that it keeps for the process: no leak */
};

struct check_definition {
    const char *id; /* "area.what-it-decides" */
    void (*run)(struct check *c);
    const char *rules[8]; /* ids; those that apply to variant and profile are decided. If none does,
                             the check is not part of that variant's suite. */
    const char *needs[8]; /* operations without which it is skipped as not provided, beside open,
                             close, free, run_forever, stop and call_soon */
    uint32_t flags;       /* CHECK_* */
};

struct check_area {
    const char *name; /* the first word of its checks' ids */
    const struct check_definition *checks;
    size_t count;
};

/* Every area, in the order of the report, its parts side by side under one name; ends with NULL.
 * The build lists those that its sources define. */
extern const struct check_area *const check_areas[];

/* CHECK_AREA(timers, definitions) defines timers_checks. Where an area has several files, each
 * further one is a part: CHECK_AREA_PART(timers, many, definitions) defines timers_many_checks. */
#define CHECK_AREA(area, definitions)                                                              \
    const struct check_area area##_checks = {#area, definitions,                                   \
                                             sizeof(definitions) / sizeof *(definitions)}
#define CHECK_AREA_PART(area, part, definitions)                                                   \
    const struct check_area area##_##part##_checks = {#area, definitions,                          \
                                                      sizeof(definitions) / sizeof *(definitions)}

/* ---- statements: a false one ends the check as failed; from any thread */

#define EXPECT(c, condition, ...)                                                                  \
    ((condition) ? (void)0 : check_fail((c), __FILE__, __LINE__, #condition, __VA_ARGS__))

/* found and expected are integers; `what` names the quantity: "calls of the reader". */
#define EXPECT_INT(c, what, found, expected)                                                       \
    check_expect_int((c), __FILE__, __LINE__, (what), (int64_t)(found), (int64_t)(expected))

#define EXPECT_STATUS(c, what, found, expected)                                                    \
    check_expect_status((c), __FILE__, __LINE__, (what), (found), (expected))

/* `operation` ("add_reader") just returned `status`, and the check cannot go on without it: LOOP_OK
 * goes on; the refusal that a rule in force demands ends the check as skipped, 'refused here'; all
 * else fails it. For setting the scene, not for what the check decides. */
#define NEED_OK(c, operation, status) check_need_ok((c), __FILE__, __LINE__, (operation), (status))

#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void check_fail(struct check *c, const char *file, int line, const char *condition,
                const char *format, ...) CHECK_PRINTF(5, 6);
void check_expect_int(struct check *c, const char *file, int line, const char *what, int64_t found,
                      int64_t expected);
void check_expect_status(struct check *c, const char *file, int line, const char *what,
                         loop_status found, loop_status expected);
void check_need_ok(struct check *c, const char *file, int line, const char *operation,
                   loop_status status);

/* Ends the check as skipped: this machine (not the loop) lacks what it takes. Does not return. */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void check_skip(struct check *c, const char *format, ...) CHECK_PRINTF(2, 3);

/* Does so, with the reason 'not under Wine', where what the check decides is not Windows's but
 * Wine's own. */
void check_need_windows(struct check *c);

/* Adds a line to the diagnostics, shown for every verdict but a plain pass. */
void check_note(struct check *c, const char *format, ...) CHECK_PRINTF(2, 3);

/* Reports a measured value, shown in the results of every verdict: check_measure(c, "lateness",
 * "ns", 1200). The same name again keeps the larger value. */
void check_measure(struct check *c, const char *quantity, const char *unit, int64_t value);

/* ---- rules */

/* The rule, if it applies to this variant and profile, else NULL. */
const struct loop_rule *check_rule(struct check *c, const char *id);

/* For a check that decides whether `operation` is refused for `object` (NULL: altogether), after it
 * returned `status`. True: a rule in force demands the refusal and this is it; the check goes on to
 * see that it was clean. False: it worked, and the check goes on to see that it works right; where
 * a rule in force demands the refusal the verdict will be `exceeds`. Anything else ends the check
 * as failed: another status than the rule's, or a refusal that no rule asks for. */
#define CHECK_REFUSED(c, operation, object, status)                                                \
    check_refused((c), __FILE__, __LINE__, (operation), (object), (status))
bool check_refused(struct check *c, const char *file, int line, const char *operation,
                   const char *object, loop_status status);

/* The loop does more than a rule in force allows it to need: the text says what. If the check then
 * passes, its verdict is `exceeds`. */
void check_exceeds(struct check *c, const char *format, ...) CHECK_PRINTF(2, 3);

/* ---- waiting: the deadline is the harness's (5 s unless it was told otherwise). When it passes,
 * the check has failed with `what` as what did not happen, and as hanging or spinning. */

/* Runs the loop until `condition(arg)` is true, which it looks at first and then at each
 * check_notify. Callbacks that change what a condition looks at call check_notify last. */
#define RUN_UNTIL(c, condition, arg, what)                                                         \
    check_run_until((c), __FILE__, __LINE__, (condition), (arg), (what))
void check_run_until(struct check *c, const char *file, int line, bool (*condition)(void *arg),
                     void *arg, const char *what);
void check_notify(struct check *c);

/* Runs the loop for `duration` by its own call_later, while nothing but the given number of
 * callbacks may be due: a loop that burns CPU meanwhile spins, and has failed. */
#define RUN_IDLE(c, duration) check_run_idle((c), __FILE__, __LINE__, (duration))
void check_run_idle(struct check *c, const char *file, int line, int64_t duration);

/* Calls run_forever once as it is, under the deadline, and returns its status. `what` says what
 * ends it: "stop() in a callback". CPU use is judged as in RUN_UNTIL. */
#define RUN(c, what) check_run((c), __FILE__, __LINE__, (what))
loop_status check_run(struct check *c, const char *file, int line, const char *what);

/* Runs the loop through `count` whole iterations (a call_soon chain), without waiting. */
#define RUN_ITERATIONS(c, count) check_run_iterations((c), __FILE__, __LINE__, (count))
void check_run_iterations(struct check *c, const char *file, int line, int count);

/* Calls so far of a callback; the commonest state of a check. */
struct counter {
    struct check *check;
    int calls;
    int target;        /* counter_reached is true from here on */
    int64_t last_call; /* check_now() */
};
void counter_call(void *counter);    /* a loop_callback: counts, notifies */
bool counter_reached(void *counter); /* a condition: calls >= target */

/* ---- the machine */

int64_t check_now(void); /* the host's monotonic clock, not the loop's */

int64_t check_cpu(void); /* CPU time of this process */

/* Blocks the calling thread for `duration`, without CPU, as a long callback would. */
void check_block(int64_t duration);

/* A number from the run's seed and this check's id, the same for the same seed. */
uint64_t check_random(struct check *c);

/* Calls back after the loop was closed and freed, last registered first: for what a scene holds. */
void check_at_end(struct check *c, void (*release)(void *arg), void *arg);

/* Calls back once every loop of the check was closed and none freed: for what is to be given back to
 * a closed loop. Not for a loop of check_free_loop. */
void check_at_close(struct check *c, void (*release)(void *arg), void *arg);

/* Another loop of the same variant; closed and freed at the end unless the check did. */
struct loop *check_open_loop(struct check *c);

/* The check has closed `loop` itself and wants its memory back now. */
void check_free_loop(struct check *c, struct loop *loop);

/* Allocates zeroed memory that lives until the end of the check; never NULL. */
void *check_alloc(struct check *c, size_t bytes);

#endif
