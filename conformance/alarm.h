/* SPDX-License-Identifier: MIT
 *
 * Timers as a check sees them: what was asked for, and what came of it. */
#ifndef LOOPCHECK_ALARM_H
#define LOOPCHECK_ALARM_H

#include "check.h"

struct alarm {
    struct alarms *set;
    int64_t delay;            /* of call_later */
    int64_t earliest, latest; /* the deadline on the loop's clock lies between them */
    int64_t since;            /* check_now() before the loop can have read its clock for it */
    struct loop_handle *handle;
    int calls;
    int place;            /* it was called as the place-th of its set, from 0 */
    int64_t called;       /* time() in the callback */
    int64_t called_check; /* check_now() in the callback */
};

/* Some alarms that are armed together. */
struct alarms {
    struct check *check;
    struct alarm *all;
    int count;
    int calls;
    int target;    /* alarms_reached is true from here on */
    int64_t since; /* check_now() at the end of the iteration before the one that arms */
    int64_t armed; /* check_now() when the one that arms began to */
    void (*arm)(struct alarms *set);
};

struct alarms *alarms_make(struct check *c, int count); /* lives until the end of the check */
void alarm_later(struct alarm *alarm, int64_t delay);
void alarm_at(struct alarm *alarm, int64_t when);
void alarm_call(void *alarm);   /* the loop_callback of both: takes the time, counts, notifies */
bool alarms_reached(void *set); /* a condition: calls >= target */

/* Lets a callback of the loop call `arm`. A loop may read its clock but once an iteration and count
 * from there, so `since` is taken in the iteration before. */
void alarms_arm_inside(struct alarms *set, void (*arm)(struct alarms *set));

/* Waits until `target` alarms were called, then gives the handles back. */
#define ALARMS_RUN(set, what) alarms_run((set), __FILE__, __LINE__, (what))
void alarms_run(struct alarms *set, const char *file, int line, const char *what);
void alarms_release(struct alarms *set);

/* The step of the loop's clock, by its own word. */
int64_t alarm_step(struct check *c);
/* How far apart deadlines are when even a loop that counts milliseconds must tell them apart. */
int64_t alarm_apart(struct check *c);

/* CPU time of this process so far, in ns. */
int64_t alarm_cpu(void);

/* States that the alarm was called once, and not before its deadline on either clock. */
void alarm_expect_not_early(const struct alarm *alarm);
/* The same for every one of the set. */
void alarms_expect_not_early(const struct alarms *set);
/* States that of any two, `apart` or more apart, the one with the earlier deadline came first. */
void alarms_expect_order(const struct alarms *set, int64_t apart);

#endif
