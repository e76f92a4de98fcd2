/* SPDX-License-Identifier: MIT
 *
 * Loops that add and remove handlers wrongly. */
#include "signals_wiretap.h"

static loop_status call_later_on(struct tapped *t)
{
    if (atomic_load(&t->raised) > 0)
        (void)wiretap_inner()->call_soon(t->loop, t->callback, t->arg, NULL);
    return wiretap_remove(t);
}

/* ---- a signal that came before the removal is handled after it */

static loop_status remove_late(struct tapped *t)
{
    return wiretap_calling() ? wiretap_remove(t) : call_later_on(t);
}

WIRETAP_SPOIL(late, .remove = remove_late)

static loop_status remove_late_in_handler(struct tapped *t)
{
    return wiretap_calling() ? call_later_on(t) : wiretap_remove(t);
}

WIRETAP_SPOIL(late_in_batch, .remove = remove_late_in_handler)

/* ---- a handler cannot remove itself, nor add another, nor raise a signal */

static struct tapped *called_now;

static void note_call(struct tapped *t)
{
    called_now = t;
    wiretap_call(t);
    called_now = NULL;
}

static loop_status remove_another(struct tapped *t)
{
    return t == called_now ? LOOP_OK : wiretap_remove(t);
}

WIRETAP_SPOIL(keeps_caller, .call = note_call, .remove = remove_another)

static loop_status add_outside(struct tapped *t, loop_callback callback, void *arg)
{
    return wiretap_calling() ? LOOP_OK : wiretap_add(t, callback, arg);
}

WIRETAP_SPOIL(adds_outside, .add = add_outside)

static bool pass_outside(struct tapped *t, const siginfo_t *info)
{
    (void)t;
    return !wiretap_calling() || info->si_code == SI_USER;
}

WIRETAP_SPOIL(deaf_in_handler, .pass = pass_outside)

/* ---- a second handler, at once or after a removal, is not called */

static loop_status keep_first(struct tapped *t, loop_callback callback, void *arg)
{
    return t->active ? LOOP_OK : wiretap_add(t, callback, arg);
}

WIRETAP_SPOIL(keeps_first, .add = keep_first)

static loop_status add_once(struct tapped *t, loop_callback callback, void *arg)
{
    t->dead = t->added > 0 && !t->active;
    return wiretap_add(t, callback, arg);
}

WIRETAP_SPOIL(adds_once, .add = add_once)

/* ---- a signal that came for the handler before is forgotten */

static struct tapped *robbed;

static loop_status add_and_rob(struct tapped *t, loop_callback callback, void *arg)
{
    if (t->active && atomic_load(&t->raised) > 0)
        robbed = t;
    return wiretap_add(t, callback, arg);
}

static void call_unless_robbed(struct tapped *t)
{
    if (robbed != t)
        wiretap_call(t);
    else
        robbed = NULL;
}

WIRETAP_SPOIL(robs_heirs, .add = add_and_rob, .call = call_unless_robbed)

/* ---- what a removal says, and leaves behind */

static loop_status remove_anything(struct loop *loop, int signum)
{
    loop_status status = wiretap_inner()->remove_signal_handler(loop, signum);

    return status == LOOP_NOT_FOUND ? LOOP_OK : status;
}

WIRETAP_SPOIL(nothing, .pass = NULL)

static void spoil_remove_anything(struct loop_operations *spoilt, const struct loop_operations *own)
{
    spoil_nothing(spoilt, own);
    spoilt->remove_signal_handler = remove_anything;
}

static loop_status remove_nonsense(struct loop *loop, int signum)
{
    loop_status status = wiretap_inner()->remove_signal_handler(loop, signum);

    return status == LOOP_VALUE ? LOOP_NOT_FOUND : status;
}

static void spoil_remove_nonsense(struct loop_operations *spoilt, const struct loop_operations *own)
{
    spoil_nothing(spoilt, own);
    spoilt->remove_signal_handler = remove_nonsense;
}

static loop_status remove_and_ignore(struct tapped *t)
{
    bool used = atomic_load(&t->called) == 1 && atomic_load(&t->raised) == 0 && !wiretap_calling();
    loop_status status = wiretap_remove(t);

    if (used && t->signum == SIGWINCH)
        signal(SIGWINCH, SIG_IGN);
    return status;
}

WIRETAP_SPOIL(leaves_ignored, .remove = remove_and_ignore)

const struct fault signals_remove_faults[] = {
    {.id = "signals.calls-removed",
     .summary = "calls a handler that was removed when its signal had come",
     .checks = {"signals.removed-while-pending"},
     .spoil = spoil_late},
    {.id = "signals.calls-removed-in-batch",
     .summary = "calls a handler that another one removed when both their signals had come",
     .checks = {"signals.removed-in-batch"},
     .spoil = spoil_late_in_batch},
    {.id = "signals.keeps-caller",
     .summary = "does not remove a handler that is being called, and says it did",
     .checks = {"signals.removes-itself"},
     .spoil = spoil_keeps_caller},
    {.id = "signals.adds-outside-only",
     .summary = "adds no handler in a handler, and says it did",
     .checks = {"signals.adds-another"},
     .spoil = spoil_adds_outside},
    {.id = "signals.deaf-in-handler",
     .summary = "loses the signals that a handler raises",
     .checks = {"signals.raises-others"},
     .spoil = spoil_deaf_in_handler},
    {.id = "signals.keeps-first",
     .summary = "goes on calling the first handler when a second was added",
     .checks = {"signals.add-replaces"},
     .spoil = spoil_keeps_first},
    {.id = "signals.robs-heirs",
     .summary = "forgets a signal whose handler is replaced before its call",
     .checks = {"signals.replaced-in-batch"},
     .spoil = spoil_robs_heirs},
    {.id = "signals.adds-once",
     .summary = "never calls a handler that was added again",
     .checks = {"signals.added-again"},
     .spoil = spoil_adds_once},
    {.id = "signals.removes-anything",
     .summary = "says of a handler that is not there that it was removed",
     .checks = {"signals.remove-tells"},
     .spoil = spoil_remove_anything},
    {.id = "signals.removes-nonsense",
     .summary = "says of a number that is no signal that it has no handler",
     .checks = {"signals.invalid-removed"},
     .spoil = spoil_remove_nonsense},
    {.id = "signals.leaves-ignored",
     .summary = "leaves a signal ignored when its handler is removed",
     .checks = {"signals.removed-gives-back"},
     .spoil = spoil_leaves_ignored},
    {.id = NULL},
};
