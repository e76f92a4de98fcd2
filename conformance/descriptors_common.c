/* SPDX-License-Identifier: MIT
 *
 * What the checks of descriptors share. */
#include "descriptors.h"

struct watched watched_fd(struct check *c, loop_fd fd)
{
    return (struct watched){.check = c, .fd = fd, .calls = {.check = c, .target = 1}};
}

void watched_call(void *arg)
{
    struct watched *w = arg;

    counter_call(&w->calls);
}

void watched_drain(void *arg)
{
    struct watched *w = arg;

    w->bytes += scene_drain(w->check, w->fd);
    counter_call(&w->calls);
}

void watch_reader(struct check *c, loop_fd fd, loop_callback callback, void *arg)
{
    NEED_OK(c, "add_reader", c->ops->add_reader(c->loop, fd, callback, arg));
}

void watch_writer(struct check *c, loop_fd fd, loop_callback callback, void *arg)
{
    NEED_OK(c, "add_writer", c->ops->add_writer(c->loop, fd, callback, arg));
}

void forget_reader(struct check *c, loop_fd fd)
{
    (void)c->ops->remove_reader(c->loop, fd);
}

void forget_writer(struct check *c, loop_fd fd)
{
    (void)c->ops->remove_writer(c->loop, fd);
}

bool is_refused(struct check *c, const char *operation, const char *object)
{
    return loop_rule_refusing(c->variant, c->profile, operation, object) != NULL;
}

void expect_working(struct check *c)
{
    struct counter soon = {.check = c};

    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, counter_call, &soon, NULL));
    AWAIT_CALLS(c, &soon, 1, "a callback after what was tried");
    if (!is_refused(c, "add_reader", NULL)) {
        struct scene_pair pair = scene_sockets(c);
        struct watched reader = watched_fd(c, pair.end);

        watch_reader(c, pair.end, watched_drain, &reader);
        scene_send(c, pair.peer, "data");
        AWAIT_CALLS(c, &reader.calls, 1, "the reader of a socket after what was tried");
        forget_reader(c, pair.end);
        scene_close(c, pair.end);
        scene_close(c, pair.peer);
    }
    RUN_IDLE(c, MILLISECONDS(30));
}

static void trial_stop(void *arg)
{
    struct trial *trial = arg;

    trial->stopped = true;
    trial->check->ops->stop(trial->check->loop);
}

static void trial_step(void *arg)
{
    struct trial *trial = arg;

    NEED_OK(trial->check, "call_soon",
            trial->check->ops->call_soon(trial->check->loop, trial_stop, trial, NULL));
}

loop_status try_run(struct check *c, struct trial *trial, const char *what)
{
    *trial = (struct trial){.check = c};
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, trial_step, trial, NULL));
    return RUN(c, what);
}

void end_trial(struct check *c, struct trial *trial, const char *what)
{
    while (!trial->stopped)
        EXPECT_STATUS(c, what, RUN(c, what), LOOP_OK);
}

void expect_time_goes_on(struct check *c)
{
    struct counter timer = {.check = c};

    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, MILLISECONDS(5), counter_call, &timer, NULL));
    AWAIT_CALLS(c, &timer, 1, "a timer of 5 ms beside it");
}

/* A status that stands for a refusal anywhere else than at the call is permitted where a rule in
 * force lets run_forever fail for what is not a socket. */
static void expect_run_permitted(struct check *c, const char *operation, loop_status status)
{
    const struct loop_rule *rule =
        loop_rule_refusing(c->variant, c->profile, operation, "not-a-socket");

    if (rule == NULL || (rule->when & LOOP_RULE_AT_RUN) == 0 || status != rule->status)
        EXPECT_STATUS(c, "run_forever while it is watched", status, LOOP_OK);
}

/* Tries to watch `fd` both ways: the loop may take it or not, but goes on either way. */
void expect_survived(struct check *c, loop_fd fd)
{
    struct counter calls = {.check = c};
    struct trial trial;

    loop_status reader = c->ops->add_reader(c->loop, fd, counter_call, &calls);
    loop_status writer = c->ops->add_writer(c->loop, fd, counter_call, &calls);
    check_note(c, "add_reader returned %s", loop_status_name(reader));
    check_note(c, "add_writer returned %s", loop_status_name(writer));
    loop_status ran = try_run(c, &trial, "two iterations while it is watched");
    expect_run_permitted(c, "add_reader", ran);
    if (ran == LOOP_OK)
        expect_time_goes_on(c);
    forget_reader(c, fd);
    forget_writer(c, fd);
    end_trial(c, &trial, "a run after it was removed");
    int before = calls.calls;
    expect_working(c);
    EXPECT_INT(c, "calls after it was removed", calls.calls - before, 0);
}
