/* SPDX-License-Identifier: MIT
 *
 * A wait that signals interrupt, as POSIX lets them interrupt any. */
#include "alarm.h"
#include "scene.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

static void do_nothing(int signum)
{
    (void)signum;
}

static struct sigaction former;

static void restore(void *arg)
{
    (void)arg;
    (void)sigaction(SIGUSR2, &former, NULL);
}

static void catch_signal(struct check *c)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = do_nothing;
    sigemptyset(&action.sa_mask);
    EXPECT(c, sigaction(SIGUSR2, &action, &former) == 0, "sigaction: %s", strerror(errno));
    check_at_end(c, restore, NULL);
}

struct interrupter {
    pthread_t target;
    atomic_bool done;
};

static void interrupt(void *arg)
{
    struct interrupter *interrupter = arg;

    while (!atomic_load(&interrupter->done)) {
        (void)pthread_kill(interrupter->target, SIGUSR2);
        check_block(MILLISECONDS(1));
    }
}

static void arm(struct alarms *set)
{
    alarm_later(&set->all[0], MILLISECONDS(60));
}

/* The signals go on until the timer is called: a wait that starts over with each never ends. */
static void interrupted_wait(struct check *c)
{
    struct interrupter *interrupter = check_alloc(c, sizeof *interrupter);
    struct alarms *set = alarms_make(c, 1);
    struct scene_thread *thread;

    catch_signal(c);
    interrupter->target = pthread_self();
    thread = scene_start(c, interrupt, interrupter);
    alarms_arm_inside(set, arm);
    ALARMS_RUN(set, "the call of a timer while signals interrupt the wait");
    atomic_store(&interrupter->done, true);
    scene_join(c, thread);
    alarm_expect_not_early(&set->all[0]);
}

static const struct check_definition definitions[] = {
    {"timers.interrupted-wait",
     interrupted_wait,
     {"timers.interrupted-wait"},
     {"call_later", "time", "clock_resolution"},
     0},
};
CHECK_AREA_PART(timers, interrupted, definitions);
