/* SPDX-License-Identifier: MIT
 *
 * Loops that close wrongly, or let happen to a running or a closed loop what they are to refuse. */
#include <stdlib.h>

#include "forward.h"

static const struct loop_operations *inner;

static _Thread_local struct loop *running;
static struct loop *closed;

static loop_status noted_run(struct loop *loop)
{
    struct loop *outer = running;
    loop_status status;

    running = loop;
    status = inner->run_forever(loop);
    running = outer;
    return status;
}

static loop_status noted_close(struct loop *loop)
{
    loop_status status = inner->close(loop);

    if (status == LOOP_OK)
        closed = loop;
    return status;
}

/* A new loop may stand where a closed one stood in memory. */
static loop_status noted_open(const struct loop_variant *variant,
                              const struct loop_open_options *options, struct loop **loop)
{
    loop_status status = inner->open(variant, options, loop);

    if (status == LOOP_OK && *loop == closed)
        closed = NULL;
    return status;
}

/* ---- running loops */

static loop_status run_inside_itself(struct loop *loop)
{
    return running == loop ? LOOP_OK : noted_run(loop);
}

static void spoil_run_inside_itself(struct loop_operations *spoilt,
                                    const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_inside_itself;
}

static loop_status run_inside_another(struct loop *loop)
{
    return running != NULL && running != loop ? LOOP_OK : noted_run(loop);
}

static void spoil_run_inside_another(struct loop_operations *spoilt,
                                     const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_inside_another;
}

static loop_status close_while_running(struct loop *loop)
{
    return running == loop ? LOOP_OK : inner->close(loop);
}

static void spoil_close_while_running(struct loop_operations *spoilt,
                                      const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = noted_run;
    spoilt->close = close_while_running;
}

/* ---- close */

static loop_status close_once(struct loop *loop)
{
    return loop == closed ? LOOP_CLOSED : noted_close(loop);
}

static void spoil_close_once(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->open = noted_open;
    spoilt->close = close_once;
}

/* The numbers that the loop's descriptors had are those of others by now. */
static loop_fd numbers[64];
static int number_count;

static loop_status close_numbers_again(struct loop *loop)
{
    bool open_before[64];
    loop_status status;

    if (loop == closed) {
        while (number_count > 0)
            fault_close_descriptor(numbers[--number_count]);
        return LOOP_OK;
    }
    for (int fd = 0; fd < 64; fd++)
        open_before[fd] = fault_descriptor_is_open(fd);
    status = noted_close(loop);
    number_count = 0;
    for (int fd = 0; fd < 64; fd++) {
        if (open_before[fd] && !fault_descriptor_is_open(fd))
            numbers[number_count++] = fd;
    }
    return status;
}

static void spoil_close_numbers_again(struct loop_operations *spoilt,
                                      const struct loop_operations *own)
{
    inner = own;
    spoilt->open = noted_open;
    spoilt->close = close_numbers_again;
}

static int is_never_closed(struct loop *loop)
{
    (void)loop;
    return 0;
}

static void spoil_tells_open(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->is_closed = is_never_closed;
}

static int pending;

static void turn_counted(struct forward *f)
{
    pending--;
    forward_run(f);
}

static loop_status soon_counted(struct loop *loop, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    loop_status status =
        forward_soon(inner, forward_new(loop, callback, arg, turn_counted), handle);

    pending += status == LOOP_OK && handle == NULL;
    return status;
}

static loop_status close_after_calling(struct loop *loop)
{
    if (pending > 10) {
        inner->stop(loop);
        inner->run_forever(loop);
    }
    return inner->close(loop);
}

static void spoil_close_calls(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon_counted;
    spoilt->close = close_after_calling;
}

static struct loop *stopped;

static loop_status run_stopped(struct loop *loop)
{
    stopped = NULL;
    return noted_run(loop);
}

static void stop_noted(struct loop *loop)
{
    if (running != loop)
        stopped = loop;
    inner->stop(loop);
}

static loop_status close_unless_stopped(struct loop *loop)
{
    loop_status status = loop == stopped ? LOOP_FAILED : LOOP_OK;

    stopped = NULL;
    return status == LOOP_OK ? inner->close(loop) : status;
}

static void spoil_close_stopped(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_stopped;
    spoilt->stop = stop_noted;
    spoilt->close = close_unless_stopped;
}

static loop_fd watched = LOOP_NO_FD;

static loop_status noted_add_writer(struct loop *loop, loop_fd fd, loop_callback callback,
                                    void *arg)
{
    watched = fd;
    return inner->add_writer(loop, fd, callback, arg);
}

static loop_status close_and_take(struct loop *loop)
{
    loop_status status = inner->close(loop);

    if (watched != LOOP_NO_FD)
        fault_close_descriptor(watched);
    watched = LOOP_NO_FD;
    return status;
}

static void spoil_close_takes(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->add_writer = noted_add_writer;
    spoilt->close = close_and_take;
}

/* ---- closed loops */

static loop_status as_if_open(struct loop *loop, loop_status status)
{
    return loop == closed && status == LOOP_CLOSED ? LOOP_OK : status;
}

static loop_status closed_run(struct loop *loop)
{
    return as_if_open(loop, inner->run_forever(loop));
}

static loop_status closed_soon(struct loop *loop, loop_callback callback, void *arg,
                               struct loop_handle **handle)
{
    return as_if_open(loop, inner->call_soon(loop, callback, arg, handle));
}

static loop_status closed_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                     struct loop_handle **handle)
{
    return as_if_open(loop, inner->call_soon_threadsafe(loop, callback, arg, handle));
}

static loop_status closed_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    return as_if_open(loop, inner->call_later(loop, delay, callback, arg, handle));
}

static loop_status closed_add_reader(struct loop *loop, loop_fd fd, loop_callback callback,
                                     void *arg)
{
    return as_if_open(loop, inner->add_reader(loop, fd, callback, arg));
}

static loop_status closed_add_signal(struct loop *loop, int signum, loop_callback callback,
                                     void *arg)
{
    return as_if_open(loop, inner->add_signal_handler(loop, signum, callback, arg));
}

static void spoil_closed_accepts(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->open = noted_open;
    spoilt->close = noted_close;
    spoilt->run_forever = closed_run;
    spoilt->call_soon = closed_soon;
    spoilt->call_soon_threadsafe = closed_threadsafe;
    spoilt->call_later = closed_later;
    spoilt->add_reader = closed_add_reader;
    spoilt->add_signal_handler = closed_add_signal;
}

static loop_status closed_remove_reader(struct loop *loop, loop_fd fd)
{
    loop_status status = inner->remove_reader(loop, fd);

    return loop == closed && status == LOOP_NOT_FOUND ? LOOP_OK : status;
}

static void spoil_closed_removes(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->open = noted_open;
    spoilt->close = noted_close;
    spoilt->remove_reader = closed_remove_reader;
}

static void stop_or_die(struct loop *loop)
{
    if (loop == closed)
        abort();
    inner->stop(loop);
}

static void spoil_closed_dies(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->open = noted_open;
    spoilt->close = noted_close;
    spoilt->stop = stop_or_die;
}

const struct fault lifecycle_close_faults[] = {
    {.id = "lifecycle.runs-inside-itself",
     .summary = "returns OK when it is run while it runs",
     .checks = {"lifecycle.run-while-running"},
     .spoil = spoil_run_inside_itself},
    {.id = "lifecycle.runs-inside-another",
     .summary = "returns OK when it is run while another loop runs in this thread",
     .checks = {"lifecycle.one-loop-a-thread"},
     .spoil = spoil_run_inside_another},
    {.id = "lifecycle.closes-while-running",
     .summary = "returns OK when it is closed while it runs",
     .checks = {"lifecycle.close-while-running"},
     .spoil = spoil_close_while_running},
    {.id = "lifecycle.closes-once",
     .summary = "refuses to be closed twice",
     .checks = {"lifecycle.close-twice"},
     .spoil = spoil_close_once},
    {.id = "lifecycle.closes-numbers-again",
     .summary = "closes descriptor numbers that are no longer its own when it is closed twice",
     .checks = {"lifecycle.close-twice"},
     .spoil = spoil_close_numbers_again},
    {.id = "lifecycle.tells-open-for-ever",
     .summary = "never says that it is closed",
     .checks = {"lifecycle.tells-closed"},
     .spoil = spoil_tells_open},
    {.id = "lifecycle.close-calls",
     .summary = "calls what is pending when it is closed",
     .checks = {"lifecycle.close-discards"},
     .spoil = spoil_close_calls},
    {.id = "lifecycle.closes-unless-stopped",
     .summary = "refuses to be closed after a stop that no run used up",
     .checks = {"lifecycle.closes-after-stop"},
     .spoil = spoil_close_stopped},
    {.id = "lifecycle.close-takes-descriptor",
     .summary = "closes the descriptor of its last writer when it is closed",
     .checks = {"lifecycle.close-leaves-descriptors"},
     .spoil = spoil_close_takes},
    {.id = "lifecycle.closed-accepts",
     .summary = "accepts in silence what a closed loop refuses",
     .checks = {"lifecycle.closed-refuses-run", "lifecycle.closed-refuses-call-soon",
                "lifecycle.closed-refuses-threadsafe", "lifecycle.closed-refuses-timers",
                "lifecycle.closed-refuses-descriptors", "lifecycle.closed-refuses-signals"},
     .spoil = spoil_closed_accepts},
    {.id = "lifecycle.closed-removes",
     .summary = "says that it removed a reader when it is closed",
     .checks = {"lifecycle.closed-removes-nothing"},
     .spoil = spoil_closed_removes},
    {.id = "lifecycle.closed-dies",
     .summary = "dies of a stop when it is closed",
     .checks = {"lifecycle.closed-is-harmless"},
     .spoil = spoil_closed_dies},
    {0},
};
