/* SPDX-License-Identifier: MIT
 *
 * Loops that refuse the wrong handlers, or with the wrong status. */
#include "signals_wiretap.h"

static bool cannot_be_caught(int signum)
{
    return signum == SIGKILL || signum == SIGSTOP;
}

static loop_status take_kill(struct tapped *t, loop_callback callback, void *arg)
{
    return cannot_be_caught(t->signum) ? LOOP_OK : wiretap_add(t, callback, arg);
}

WIRETAP_SPOIL(takes_kill, .add = take_kill)

static loop_status refuse_kill(struct tapped *t, loop_callback callback, void *arg)
{
    return cannot_be_caught(t->signum) ? LOOP_INVAL : wiretap_add(t, callback, arg);
}

WIRETAP_SPOIL(kill_is_invalid, .add = refuse_kill)

static loop_status take_number(struct tapped *t, loop_callback callback, void *arg)
{
    loop_status status = wiretap_add(t, callback, arg);

    return status == LOOP_VALUE ? LOOP_OK : status;
}

WIRETAP_SPOIL(takes_any_number, .add = take_number)

static loop_status refuse_number(struct tapped *t, loop_callback callback, void *arg)
{
    loop_status status = wiretap_add(t, callback, arg);

    return status == LOOP_VALUE ? LOOP_INVAL : status;
}

WIRETAP_SPOIL(number_is_invalid, .add = refuse_number)

static loop_status take_anywhere(struct tapped *t, loop_callback callback, void *arg)
{
    loop_status status = wiretap_add(t, callback, arg);

    return status == LOOP_RUNTIME && !cannot_be_caught(t->signum) ? LOOP_OK : status;
}

WIRETAP_SPOIL(any_thread, .add = take_anywhere)

static loop_status refuse_child(struct tapped *t, loop_callback callback, void *arg)
{
    return t->signum == SIGCHLD ? LOOP_RUNTIME : wiretap_add(t, callback, arg);
}

WIRETAP_SPOIL(no_sigchld, .add = refuse_child)

/* Real-time signals come after the others everywhere. */
static loop_status refuse_real_time(struct tapped *t, loop_callback callback, void *arg)
{
    return t->signum > 31 && t->signum < 65 ? LOOP_VALUE : wiretap_add(t, callback, arg);
}

WIRETAP_SPOIL(no_real_time, .add = refuse_real_time)

static loop_status respect_ignored(struct tapped *t, loop_callback callback, void *arg)
{
    struct sigaction action;
    bool ignored = sigaction(t->signum, NULL, &action) == 0 && action.sa_handler == SIG_IGN;

    return ignored ? LOOP_OK : wiretap_add(t, callback, arg);
}

WIRETAP_SPOIL(respects_ignored, .add = respect_ignored)

const struct fault signals_refused_faults[] = {
    {.id = "signals.takes-kill",
     .summary = "takes a handler for a signal that cannot be caught",
     .checks = {"signals.uncatchable-refused", "signals.uncatchable-status"},
     .spoil = spoil_takes_kill},
    {.id = "signals.kill-is-invalid",
     .summary = "refuses a signal that cannot be caught as an invalid one",
     .checks = {"signals.uncatchable-status"},
     .spoil = spoil_kill_is_invalid},
    {.id = "signals.takes-any-number",
     .summary = "takes a handler for a number that is no signal",
     .checks = {"signals.invalid-refused", "signals.invalid-status"},
     .spoil = spoil_takes_any_number},
    {.id = "signals.number-is-invalid",
     .summary = "refuses a number that is no signal with the OS's word for it",
     .checks = {"signals.invalid-status"},
     .spoil = spoil_number_is_invalid},
    {.id = "signals.any-thread",
     .summary = "takes a handler in any thread",
     .checks = {"signals.main-thread-only"},
     .spoil = spoil_any_thread},
    {.id = "signals.no-sigchld",
     .summary = "refuses a handler of SIGCHLD",
     .checks = {"signals.sigchld", "subprocess.watcher-beside-handler"},
     .spoil = spoil_no_sigchld},
    {.id = "signals.no-real-time",
     .summary = "refuses handlers of real-time signals",
     .checks = {"signals.real-time"},
     .spoil = spoil_no_real_time},
    {.id = "signals.respects-ignored",
     .summary = "leaves a signal ignored that was so before its handler was added",
     .checks = {"signals.takes-ignored"},
     .spoil = spoil_respects_ignored},
    {.id = NULL},
};
