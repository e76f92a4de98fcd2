/* SPDX-License-Identifier: MIT
 *
 * Loops that tell wrongly how a child lives and ends, or that lose it. */
#include "piped.h"

/* ---- return codes */

static loop_status code_with(struct loop_transport *transport, int *code,
                             int (*change)(const struct piped *p, int code))
{
    const struct piped *p = piped_of(transport);
    loop_status status = piped_inner->transport_get_returncode(transport, code);

    if (status == LOOP_OK && p != NULL)
        *code = change(p, *code);
    return status;
}

static int seven_bits(const struct piped *p, int code)
{
    (void)p;
    return code > 0 ? code & 127 : code;
}

static int as_shells_do(const struct piped *p, int code)
{
    (void)p;
    return code < 0 ? 128 - code : code;
}

static int not_127(const struct piped *p, int code)
{
    (void)p;
    return code == 127 ? 1 : code;
}

static loop_status short_code(struct loop_transport *transport, int *code)
{
    return code_with(transport, code, seven_bits);
}

static loop_status shell_code(struct loop_transport *transport, int *code)
{
    return code_with(transport, code, as_shells_do);
}

static loop_status code_of_shell(struct loop_transport *transport, int *code)
{
    return code_with(transport, code, not_127);
}

static loop_status late_code(struct loop_transport *transport, int *code)
{
    const struct piped *p = piped_of(transport);

    return p != NULL && !p->lost ? LOOP_AGAIN
                                 : piped_inner->transport_get_returncode(transport, code);
}

PIPED_FAULT_OF(spoil_short_code, transport_get_returncode, short_code, .made = NULL)
PIPED_FAULT_OF(spoil_shell_code, transport_get_returncode, shell_code, .made = NULL)
PIPED_FAULT_OF(spoil_code_of_shell, transport_get_returncode, code_of_shell, .made = NULL)
PIPED_FAULT_OF(spoil_late_code, transport_get_returncode, late_code, .made = NULL)

static int64_t next_pid(struct loop_transport *transport)
{
    return piped_inner->transport_get_pid(transport) + 1;
}

PIPED_FAULT_OF(spoil_pid, transport_get_pid, next_pid, .made = NULL)

/* ---- order */

static void errors_loss_untold(struct piped *p, int fd, loop_status why)
{
    if (fd != 2)
        piped_child_lost(p, fd, why);
}

PIPED_FAULT(spoil_pipe_loss, .child_lost = errors_loss_untold)

static loop_status note_no_pipes(struct piped *p, struct loop_subprocess_options *options)
{
    p->mark = options->std[0].how == LOOP_STDIO_NULL && options->std[1].how == LOOP_STDIO_NULL;
    return LOOP_OK;
}

static void lose_what_is_not(struct piped *p)
{
    piped_exited(p);
    if (p->mark)
        piped_child_lost(p, 1, LOOP_OK);
}

PIPED_FAULT(spoil_no_pipes, .options = note_no_pipes, .exited = lose_what_is_not)

static void exited_is_lost(struct piped *p)
{
    piped_exited(p);
    piped_lost(p, LOOP_OK);
}

static void lost_once(struct piped *p, loop_status why)
{
    if (!p->lost)
        piped_lost(p, why);
}

static void data_unless_lost(struct piped *p, int fd, const void *data, size_t length)
{
    if (!p->lost)
        piped_child_data(p, fd, data, length);
}

static void child_lost_unless_lost(struct piped *p, int fd, loop_status why)
{
    if (!p->lost)
        piped_child_lost(p, fd, why);
}

PIPED_FAULT(spoil_grandchild, .exited = exited_is_lost, .lost = lost_once,
            .child_data = data_unless_lost, .child_lost = child_lost_unless_lost)

/* ---- exits that are missed */

/* Only an output, and started a while ago: what a callback has slept through. */
static int64_t completed_at;

static loop_status note_output_only(struct piped *p, struct loop_subprocess_options *options)
{
    p->mark = options->std[0].how == LOOP_STDIO_NULL && options->std[1].how == LOOP_STDIO_PIPE;
    return LOOP_OK;
}

static void note_time(struct piped *p, loop_status status)
{
    completed_at = piped_now();
    piped_done(p, status);
}

static void missed_if_late(struct piped *p)
{
    if (!p->mark || piped_now() - completed_at < 140000000)
        piped_exited(p);
}

PIPED_FAULT(spoil_busy, .options = note_output_only, .done = note_time, .exited = missed_if_late)

static void missed_beyond_64(struct piped *p)
{
    if (p->number <= 64)
        piped_exited(p);
}

PIPED_FAULT(spoil_many, .exited = missed_beyond_64)

static void missed_elsewhere(struct piped *p)
{
    const struct piped *first = p;

    while (first->older != NULL)
        first = first->older;
    if (p->loop == first->loop)
        piped_exited(p);
}

PIPED_FAULT(spoil_elsewhere, .exited = missed_elsewhere)

static bool watcher_chosen;

static loop_status choose_watcher(struct loop *loop, uint32_t watcher)
{
    watcher_chosen = true;
    return piped_inner->set_child_watcher(loop, watcher);
}

static void missed_by_watcher(struct piped *p)
{
    if (!watcher_chosen)
        piped_exited(p);
}

PIPED_FAULT_OF(spoil_watcher, set_child_watcher, choose_watcher, .exited = missed_by_watcher)

/* ---- starting from a callback */

static _Thread_local bool in_lost;

static void lost_noted(struct piped *p, loop_status why)
{
    in_lost = true;
    piped_lost(p, why);
    in_lost = false;
}

static loop_status not_in_lost(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    (void)options;
    return in_lost ? LOOP_RUNTIME : LOOP_OK;
}

PIPED_FAULT(spoil_callback, .lost = lost_noted, .options = not_in_lost)

/* ---- idling */

static bool spins;

static void spin(void *loop)
{
    spins = piped_running() > 0;
    if (spins)
        piped_inner->call_soon(loop, spin, loop, NULL);
}

static void made_and_spin(struct piped *p)
{
    piped_made(p);
    if (p->child && !spins)
        spin(p->loop);
}

PIPED_FAULT(spoil_idle, .made = made_and_spin)

/* ---- what is left */

static void exited_and_zombie(struct piped *p)
{
    if (p->number == 8)
        piped_leave_zombie();
    piped_exited(p);
}

PIPED_FAULT(spoil_zombie, .exited = exited_and_zombie)

static void exited_and_reap(struct piped *p)
{
    piped_reap_strangers();
    piped_exited(p);
}

PIPED_FAULT(spoil_strangers, .exited = exited_and_reap)

static void made_and_copy(struct piped *p)
{
    p->fd = piped_hidden_copy(1);
    piped_made(p);
}

static loop_status close_copies(struct loop *loop)
{
    for (struct piped *p = piped_newest; p != NULL; p = p->older) {
        if (p->fd != LOOP_NO_FD)
            fault_close_descriptor(p->fd);
        p->fd = LOOP_NO_FD;
    }
    return piped_inner->close(loop);
}

PIPED_FAULT_OF(spoil_copies, close, close_copies, .made = made_and_copy)

const struct fault subprocess_faults[] = {
    {.id = "subprocess.seven-bit-codes",
     .summary = "exit codes above 127 lose a bit",
     .checks = {"subprocess.exit-code"},
     .spoil = spoil_short_code},
    {.id = "subprocess.signals-as-shells-do",
     .summary = "the return code of a signal is 128 and its number",
     .checks = {"subprocess.signal-code"},
     .spoil = spoil_shell_code},
    {.id = "subprocess.no-code-127",
     .summary = "the exit code 127 is told as 1",
     .checks = {"subprocess.shell-missing"},
     .spoil = spoil_code_of_shell},
    {.id = "subprocess.code-at-loss",
     .summary = "the return code is known at connection_lost and not before",
     .checks = {"subprocess.code-at-exit"},
     .spoil = spoil_late_code},
    {.id = "subprocess.other-pid",
     .summary = "get_pid is the next process number",
     .checks = {"subprocess.pid"},
     .spoil = spoil_pid},
    {.id = "subprocess.pipe-loss-untold",
     .summary = "the loss of standard error is not told",
     .checks = {"subprocess.order"},
     .spoil = spoil_pipe_loss},
    {.id = "subprocess.loses-what-is-not",
     .summary = "a pipe that the child never had is lost",
     .checks = {"subprocess.order-without-pipes"},
     .spoil = spoil_no_pipes},
    {.id = "subprocess.exited-is-lost",
     .summary = "connection_lost comes with the exit, whatever the pipes do",
     .checks = {"subprocess.grandchild", "subprocess.pause-output"},
     .spoil = spoil_grandchild},
    {.id = "subprocess.exit-slept-through",
     .summary = "an exit during a long callback is missed",
     .checks = {"subprocess.busy"},
     .spoil = spoil_busy},
    {.id = "subprocess.exit-of-many",
     .summary = "exits beyond the 64th are missed",
     .checks = {"subprocess.hundred"},
     .spoil = spoil_many},
    {.id = "subprocess.exit-elsewhere",
     .summary = "only the first loop that had a child hears of exits",
     .checks = {"subprocess.two-threads", "subprocess.two-loops"},
     .spoil = spoil_elsewhere},
    {.id = "subprocess.watcher-blind",
     .summary = "exits are missed once a watcher was chosen",
     .checks = {"subprocess.watcher-default", "subprocess.watcher-pidfd",
                "subprocess.watcher-thread", "subprocess.watcher-signal",
                "subprocess.watcher-changed"},
     .spoil = spoil_watcher},
    {.id = "subprocess.not-from-loss",
     .summary = "nothing can be started in connection_lost",
     .checks = {"subprocess.from-a-callback"},
     .spoil = spoil_callback},
    {.id = "subprocess.idle-spins",
     .summary = "the loop spins while a child runs",
     .checks = {"subprocess.idle"},
     .spoil = spoil_idle},
    {.id = "subprocess.leaves-zombie",
     .summary = "the eighth child leaves a zombie",
     .checks = {"subprocess.no-zombie"},
     .spoil = spoil_zombie},
    {.id = "subprocess.reaps-strangers",
     .summary = "an exit reaps whatever has ended",
     .checks = {"subprocess.others-unreaped", "subprocess.watcher-default"},
     .spoil = spoil_strangers},
    {.id = "subprocess.keeps-descriptors",
     .summary = "each child costs a descriptor until the loop is closed",
     .checks = {"subprocess.gives-back-descriptors"},
     .spoil = spoil_copies},
    {.id = NULL},
};
