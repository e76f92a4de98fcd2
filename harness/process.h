/* SPDX-License-Identifier: MIT
 *
 * Processes that run checks. The supervisor, which runs no code of a loop, starts servers; a server
 * loads the loop and forks one process a check. So a check costs a fork, and whatever it does to
 * itself, to its server or to its output is seen from outside. On Windows, which has no fork, a
 * server is no process: the supervisor starts one for each check. */
#ifndef LOOPCHECK_PROCESS_H
#define LOOPCHECK_PROCESS_H

#include "adapter.h"
#include "options.h"
#include "record.h"

enum { OUTPUT_KEPT = 4096, OUTPUT_FLOOD = 1 << 20 };

struct job {
    int32_t variant; /* index in the loop's table */
    int32_t area;    /* index in check_areas; negative only opens and closes the variant */
    int32_t check;   /* index in the area */
    int32_t repetition;
};

enum ending_how {
    ENDING_EXITED,      /* `number` is the exit status */
    ENDING_SIGNAL,      /* `number` is the signal */
    ENDING_STOPPED,     /* likewise; it was killed then */
    ENDING_DEADLINE,    /* one wait was too long */
    ENDING_TIMEOUT,     /* the whole check was */
    ENDING_FLOOD,       /* it printed without end */
    ENDING_NOT_STARTED, /* the system refused; `left` says what */
    ENDING_SERVER_DIED, /* it, or something, ended its server with signal `number`, 0: otherwise */
    ENDING_SERVER_STOPPED /* likewise stopped it */
};

struct ending {
    int32_t how;
    int32_t number;
    int64_t wall; /* where a limit passed: of the wait or the check, without machine_delay, in ns */
    int64_t cpu;
    int64_t elapsed; /* from the process's start to its end, in ns */
    char signal_name[32]; /* or the exception's, or who else exits with `number`; may be empty */
    char left[512]; /* processes that stayed and were killed, named; or empty */
};

/* Everything that is known of one run of one check. */
struct run_report {
    struct ending ending;
    struct record record;
    uint64_t printed; /* bytes on stdout */
    size_t stdout_length;
    size_t stderr_length; /* kept of it */
    char stdout_bytes[OUTPUT_KEPT];
    char stderr_bytes[OUTPUT_KEPT];
};

enum pool_event { POOL_REPORT, POOL_INTERRUPTED, POOL_TROUBLE };

struct pool;

/* Where nothing can be forked, the program starts itself for each check. In such a process this
 * runs the check and does not return; in any other it does nothing. */
void process_begin(const struct options *options, const struct loader *loader);

/* Starts the first server. NULL after a line on stderr: no adapter, for example. */
struct pool *pool_start(const struct options *options, const struct loader *loader);

/* The loop's table as the first server described it. */
const struct adapter *pool_adapter(const struct pool *pool);

/* A server that has nothing to do, or -1. */
int pool_idle(const struct pool *pool);

/* Gives an idle server a job; false after a line on stderr. */
bool pool_give(struct pool *pool, int server, const struct job *job);

/* Waits until a job has ended, which leaves its server idle, or the user has interrupted. */
enum pool_event pool_wait(struct pool *pool, int *server, struct run_report *report);

/* The signal that interrupted. */
int pool_signal(const struct pool *pool);

/* Ends all servers and all that they started. */
void pool_stop(struct pool *pool);

/* Runs one job in this very process, without limits and without a server, for a debugger. Calls
 * `then`, whose value is the exit status. Does not return. */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void process_run_here(const struct options *options, const struct loop_api *api,
                      const struct job *job, int (*then)(const struct run_report *report));

#endif
