/* SPDX-License-Identifier: MIT */
#include "signals_common.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

void signals_handle(struct check *c, int signum, loop_callback callback, void *arg)
{
    NEED_OK(c, "add_signal_handler", c->ops->add_signal_handler(c->loop, signum, callback, arg));
}

struct counter *signals_count(struct check *c, int signum)
{
    struct counter *calls = check_alloc(c, sizeof *calls);

    *calls = (struct counter){.check = c, .target = 1};
    signals_handle(c, signum, counter_call, calls);
    return calls;
}

void signals_remove(struct check *c, int signum)
{
    EXPECT_STATUS(c, "remove_signal_handler", c->ops->remove_signal_handler(c->loop, signum),
                  LOOP_OK);
}

void signals_raise(struct check *c, int signum)
{
    EXPECT(c, raise(signum) == 0, "raise: %s", strerror(errno));
}

struct raising {
    struct check *check;
    int signum;
};

static void raise_call(void *arg)
{
    struct raising *raising = arg;

    signals_raise(raising->check, raising->signum);
}

void signals_raise_soon(struct check *c, int signum)
{
    struct raising *raising = check_alloc(c, sizeof *raising);

    *raising = (struct raising){c, signum};
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, raise_call, raising, NULL));
}

void signals_expect_call(struct check *c, int signum, struct counter *calls)
{
    calls->target = calls->calls + 1;
    signals_raise_soon(c, signum);
    RUN_UNTIL(c, counter_reached, calls, "the signal's handler is called");
}

const char *signals_disposition(struct check *c, int signum)
{
    struct sigaction action;

    EXPECT(c, sigaction(signum, NULL, &action) == 0, "sigaction: %s", strerror(errno));
    if (action.sa_handler == SIG_DFL)
        return "default";
    return action.sa_handler == SIG_IGN ? "ignored" : "handled";
}

struct storm {
    struct check *check;
    struct scene_thread *thread;
    int signum;
    int64_t interval;
    atomic_bool over;
};

static void blow(void *arg)
{
    struct storm *storm = arg;

    while (!atomic_load(&storm->over)) {
        check_block(storm->interval);
        scene_signal_self(storm->check, storm->signum);
    }
}

struct storm *signals_storm(struct check *c, int signum, int64_t interval)
{
    struct storm *storm = check_alloc(c, sizeof *storm);

    *storm = (struct storm){.check = c, .signum = signum, .interval = interval};
    storm->thread = scene_start(c, blow, storm);
    return storm;
}

void signals_storm_end(struct storm *storm)
{
    atomic_store(&storm->over, true);
    scene_join(storm->check, storm->thread);
}
