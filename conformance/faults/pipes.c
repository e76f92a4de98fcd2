/* SPDX-License-Identifier: MIT
 *
 * Loops that read from pipes wrongly, take what is no pipe, or keep what is not theirs. */
#include <string.h>

#include "piped.h"

/* ---- what arrives */

static void drop_second(struct piped *p, const void *data, size_t length)
{
    if (p->received == 4)
        p->received++;
    else
        piped_data(p, data, length);
}

PIPED_FAULT(spoil_second, .data = drop_second)

static int no_end(struct piped *p)
{
    (void)p;
    return 0;
}

PIPED_FAULT(spoil_end, .eof = no_end)

static int kept_open(struct piped *p)
{
    p->mark = piped_eof(p) != 0;
    return p->mark;
}

static void lost_unless_marked(struct piped *p, loop_status why)
{
    if (!p->mark)
        piped_lost(p, why);
}

PIPED_FAULT(spoil_kept_open, .eof = kept_open, .lost = lost_unless_marked)

static void damage_late(struct piped *p, const void *data, size_t length)
{
    static unsigned char copy[1 << 20];

    if (p->received < 900000 || length > sizeof copy) {
        piped_data(p, data, length);
        return;
    }
    memcpy(copy, data, length);
    copy[length / 2] ^= 1;
    piped_data(p, copy, length);
}

PIPED_FAULT(spoil_late, .data = damage_late)

/* Reads on as long as there is anything. */
static void read_all(struct piped *p, const void *data, size_t length)
{
    static char more[4096];

    piped_data(p, data, length);
    while (!p->closed && (length = piped_read(p->fd, more, sizeof more)) > 0)
        piped_data(p, more, length);
}

PIPED_FAULT(spoil_fairness, .data = read_all)

/* What closes is told of an end that there was not. */
static void end_then_lost(struct piped *p, loop_status why)
{
    if (p->closed && !p->child && !p->writes)
        piped_eof(p);
    piped_lost(p, why);
}

PIPED_FAULT(spoil_close, .lost = end_then_lost)

/* ---- pausing */

static void ignore_pause(struct loop_transport *transport)
{
    if (piped_of(transport) == NULL)
        piped_inner->transport_pause_reading(transport);
}

PIPED_FAULT_OF(spoil_pause, transport_pause_reading, ignore_pause, .made = NULL)

static bool spins;

static void spin(void *loop)
{
    if (spins)
        piped_inner->call_soon(loop, spin, loop, NULL);
}

static void pause_and_spin(struct loop_transport *transport)
{
    const struct piped *p = piped_of(transport);

    piped_inner->transport_pause_reading(transport);
    if (p != NULL && !spins) {
        spins = true;
        spin(p->loop);
    }
}

static void resume_and_rest(struct loop_transport *transport)
{
    spins = false;
    piped_inner->transport_resume_reading(transport);
}

PIPED_FAULT_OF(spoil_resume, transport_resume_reading, resume_and_rest, .made = NULL)

static void spoil_paused(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    spoil_resume(spoilt, inner);
    spoilt->transport_pause_reading = pause_and_spin;
}

static void made_and_spin(struct piped *p)
{
    piped_made(p);
    if (!p->child && !spins) {
        spins = true;
        spin(p->loop);
    }
}

static void lost_and_rest(struct piped *p, loop_status why)
{
    spins = false;
    piped_lost(p, why);
}

PIPED_FAULT(spoil_idle, .made = made_and_spin, .lost = lost_and_rest)

/* ---- what is taken for a pipe */

static loop_status no_fifo(struct piped *p, loop_fd *fd)
{
    (void)p;
    return piped_kind(*fd) == 'f' ? LOOP_VALUE : LOOP_OK;
}

PIPED_FAULT(spoil_fifo, .pipe = no_fifo)

static loop_status no_socket(struct piped *p, loop_fd *fd)
{
    (void)p;
    return piped_kind(*fd) == 's' ? LOOP_VALUE : LOOP_OK;
}

PIPED_FAULT(spoil_socket, .pipe = no_socket)

static loop_status no_device(struct piped *p, loop_fd *fd)
{
    (void)p;
    return piped_kind(*fd) == 'c' ? LOOP_VALUE : LOOP_OK;
}

PIPED_FAULT(spoil_device, .pipe = no_device)

static void other_status(struct piped *p, loop_status status)
{
    piped_done(p, status == LOOP_VALUE ? LOOP_IO : status);
}

PIPED_FAULT(spoil_file, .done = other_status)

static void refusal_untold(struct piped *p, loop_status status)
{
    if (status != LOOP_INVAL)
        piped_done(p, status);
}

PIPED_FAULT(spoil_overlapped, .done = refusal_untold)

/* Promises what never comes. */
static loop_status promise_nothing(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                   void *factory_arg, loop_connected done, void *arg,
                                   struct loop_handle **operation)
{
    char kind = piped_kind(fd);

    return kind == '-' || kind == 'c' ? LOOP_OK
                                      : piped_inner->connect_read_pipe(
                                            loop, fd, factory, factory_arg, done, arg, operation);
}

PIPED_FAULT_OF(spoil_promise, connect_read_pipe, promise_nothing, .made = NULL)

static void stay_at_hangup(struct piped *p, loop_status why)
{
    if (why != LOOP_IO)
        piped_lost(p, why);
}

PIPED_FAULT(spoil_hangup, .lost = stay_at_hangup)

static loop_status take_twice(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                              void *factory_arg, loop_connected done, void *arg,
                              struct loop_handle **operation)
{
    loop_status status =
        piped_inner->connect_read_pipe(loop, fd, factory, factory_arg, done, arg, operation);

    return status == LOOP_RUNTIME ? LOOP_OK : status;
}

PIPED_FAULT_OF(spoil_taken, connect_read_pipe, take_twice, .made = NULL)

static loop_status name_anything(struct loop_transport *transport,
                                 void (*receive)(void *arg, const struct loop_address *), void *arg)
{
    loop_status status = piped_inner->transport_get_sockname(transport, receive, arg);

    return status == LOOP_NOTSOCK ? LOOP_OK : status;
}

PIPED_FAULT_OF(spoil_names, transport_get_sockname, name_anything, .made = NULL)

/* ---- to whom a descriptor belongs */

static void made_blocking(struct piped *p, loop_status status)
{
    if (status == LOOP_OK)
        piped_unset_nonblocking(p->fd);
    piped_done(p, status);
}

PIPED_FAULT(spoil_blocking, .done = made_blocking)

static bool loop_is_closed;

static void release_number(struct loop_transport *transport)
{
    struct piped *p = piped_of(transport);

    piped_inner->transport_release(transport);
    if (p == NULL)
        return;
    p->transport = NULL;
    if (!p->child && !loop_is_closed && piped_kind(p->fd) == '-') {
        piped_occupy(p->fd);
        p->mark = true;
    }
}

static loop_status close_numbers(struct loop *loop)
{
    loop_is_closed = true;
    for (struct piped *p = piped_newest; p != NULL; p = p->older) {
        if (p->mark)
            fault_close_descriptor(p->fd);
        p->mark = false;
    }
    return piped_inner->close(loop);
}

PIPED_FAULT_OF(spoil_release, transport_release, release_number, .made = NULL)

static void spoil_numbers(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    spoil_release(spoilt, inner);
    spoilt->close = close_numbers;
}

static loop_status close_and_tell(struct loop *loop)
{
    loop_status status = piped_inner->close(loop);

    for (struct piped *p = piped_newest; p != NULL; p = p->older) {
        if (p->transport != NULL && !p->lost)
            piped_lost(p, LOOP_OK);
    }
    return status;
}

PIPED_FAULT_OF(spoil_loop_close, close, close_and_tell, .made = NULL)

/* ---- completions */

static void not_cancelled(struct piped *p, loop_status status)
{
    if (status != LOOP_CANCELLED)
        piped_done(p, status);
}

static void cancel_and_forget(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    (void)handle;
    piped_newest->mark = true;
}

static void done_unless_marked(struct piped *p, loop_status status)
{
    if (!p->mark)
        not_cancelled(p, status);
}

PIPED_FAULT_OF(spoil_cancel, handle_cancel, cancel_and_forget, .done = done_unless_marked)

static void status_of_factory(struct piped *p, loop_status status)
{
    piped_done(p, status == LOOP_NO_MEMORY ? LOOP_FAILED : status);
}

PIPED_FAULT(spoil_factory, .done = status_of_factory)

const struct fault pipes_faults[] = {
    {.id = "pipes.drops-second-data",
     .summary = "what a pipe brings second is dropped",
     .checks = {"pipes.reads"},
     .spoil = spoil_second},
    {.id = "pipes.end-untold",
     .summary = "a pipe is lost at its end without eof_received",
     .checks = {"pipes.end", "pipes.end-keeps-nothing"},
     .spoil = spoil_end},
    {.id = "pipes.end-keeps-open",
     .summary = "a pipe is not lost at its end if eof_received says so",
     .checks = {"pipes.end-keeps-nothing"},
     .spoil = spoil_kept_open},
    {.id = "pipes.damages-late-bytes",
     .summary = "one bit of each piece is changed after 900 kB",
     .checks = {"pipes.read-megabytes", "pipes.both-ends"},
     .spoil = spoil_late},
    {.id = "pipes.reads-for-ever",
     .summary = "a pipe is read until nothing is left",
     .checks = {"pipes.never-starves"},
     .spoil = spoil_fairness},
    {.id = "pipes.end-of-closed",
     .summary = "a reader that is closed is told of an end",
     .checks = {"pipes.close-in-data", "pipes.reader-closes"},
     .spoil = spoil_close},
    {.id = "pipes.pause-ignored",
     .summary = "pause_reading of a pipe does nothing",
     .checks = {"pipes.pause", "pipes.paused-hangup"},
     .spoil = spoil_pause},
    {.id = "pipes.paused-spins",
     .summary = "the loop spins while a pipe is paused",
     .checks = {"pipes.paused-hangup"},
     .spoil = spoil_paused},
    {.id = "pipes.idle-spins",
     .summary = "the loop spins while it has a pipe",
     .checks = {"pipes.idle", "pipes.writer-idle", "pipes.blocked-idle"},
     .spoil = spoil_idle},
    {.id = "pipes.fifo-refused",
     .summary = "a FIFO is refused",
     .checks = {"pipes.fifo"},
     .spoil = spoil_fifo},
    {.id = "pipes.socket-refused",
     .summary = "a socket is refused",
     .checks = {"pipes.socket", "pipes.write-socket"},
     .spoil = spoil_socket},
    {.id = "pipes.device-refused",
     .summary = "a character device is refused",
     .checks = {"pipes.terminal", "pipes.write-null-device"},
     .spoil = spoil_device},
    {.id = "pipes.file-other-status",
     .summary = "what is no pipe is refused with IO",
     .checks = {"pipes.file-read", "pipes.file-written", "pipes.directory-read"},
     .spoil = spoil_file},
    {.id = "pipes.file-other-status-now",
     .summary = "a regular file is refused with IO",
     .checks = {"pipes.files-refused"},
     .asyncio = "3.13",
     .spoil = spoil_file},
    {.id = "pipes.refusal-untold",
     .summary = "nobody is told that a pipe is refused that was not opened for overlapped I/O",
     .checks = {"pipes.not-overlapped"},
     .on = "windows-proactor",
     .asyncio = "3.13",
     .spoil = spoil_overlapped},
    {.id = "pipes.never-completes",
     .summary = "connect_read_pipe of a bad number or a device says OK and never completes",
     .checks = {"pipes.closed-number", "pipes.negative-number", "pipes.null-device",
                "pipes.null-device-survived"},
     .spoil = spoil_promise},
    {.id = "pipes.hangup-ignored",
     .summary = "a pipe whose reading fails with IO is not lost",
     .checks = {"pipes.master-hangup"},
     .spoil = spoil_hangup},
    {.id = "pipes.taken-twice",
     .summary = "the pipe of a transport is taken for a second one",
     .checks = {"pipes.taken"},
     .spoil = spoil_taken},
    {.id = "pipes.names-anything",
     .summary = "a pipe is said to have an address",
     .checks = {"pipes.no-names"},
     .spoil = spoil_names},
    {.id = "pipes.blocks",
     .summary = "the descriptor of a pipe blocks",
     .checks = {"pipes.made-nonblocking"},
     .spoil = spoil_blocking},
    {.id = "pipes.keeps-number",
     .summary = "the number of a lost pipe stays in use until the loop is closed",
     .checks = {"pipes.gives-back"},
     .spoil = spoil_numbers},
    {.id = "pipes.close-of-loop-tells",
     .summary = "closing the loop calls connection_lost of its pipes and children",
     .checks = {"pipes.loop-closed", "subprocess.closed-with-child",
                "subprocess.closed-with-watchers"},
     .spoil = spoil_loop_close},
    {.id = "pipes.cancelled-never-completes",
     .summary = "what is cancelled goes on, and does not complete",
     .checks = {"pipes.cancelled", "subprocess.cancelled"},
     .spoil = spoil_cancel},
    {.id = "pipes.factory-other-status",
     .summary = "the status of a factory that fails does not reach the completion",
     .checks = {"pipes.factory-refuses", "subprocess.factory-refuses"},
     .spoil = spoil_factory},
    {.id = NULL},
};
