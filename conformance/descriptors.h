/* SPDX-License-Identifier: MIT
 *
 * What the checks of descriptors share. */
#ifndef LOOPCHECK_DESCRIPTORS_H
#define LOOPCHECK_DESCRIPTORS_H

#include "check.h"
#include "scene.h"
#include "scene_descriptors.h"

/* A reader or writer under observation. */
struct watched {
    struct check *check;
    loop_fd fd;
    struct counter calls;
    size_t bytes; /* drained so far */
};

struct watched watched_fd(struct check *c, loop_fd fd);
void watched_call(void *watched);  /* a loop_callback: counts */
void watched_drain(void *watched); /* drains, then counts */

/* Registers, or ends the check as NEED_OK does. */
void watch_reader(struct check *c, loop_fd fd, loop_callback callback, void *arg);
void watch_writer(struct check *c, loop_fd fd, loop_callback callback, void *arg);

/* Removes; what the loop answers is for the checks that decide it. */
void forget_reader(struct check *c, loop_fd fd);
void forget_writer(struct check *c, loop_fd fd);

/* Runs the loop until `counter` has counted `more` calls from here on. */
#define AWAIT_CALLS(c, counter, more, what)                                                        \
    ((counter)->target = (counter)->calls + (more), (counter)->check = (c),                        \
     RUN_UNTIL((c), counter_reached, (counter), (what)))

/* The loop calls back, watches a socket and waits without cost, as one does that nothing befell. */
void expect_working(struct check *c);

/* A run of two iterations with a watch that the loop may choke on: returns what run_forever did.
 * end_trial goes on once the watch is gone, until the run's own stop was called; then the loop must
 * not fail. `what` says what the run is. */
struct trial {
    struct check *check;
    bool stopped;
};
loop_status try_run(struct check *c, struct trial *trial, const char *what);
void end_trial(struct check *c, struct trial *trial, const char *what);

/* Tries to watch `fd` both ways: the loop may take it or refuse it, but goes on while it is watched
 * and works when it is removed. */
void expect_survived(struct check *c, loop_fd fd);

/* A timer comes while the loop has other things to do. */
void expect_time_goes_on(struct check *c);

/* Whether a rule in force refuses `operation` for `object` or altogether. */
bool is_refused(struct check *c, const char *operation, const char *object);

#endif
