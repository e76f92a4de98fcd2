/* SPDX-License-Identifier: MIT
 *
 * Tcl's notifier joined to the ABI: its life, and the table. Signals, connections and children are
 * no matter of the notifier's, nor has it timers for a moment; they are not provided. */
#include <stdio.h>
#include <stdlib.h>

#include "adapter.h"

/* How many loops stand on this thread's notifier. */
static _Thread_local int loops;

/* Tcl_FinalizeThread ends the notifier only of a thread that has such a handler. */
static void on_thread_exit(ClientData data)
{
    (void)data;
}

/* Tcl_FindExecutable is how a program that embeds Tcl begins; it makes the thread's notifier. */
static loop_status tcl_open(const struct loop_variant *variant,
                            const struct loop_open_options *options, struct loop **opened)
{
    (void)variant;
    (void)options;
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return LOOP_NO_MEMORY;
    if (loops++ == 0) {
        Tcl_FindExecutable(NULL);
        Tcl_CreateThreadExitHandler(on_thread_exit, NULL);
    }
    loop->thread = Tcl_GetCurrentThread();
    *opened = loop;
    return LOOP_OK;
}

static loop_status tcl_close(struct loop *loop)
{
    if (loop->running)
        return LOOP_RUNTIME;
    Tcl_MutexLock(&loop->lock);
    int closed = loop->closed;
    loop->closed = 1;
    Tcl_MutexUnlock(&loop->lock);
    if (closed)
        return LOOP_OK;
    discard_callbacks(loop);
    discard_watchers(loop);
    if (--loops == 0)
        Tcl_FinalizeThread();
    return LOOP_OK;
}

static void tcl_free(struct loop *loop)
{
    Tcl_MutexFinalize(&loop->lock);
    free(loop);
}

static loop_status tcl_run_forever(struct loop *loop)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->running)
        return LOOP_RUNTIME;
    loop->running = 1;
    while (!loop->stopping)
        Tcl_DoOneEvent(TCL_ALL_EVENTS);
    loop->stopping = 0;
    loop->running = 0;
    return LOOP_OK;
}

static void tcl_stop(struct loop *loop)
{
    loop->stopping = 1;
}

static int64_t tcl_clock_resolution(struct loop *loop)
{
    (void)loop;
    return 1000;
}

static const struct loop_operations operations = {
    .size = sizeof operations,
    .open = tcl_open,
    .close = tcl_close,
    .free = tcl_free,
    .run_forever = tcl_run_forever,
    .stop = tcl_stop,
    .time = tcl_time,
    .clock_resolution = tcl_clock_resolution,
    .call_soon = tcl_call_soon,
    .call_soon_threadsafe = tcl_call_soon,
    .call_later = tcl_call_later,
    .handle_cancel = tcl_handle_cancel,
    .handle_release = tcl_handle_release,
    .add_reader = tcl_add_reader,
    .remove_reader = tcl_remove_reader,
    .add_writer = tcl_add_writer,
    .remove_writer = tcl_remove_writer,
};

static const struct loop_variant variant = {
    .size = sizeof variant,
    .flags = LOOP_VARIANT_DEFAULT,
    .name = "linux-select",
    .kind = "selector",
    .selector = "select",
    .platform = "linux",
    .operations = &operations,
};

static const struct loop_variant *const variants[] = {&variant};

const struct loop_api *loop_api_v1(void)
{
    static char version[32];
    static struct loop_api api = {
        .size = sizeof api,
        .abi_version = LOOP_ABI_VERSION,
        .name = "tcl",
        .version = version,
        .variant_count = 1,
        .variants = variants,
    };
    int major, minor, patch;
    Tcl_GetVersion(&major, &minor, &patch, NULL);
    snprintf(version, sizeof version, "%d.%d.%d", major, minor, patch);
    return &api;
}
