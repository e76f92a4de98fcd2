/* SPDX-License-Identifier: MIT
 *
 * A fault is a deliberate defect, put between a check and any loop: it proves that the check can
 * fail. It replaces a few operations of the variant's table and passes the rest through. */
#ifndef LOOPCHECK_FAULT_H
#define LOOPCHECK_FAULT_H

#include "loop_abi.h"

struct fault {
    const char *id;        /* "timers.fires-early" */
    const char *summary;   /* one line: what the spoilt loop does */
    const char *checks[8]; /* ids of the checks that must fail under it */
    const char *on;        /* the reference's variant in which they do: "linux-epoll" if NULL */
    const char *asyncio;   /* the profile in which they do: "3.7" if NULL */
    /* `spoilt` starts as a copy of `inner`, the loop's own table, which outlives it. Called once a
     * process; the fault keeps its state in static variables. */
    void (*spoil)(struct loop_operations *spoilt, const struct loop_operations *inner);
};

/* The OS, for faults, which know none. */
void fault_close_descriptor(loop_fd fd); /* behind the loop's back */
int fault_descriptor_is_open(loop_fd fd);
void fault_inherit_descriptors(void); /* lets all that are open be inherited over exec */
void fault_at_fork(void (*in_parent)(void), void (*in_child)(void)); /* either may be NULL */

/* One list an area, each ends with an entry whose id is NULL; the list of lists ends with NULL.
 * The build lists those that its sources define. */
extern const struct fault *const fault_lists[];

#endif
