/* SPDX-License-Identifier: MIT
 *
 * The supervisor's view of its servers, on a POSIX system. */
#ifndef LOOPCHECK_WORKERS_H
#define LOOPCHECK_WORKERS_H

#include <signal.h>

#include "server.h"

enum { MOST_SERVERS = 512 };

struct worker {
    int process; /* 0: not started */
    bool busy;
    bool killed_for_flood;
    int64_t started;
    int control;
    int output[2]; /* read ends of the checks' stdout and stderr */
    struct record *record;
    struct run_report report;
};

struct pool {
    const struct options *options;
    const struct loader *loader;
    struct adapter *scratch; /* shared: where servers describe their loop */
    struct adapter adapter;  /* the first server's description */
    struct worker *workers;
    int worker_count;
    char directory[512]; /* of this run; each server makes its checks' directories in it */
};

/* Starts a server and waits until it has loaded the loop; false after a line on stderr. */
bool worker_start(struct pool *pool, struct worker *worker);

/* Forgets a server that has ended. */
void worker_close(struct worker *worker);

/* Ends a server and what it started. Its wait status, or what it would have been without this. */
int worker_kill(struct pool *pool, struct worker *worker);

/* Takes what a check has printed, 0: on stdout, 1: on stderr. False at the end of the stream. */
bool worker_drain(struct worker *worker, int which);

/* The signal that interrupted this program, or 0; a byte comes through the pipe with it. */
extern volatile sig_atomic_t workers_interrupted_by;

#endif
