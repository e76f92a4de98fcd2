/* SPDX-License-Identifier: MIT
 *
 * Loops that cannot cope with many signals. */
#include <errno.h>
#include <unistd.h>

#include "signals_wiretap.h"

enum { FULL = 100 }; /* signals that such a loop can keep until it handles them */

static bool is_full(struct tapped *t)
{
    return t != NULL && atomic_load(&t->raised) > FULL;
}

/* As a write to a full pipe that blocks. */
static bool pass_or_block(struct tapped *t, const siginfo_t *info)
{
    (void)info;
    while (is_full(t))
        pause();
    return true;
}

WIRETAP_SPOIL(blocks_when_full, .pass = pass_or_block)

static atomic_bool full;

static bool pass_or_lose(struct tapped *t, const siginfo_t *info)
{
    (void)info;
    if (is_full(t))
        atomic_store(&full, true);
    return is_full(t) || !atomic_load(&full);
}

static void call_and_empty(struct tapped *t)
{
    atomic_store(&full, false);
    wiretap_call(t);
}

WIRETAP_SPOIL(loses_when_full, .pass = pass_or_lose, .call = call_and_empty)

static bool pass_until_tired(struct tapped *t, const siginfo_t *info)
{
    static atomic_int seen;

    (void)t;
    return info->si_code != SI_USER || atomic_fetch_add(&seen, 1) < 20;
}

WIRETAP_SPOIL(tires, .pass = pass_until_tired)

static bool pass_and_change_errno(struct tapped *t, const siginfo_t *info)
{
    (void)info;
    if (is_full(t))
        errno = EAGAIN;
    return true;
}

WIRETAP_SPOIL(changes_errno, .pass = pass_and_change_errno)

/* Calls for what came during the call, before anything else has its turn. */
static void call_while_raised(struct tapped *t)
{
    do {
        atomic_store(&t->raised, 0);
        wiretap_call(t);
    } while (atomic_load(&t->raised) > 0 && !t->dead);
}

WIRETAP_SPOIL(runs_on, .call = call_while_raised)

const struct fault signals_flood_faults[] = {
    {.id = "signals.blocks-when-full",
     .summary = "blocks in a signal when it has too many to handle",
     .checks = {"signals.flood-blocks-nothing"},
     .spoil = spoil_blocks_when_full},
    {.id = "signals.loses-when-full",
     .summary = "loses any other signal when it has too many of one to handle",
     .checks = {"signals.flood-keeps-others"},
     .spoil = spoil_loses_when_full},
    {.id = "signals.tires",
     .summary = "handles the first twenty signals from outside and no more",
     .checks = {"signals.flood-ends-in-call"},
     .spoil = spoil_tires},
    {.id = "signals.changes-errno",
     .summary = "changes errno in a signal when it has too many to handle",
     .checks = {"signals.keeps-errno"},
     .spoil = spoil_changes_errno},
    {.id = "signals.runs-on",
     .summary = "handles the signals that a handler raises before anything else",
     .checks = {"signals.shares"},
     .spoil = spoil_runs_on},
    {.id = NULL},
};
