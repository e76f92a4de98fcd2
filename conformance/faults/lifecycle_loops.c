/* SPDX-License-Identifier: MIT
 *
 * Loops that meddle with one another, with their descriptors, or with a forked child. */
#include <stdatomic.h>
#include <stdlib.h>

#include "forward.h"

static const struct loop_operations *inner;

static atomic_int opened, closed;

static loop_status counted_open(const struct loop_variant *variant,
                                const struct loop_open_options *options, struct loop **loop)
{
    loop_status status = inner->open(variant, options, loop);

    opened += status == LOOP_OK;
    return status;
}

static loop_status counted_close(struct loop *loop)
{
    closed++;
    return inner->close(loop);
}

/* ---- many loops */

static loop_status open_forty(const struct loop_variant *variant,
                              const struct loop_open_options *options, struct loop **loop)
{
    return opened - closed >= 40 ? LOOP_MFILE : counted_open(variant, options, loop);
}

static void spoil_open_forty(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->open = open_forty;
    spoilt->close = counted_close;
}

static _Thread_local struct loop *running;

static loop_status noted_run(struct loop *loop)
{
    struct loop *outer = running;
    loop_status status;

    running = loop;
    status = inner->run_forever(loop);
    running = outer;
    return status;
}

static void stop_the_running_one(struct loop *loop)
{
    inner->stop(loop);
    if (running != NULL && running != loop)
        inner->stop(running);
}

static void spoil_stop_is_global(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = noted_run;
    spoilt->stop = stop_the_running_one;
}

/* Once three loops were closed, what is posted is lost. */
static loop_status threadsafe_in_early_loops(struct loop *loop, loop_callback callback, void *arg,
                                             struct loop_handle **handle)
{
    if (closed >= 3 && handle == NULL)
        return LOOP_OK;
    return inner->call_soon_threadsafe(loop, callback, arg, handle);
}

static void spoil_reopens_deaf(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->close = counted_close;
    spoilt->call_soon_threadsafe = threadsafe_in_early_loops;
}

/* ---- threads */

static _Thread_local bool opens_loops;

static loop_status open_bound(const struct loop_variant *variant,
                              const struct loop_open_options *options, struct loop **loop)
{
    opens_loops = true;
    return counted_open(variant, options, loop);
}

static loop_status run_where_opened(struct loop *loop)
{
    return opens_loops ? inner->run_forever(loop) : LOOP_RUNTIME;
}

static void spoil_bound_to_thread(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->open = open_bound;
    spoilt->run_forever = run_where_opened;
}

static loop_status later_in_few_loops(struct loop *loop, int64_t delay, loop_callback callback,
                                      void *arg, struct loop_handle **handle)
{
    if (opened - closed > 3 && !opens_loops && handle == NULL)
        return LOOP_OK;
    return inner->call_later(loop, delay, callback, arg, handle);
}

static void spoil_few_loops(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->open = open_bound;
    spoilt->close = counted_close;
    spoilt->call_later = later_in_few_loops;
}

/* ---- descriptors */

/* What leaks is a whole loop. */
static loop_status open_leaking(const struct loop_variant *variant,
                                const struct loop_open_options *options, struct loop **loop)
{
    struct loop *lost;

    if (opened == 100)
        inner->open(variant, options, &lost);
    return counted_open(variant, options, loop);
}

static void spoil_open_leaks(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->open = open_leaking;
}

static loop_status open_or_die(const struct loop_variant *variant,
                               const struct loop_open_options *options, struct loop **loop)
{
    loop_status status = inner->open(variant, options, loop);

    if (status != LOOP_OK)
        abort();
    return status;
}

static void spoil_open_dies(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->open = open_or_die;
}

/* A loop that takes the number 0 for no descriptor, and dies of it. */
static loop_status open_above_zero(const struct loop_variant *variant,
                                   const struct loop_open_options *options, struct loop **loop)
{
    if (!fault_descriptor_is_open(0))
        abort();
    return inner->open(variant, options, loop);
}

static void spoil_open_without_stdin(struct loop_operations *spoilt,
                                     const struct loop_operations *own)
{
    inner = own;
    spoilt->open = open_above_zero;
}

static loop_status open_inherited(const struct loop_variant *variant,
                                  const struct loop_open_options *options, struct loop **loop)
{
    loop_status status = inner->open(variant, options, loop);

    fault_inherit_descriptors();
    return status;
}

static void spoil_open_inherited(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->open = open_inherited;
}

/* ---- forks */

static struct loop *forked;
static loop_fd watched = LOOP_NO_FD;
static loop_callback signal_callback;
static void *signal_arg;
static bool in_child;

static loop_status noted_add_reader(struct loop *loop, loop_fd fd, loop_callback callback,
                                    void *arg)
{
    forked = loop;
    watched = fd;
    return inner->add_reader(loop, fd, callback, arg);
}

static void drop_reader(void)
{
    if (watched != LOOP_NO_FD)
        inner->remove_reader(forked, watched);
}

static void spoil_fork_drops_reader(struct loop_operations *spoilt,
                                    const struct loop_operations *own)
{
    inner = own;
    spoilt->add_reader = noted_add_reader;
    fault_at_fork(drop_reader, NULL);
}

static void note_child(void)
{
    in_child = true;
}

/* The set of descriptors is the parent's too. */
static loop_status close_for_parent(struct loop *loop)
{
    if (in_child)
        drop_reader();
    return inner->close(loop);
}

static void spoil_child_closes(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->add_reader = noted_add_reader;
    spoilt->close = close_for_parent;
    fault_at_fork(NULL, note_child);
}

static loop_status noted_add_signal(struct loop *loop, int signum, loop_callback callback,
                                    void *arg)
{
    forked = loop;
    signal_callback = callback;
    signal_arg = arg;
    return inner->add_signal_handler(loop, signum, callback, arg);
}

static void signal_parent(void)
{
    if (signal_callback != NULL)
        inner->call_soon(forked, signal_callback, signal_arg, NULL);
}

static void spoil_child_signals(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->add_signal_handler = noted_add_signal;
    fault_at_fork(signal_parent, NULL);
}

static loop_status open_in_parent(const struct loop_variant *variant,
                                  const struct loop_open_options *options, struct loop **loop)
{
    return in_child ? LOOP_RUNTIME : inner->open(variant, options, loop);
}

static void spoil_child_opens(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->open = open_in_parent;
    fault_at_fork(NULL, note_child);
}

const struct fault lifecycle_loops_faults[] = {
    {.id = "lifecycle.forty-loops",
     .summary = "opens no more than forty loops at once",
     .checks = {"lifecycle.many-loops"},
     .spoil = spoil_open_forty},
    {.id = "lifecycle.reopens-deaf",
     .summary = "loses what other threads post once three loops were closed",
     .checks = {"lifecycle.reopens"},
     .spoil = spoil_reopens_deaf},
    {.id = "lifecycle.stop-is-global",
     .summary = "stops the loop that runs when another one is stopped",
     .checks = {"lifecycle.stop-is-its-own"},
     .spoil = spoil_stop_is_global},
    {.id = "lifecycle.bound-to-thread",
     .summary = "runs only in threads that have opened a loop",
     .checks = {"lifecycle.runs-in-another-thread"},
     .spoil = spoil_bound_to_thread},
    {.id = "lifecycle.few-loops-have-timers",
     .summary = "loses the timers that other threads set when more than three loops are open",
     .checks = {"lifecycle.loops-are-independent"},
     .spoil = spoil_few_loops},
    {.id = "lifecycle.leaks-loop",
     .summary = "leaks the descriptors of the hundredth loop",
     .checks = {"lifecycle.open-close-leaks-nothing"},
     .spoil = spoil_open_leaks},
    {.id = "lifecycle.dies-without-descriptors",
     .summary = "dies when it cannot be opened",
     .checks = {"lifecycle.open-survives-shortage"},
     .spoil = spoil_open_dies},
    {.id = "lifecycle.dies-without-stdin",
     .summary = "dies when it is opened while standard input is closed",
     .checks = {"lifecycle.open-survives-closed-stdin"},
     .spoil = spoil_open_without_stdin},
    {.id = "lifecycle.inherited",
     .summary = "lets its descriptors be inherited over exec",
     .checks = {"lifecycle.exec-inherits-nothing"},
     .spoil = spoil_open_inherited},
    {.id = "lifecycle.fork-drops-reader",
     .summary = "forgets its last reader when the process forks",
     .checks = {"lifecycle.child-exits"},
     .spoil = spoil_fork_drops_reader},
    {.id = "lifecycle.child-closes-for-parent",
     .summary = "takes a reader from the parent when a forked child closes its copy",
     .checks = {"lifecycle.child-closes"},
     .spoil = spoil_child_closes},
    {.id = "lifecycle.child-signals-parent",
     .summary = "calls the parent's signal handler for its child",
     .checks = {"lifecycle.child-signal-stays-there"},
     .spoil = spoil_child_signals},
    {.id = "lifecycle.child-opens-nothing",
     .summary = "refuses to be opened in a forked child",
     .checks = {"lifecycle.child-opens-its-own"},
     .spoil = spoil_child_opens},
    {0},
};
