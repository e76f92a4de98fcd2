/* SPDX-License-Identifier: MIT
 *
 * What the checks of signal handlers share. */
#ifndef LOOPCHECK_SIGNALS_COMMON_H
#define LOOPCHECK_SIGNALS_COMMON_H

#include "scene.h"

/* Adds the handler, or the check has no scene. */
void signals_handle(struct check *c, int signum, loop_callback callback, void *arg);

/* Adds a handler that counts its calls; `target` of the counter is 1. */
struct counter *signals_count(struct check *c, int signum);

/* Removes a handler that is there. */
void signals_remove(struct check *c, int signum);

/* Sends the signal to the calling thread, which has taken it when this returns. */
void signals_raise(struct check *c, int signum);

/* Lets a callback of the loop do that. */
void signals_raise_soon(struct check *c, int signum);

/* Sends the signal and runs the loop until its handler was called once more. */
void signals_expect_call(struct check *c, int signum, struct counter *calls);

/* What the process does with a signal, for a message: "default", "ignored", "handled". */
const char *signals_disposition(struct check *c, int signum);

/* A thread that sends `signum` to the process every `interval`, until signals_storm_end. */
struct storm;
struct storm *signals_storm(struct check *c, int signum, int64_t interval);
void signals_storm_end(struct storm *storm); /* joins the thread */

#endif
