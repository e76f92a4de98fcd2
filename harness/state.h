/* SPDX-License-Identifier: MIT
 *
 * The harness's own state of one check in the process that runs it. */
#ifndef LOOPCHECK_STATE_H
#define LOOPCHECK_STATE_H

#include "check.h"
#include "fault.h"
#include "record.h"

/* Everything that decides how a check runs; made before its process exists. */
struct execution {
    const struct check_definition *definition; /* NULL: only see whether the variant opens */
    const struct loop_variant *variant;
    const struct fault *fault; /* or NULL */
    uint32_t profile;
    int64_t deadline; /* ns, for one wait */
    uint64_t seed;    /* of this repetition */
    struct record *record;
    void (*finish)(void); /* ends the process, or reports in it; does not return */
};

struct open_loop {
    struct loop *loop;
    struct open_loop *next;
};

struct end_call {
    void (*release)(void *arg);
    void *arg;
    struct end_call *next;
};

struct allocation {
    struct allocation *next;
    max_align_t bytes[];
};

/* Three clocks of this process, in ns. */
struct moment {
    int64_t wall;
    int64_t cpu;
    int64_t delay; /* machine_delay */
};

struct stretch {
    int64_t own; /* wall time without the delay: what it slept or ran */
    int64_t cpu;
};

struct check_state {
    const struct execution *execution;
    struct loop_operations operations; /* whole, and spoilt if a fault was asked for */
    struct loop_operations own;        /* whole, the loop's own */
    struct record *record;
    int64_t owner; /* machine_process() of the only process whose success counts */
    struct open_loop *loops;
    struct end_call *close_calls;
    struct end_call *end_calls;
    struct allocation *allocations;
    uint64_t random;
    /* The condition that check_notify looks at, during check_run_until. */
    bool (*condition)(void *arg);
    void *condition_arg;
    bool reached;
    /* The longest time without a check_notify, for the judgement of spinning. */
    struct moment quiet_since;
    struct stretch quiet;
};

/* Between these, the process is killed when the deadline passes, for `what` did not happen. */
void state_wait_begin(struct check_state *state, const char *file, int line, const char *what);
void state_wait_end(struct check_state *state);

/* Ends the check: the first caller of these decides. They do not return. */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void state_end(struct check_state *state, enum record_end end, const char *reason);
/* A failure that is no broken statement: a leak, a close that fails... */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void state_misbehaved(struct check_state *state, const char *format, ...) CHECK_PRINTF(2, 3);

/* Opens and closes loops for the check; life.c. */
struct loop *state_open(struct check_state *state);
void state_close_all(struct check_state *state);
void state_release_all(struct check_state *state);

/* Runs the whole check in this process and ends by execution->finish. */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void execute(const struct execution *execution, const char *directory);

#endif
