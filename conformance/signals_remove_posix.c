/* SPDX-License-Identifier: MIT
 *
 * Handlers that are removed, and handlers that add, remove and raise. A signal that may come after
 * its handler went is SIGWINCH or SIGURG: by default nothing happens then. */
#include <signal.h>
#include <string.h>

#include "signals_common.h"

/* A handler, counted, that does something the first time that it is called. */
struct acting {
    struct counter calls;
    void (*act)(struct acting *acting);
    struct counter *other;
};

static void act_call(void *arg)
{
    struct acting *acting = arg;

    if (acting->calls.calls == 0)
        acting->act(acting);
    counter_call(&acting->calls);
}

static struct acting *new_acting(struct check *c, void (*act)(struct acting *acting))
{
    struct acting *acting = check_alloc(c, sizeof *acting);

    *acting = (struct acting){.calls = {.check = c, .target = 1}, .act = act};
    return acting;
}

static void raise_and_remove(void *arg)
{
    signals_raise(arg, SIGWINCH);
    signals_remove(arg, SIGWINCH);
}

static void removed_while_pending(struct check *c)
{
    struct counter *calls = signals_count(c, SIGWINCH);

    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, raise_and_remove, c, NULL));
    RUN_ITERATIONS(c, 3);
    RUN_IDLE(c, MILLISECONDS(30));
    EXPECT_INT(c, "calls of a handler that was removed when its signal had come", calls->calls, 0);
}

static void remove_self(struct acting *acting)
{
    signals_remove(acting->calls.check, SIGWINCH);
}

static void removes_itself(struct check *c)
{
    struct acting *acting = new_acting(c, remove_self);

    signals_handle(c, SIGWINCH, act_call, acting);
    signals_expect_call(c, SIGWINCH, &acting->calls);
    signals_raise_soon(c, SIGWINCH);
    RUN_IDLE(c, MILLISECONDS(30));
    EXPECT_INT(c, "calls of a handler that removed itself in the first", acting->calls.calls, 1);
}

/* Each of two handlers removes that of the other. */
struct rivals {
    struct check *check;
    int calls;
};

static void remove_urg(void *arg)
{
    struct rivals *rivals = arg;

    rivals->calls++;
    rivals->check->ops->remove_signal_handler(rivals->check->loop, SIGURG);
}

static void remove_winch(void *arg)
{
    struct rivals *rivals = arg;

    rivals->calls++;
    rivals->check->ops->remove_signal_handler(rivals->check->loop, SIGWINCH);
}

static void raise_both(void *arg)
{
    signals_raise(arg, SIGURG);
    signals_raise(arg, SIGWINCH);
}

static void removed_in_batch(struct check *c)
{
    struct rivals *rivals = check_alloc(c, sizeof *rivals);

    *rivals = (struct rivals){.check = c};
    signals_handle(c, SIGURG, remove_winch, rivals);
    signals_handle(c, SIGWINCH, remove_urg, rivals);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, raise_both, c, NULL));
    RUN_IDLE(c, MILLISECONDS(30));
    EXPECT_INT(c, "calls of two handlers, of which each removes the other", rivals->calls, 1);
}

/* The handler of each of two signals gives the other's signal a new one. */
struct heirs {
    struct check *check;
    struct counter old, new;
};

static void give(struct heirs *heirs, int signum)
{
    if (heirs->old.calls++ == 0)
        signals_handle(heirs->check, signum, counter_call, &heirs->new);
    check_notify(heirs->check);
}

static void give_urg(void *arg)
{
    give(arg, SIGURG);
}

static void give_winch(void *arg)
{
    give(arg, SIGWINCH);
}

static bool both_heard(void *arg)
{
    const struct heirs *heirs = arg;

    return heirs->old.calls + heirs->new.calls >= 2;
}

static void replaced_in_batch(struct check *c)
{
    struct heirs *heirs = check_alloc(c, sizeof *heirs);

    *heirs = (struct heirs){.check = c, .old = {.check = c}, .new = {.check = c}};
    signals_handle(c, SIGURG, give_winch, heirs);
    signals_handle(c, SIGWINCH, give_urg, heirs);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, raise_both, c, NULL));
    RUN_UNTIL(c, both_heard, heirs, "a call for a signal whose handler was replaced meanwhile");
    RUN_IDLE(c, MILLISECONDS(30));
    EXPECT_INT(c, "calls for two signals", heirs->old.calls + heirs->new.calls, 2);
}

static void remove_tells(struct check *c)
{
    struct loop *loop = c->loop;

    EXPECT_STATUS(c, "removing a handler that never was",
                  c->ops->remove_signal_handler(loop, SIGUSR1), LOOP_NOT_FOUND);
    signals_count(c, SIGUSR1);
    EXPECT_STATUS(c, "removing the handler", c->ops->remove_signal_handler(loop, SIGUSR1), LOOP_OK);
    EXPECT_STATUS(c, "removing it again", c->ops->remove_signal_handler(loop, SIGUSR1),
                  LOOP_NOT_FOUND);
    EXPECT_STATUS(c, "removing a handler of SIGKILL", c->ops->remove_signal_handler(loop, SIGKILL),
                  LOOP_NOT_FOUND);
}

static void removed_gives_back(struct check *c)
{
    const char *before = signals_disposition(c, SIGWINCH);
    struct counter *calls = signals_count(c, SIGWINCH);

    signals_expect_call(c, SIGWINCH, calls);
    signals_remove(c, SIGWINCH);
    EXPECT(c, strcmp(signals_disposition(c, SIGWINCH), before) == 0,
           "the signal was %s before it had a handler and is %s after", before,
           signals_disposition(c, SIGWINCH));
}

static void added_again(struct check *c)
{
    for (int i = 0; i < 5; i++) {
        signals_expect_call(c, SIGUSR1, signals_count(c, SIGUSR1));
        signals_remove(c, SIGUSR1);
    }
}

static void add_usr2(struct acting *acting)
{
    acting->other = signals_count(acting->calls.check, SIGUSR2);
}

static void adds_another(struct check *c)
{
    struct acting *acting = new_acting(c, add_usr2);

    signals_handle(c, SIGUSR1, act_call, acting);
    signals_expect_call(c, SIGUSR1, &acting->calls);
    signals_expect_call(c, SIGUSR2, acting->other);
}

static void raise_usr2_and_usr1(struct acting *acting)
{
    signals_raise(acting->calls.check, SIGUSR2);
    signals_raise(acting->calls.check, SIGUSR1);
}

static void raises_others(struct check *c)
{
    struct acting *acting = new_acting(c, raise_usr2_and_usr1);

    acting->other = signals_count(c, SIGUSR2);
    signals_handle(c, SIGUSR1, act_call, acting);
    signals_expect_call(c, SIGUSR1, &acting->calls);
    RUN_UNTIL(c, counter_reached, acting->other, "the handler of a signal raised in a handler");
    acting->calls.target = 2;
    RUN_UNTIL(c, counter_reached, &acting->calls, "the handler that raised its own signal");
}

static const struct check_definition definitions[] = {
    {.id = "signals.removed-while-pending",
     .run = removed_while_pending,
     .rules = {"signals.removed"},
     .needs = {"add_signal_handler", "remove_signal_handler", "call_later"}},
    {.id = "signals.removes-itself",
     .run = removes_itself,
     .rules = {"signals.in-handler"},
     .needs = {"add_signal_handler", "remove_signal_handler", "call_later"}},
    {.id = "signals.removed-in-batch",
     .run = removed_in_batch,
     .rules = {"signals.removed-in-batch"},
     .needs = {"add_signal_handler", "remove_signal_handler", "call_later"}},
    {.id = "signals.replaced-in-batch",
     .run = replaced_in_batch,
     .rules = {"signals.replaced-in-batch"},
     .needs = {"add_signal_handler", "call_later"}},
    {.id = "signals.remove-tells",
     .run = remove_tells,
     .rules = {"signals.remove-tells"},
     .needs = {"add_signal_handler", "remove_signal_handler"}},
    {.id = "signals.removed-gives-back",
     .run = removed_gives_back,
     .rules = {"signals.removed-gives-back"},
     .needs = {"add_signal_handler", "remove_signal_handler"}},
    {.id = "signals.added-again",
     .run = added_again,
     .rules = {"signals.added-again"},
     .needs = {"add_signal_handler", "remove_signal_handler"}},
    {.id = "signals.adds-another",
     .run = adds_another,
     .rules = {"signals.in-handler"},
     .needs = {"add_signal_handler"}},
    {.id = "signals.raises-others",
     .run = raises_others,
     .rules = {"signals.in-handler"},
     .needs = {"add_signal_handler"}},
};

CHECK_AREA_PART(signals, remove, definitions);
