/* SPDX-License-Identifier: MIT
 *
 * A loop whose waits start over when a signal interrupts them. */
#include "timed.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t interruptions;

static void count(int signum)
{
    (void)signum;
    interruptions++;
}

/* Takes over a handler that somebody set, so as to know of the interruptions. */
static int64_t watch_signals(struct timed *t)
{
    struct sigaction action;

    if (sigaction(SIGUSR2, NULL, &action) == 0 && action.sa_handler != SIG_DFL) {
        action.sa_handler = count;
        (void)sigaction(SIGUSR2, &action, NULL);
    }
    t->tag = (int)interruptions;
    return t->delay;
}

static void start_over(struct timed *t)
{
    int now = (int)interruptions;

    if (now == t->tag) {
        timed_run(t);
        return;
    }
    t->tag = now;
    timed_again(t, t->delay);
}

static void spoil_starts_over(struct loop_operations *spoilt, const struct loop_operations *own)
{
    timed_spoil(spoilt, own, watch_signals, start_over);
}

const struct fault timers_posix_faults[] = {
    {"timers.starts-over",
     "a wait that a signal interrupts starts over",
     {"timers.interrupted-wait"},
     NULL,
     NULL,
     spoil_starts_over},
    {0},
};
