/* SPDX-License-Identifier: MIT
 *
 * Loops that send other signals to children than they are asked to, or close them wrongly. */
#include "piped.h"

enum { KILL = 9, TERM = 15, STOP = 19 };

/* ---- signals */

static loop_status no_signal(struct loop_transport *transport, int signum)
{
    (void)transport;
    (void)signum;
    return LOOP_OK;
}

static loop_status stop_is_kill(struct loop_transport *transport, int signum)
{
    return signum == STOP ? piped_inner->transport_kill(transport)
                          : piped_inner->transport_send_signal(transport, signum);
}

static loop_status kill_softly(struct loop_transport *transport)
{
    return piped_inner->transport_send_signal(transport, TERM);
}

static loop_status terminate_hard(struct loop_transport *transport)
{
    return piped_inner->transport_send_signal(transport, KILL);
}

static loop_status kill_unless_exited(struct loop_transport *transport)
{
    const struct piped *p = piped_of(transport);

    return p != NULL && p->exited ? LOOP_SRCH : piped_inner->transport_kill(transport);
}

static loop_status kill_even_lost(struct loop_transport *transport)
{
    const struct piped *p = piped_of(transport);

    return p != NULL && p->lost ? LOOP_OK : piped_inner->transport_kill(transport);
}

PIPED_FAULT_OF(spoil_signal, transport_send_signal, no_signal, .made = NULL)
PIPED_FAULT_OF(spoil_stop, transport_send_signal, stop_is_kill, .made = NULL)
PIPED_FAULT_OF(spoil_kill, transport_kill, kill_softly, .made = NULL)
PIPED_FAULT_OF(spoil_terminate, transport_terminate, terminate_hard, .made = NULL)
PIPED_FAULT_OF(spoil_after_exit, transport_kill, kill_unless_exited, .made = NULL)
PIPED_FAULT_OF(spoil_after_loss, transport_kill, kill_even_lost, .made = NULL)

/* ---- closing */

static void close_softly(struct loop_transport *transport)
{
    const struct piped *p = piped_of(transport);

    if (p != NULL && p->child && !p->exited)
        piped_inner->transport_terminate(transport);
    else
        piped_inner->transport_close(transport);
}

static void close_tells(struct loop_transport *transport)
{
    struct piped *p = piped_of(transport);

    if (p != NULL && p->child && p->closed)
        p->user.connection_lost(p->user.user, LOOP_OK);
    if (p != NULL)
        p->closed = true;
    piped_inner->transport_close(transport);
}

static void close_marks(struct loop_transport *transport)
{
    struct piped *p = piped_of(transport);

    if (p != NULL && p->child && p->exited)
        p->mark = true;
    piped_inner->transport_close(transport);
}

PIPED_FAULT_OF(spoil_close, transport_close, close_softly, .made = NULL)
PIPED_FAULT_OF(spoil_close_twice, transport_close, close_tells, .made = NULL)
static loop_status closed_code(struct loop_transport *transport, int *code)
{
    const struct piped *p = piped_of(transport);
    loop_status status = piped_inner->transport_get_returncode(transport, code);

    if (status == LOOP_OK && p != NULL && p->mark)
        *code = -KILL;
    return status;
}

PIPED_FAULT_OF(spoil_closed_code, transport_get_returncode, closed_code, .made = NULL)

static void spoil_close_finished(struct loop_operations *spoilt,
                                 const struct loop_operations *inner)
{
    spoil_closed_code(spoilt, inner);
    spoilt->transport_close = close_marks;
}

static void abort_pipes_only(struct loop_transport *transport)
{
    const struct piped *p = piped_of(transport);

    if (p == NULL || !p->child)
        piped_inner->transport_abort(transport);
}

PIPED_FAULT_OF(spoil_abort, transport_abort, abort_pipes_only, .made = NULL)

static bool in_made;

static void made_noted(struct piped *p)
{
    in_made = true;
    piped_made(p);
    in_made = false;
}

static void close_unless_made(struct loop_transport *transport)
{
    if (!in_made)
        piped_inner->transport_close(transport);
}

PIPED_FAULT_OF(spoil_close_at_once, transport_close, close_unless_made, .made = made_noted)

const struct fault subprocess_control_faults[] = {
    {.id = "subprocess.signal-ignored",
     .summary = "send_signal does nothing",
     .checks = {"subprocess.send-signal"},
     .spoil = spoil_signal},
    {.id = "subprocess.stop-is-kill",
     .summary = "SIGSTOP kills",
     .checks = {"subprocess.stopped"},
     .spoil = spoil_stop},
    {.id = "subprocess.kill-is-terminate",
     .summary = "kill sends SIGTERM",
     .checks = {"subprocess.kill"},
     .spoil = spoil_kill},
    {.id = "subprocess.terminate-is-kill",
     .summary = "terminate sends SIGKILL",
     .checks = {"subprocess.terminate"},
     .spoil = spoil_terminate},
    {.id = "subprocess.no-process-after-exit",
     .summary = "a signal after the exit is an error",
     .checks = {"subprocess.signal-after-exit"},
     .spoil = spoil_after_exit},
    {.id = "subprocess.signal-to-nobody",
     .summary = "a signal after connection_lost is none",
     .checks = {"subprocess.signal-after-loss"},
     .spoil = spoil_after_loss},
    {.id = "subprocess.close-terminates",
     .summary = "close sends SIGTERM and leaves the transport as it is",
     .checks = {"subprocess.close-kills"},
     .spoil = spoil_close},
    {.id = "subprocess.abort-ignored",
     .summary = "abort of a child's transport does nothing",
     .checks = {"subprocess.abort"},
     .spoil = spoil_abort},
    {.id = "subprocess.close-twice-tells",
     .summary = "the second close calls connection_lost",
     .checks = {"subprocess.close-twice"},
     .spoil = spoil_close_twice},
    {.id = "subprocess.close-changes-code",
     .summary = "a child that is closed after its exit counts as killed",
     .checks = {"subprocess.close-finished"},
     .spoil = spoil_close_finished},
    {.id = "subprocess.close-in-made-ignored",
     .summary = "close in connection_made does nothing",
     .checks = {"subprocess.close-at-once"},
     .spoil = spoil_close_at_once},
    {.id = NULL},
};
