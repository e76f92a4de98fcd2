/* SPDX-License-Identifier: MIT
 *
 * Tcl joined to the ABI: its life, and the table. It has no signals (Tcl_AsyncMark is called by the
 * program's own handler), no timers for a moment, no Unix sockets, no datagrams, and no marks for
 * what is buffered. Nor has it an event for a child's end: Tcl_Close tells how it ended, after
 * waiting for that, and gives the child up unasked where the channel does not block. All that is
 * not provided. */
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

/* ChangeLog, 2010-10-26: that variable keeps -sockname and -peername from looking addresses up. */
Tcl_Interp *interpreter(struct loop *loop)
{
    if (loop->interp == NULL) {
        loop->interp = Tcl_CreateInterp();
        Tcl_Eval(loop->interp, "set ::tcl::unsupported::noReverseDNS 1");
    }
    return loop->interp;
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
    discard_watchers(loop);
    discard_operations(loop);
    discard_transports(loop);
    discard_servers(loop);
    discard_callbacks(loop); /* the turns of those too */
    if (loop->interp != NULL)
        Tcl_DeleteInterp(loop->interp);
    loop->interp = NULL;
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
    .last_os_error = tcl_last_os_error,
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
    .create_connection = tcl_create_connection,
    .create_server = tcl_create_server,
    .connect_read_pipe = tcl_connect_read_pipe,
    .connect_write_pipe = tcl_connect_write_pipe,
    .transport_write = tcl_transport_write,
    .transport_write_eof = tcl_transport_write_eof,
    .transport_can_write_eof = tcl_transport_can_write_eof,
    .transport_close = tcl_transport_close,
    .transport_is_closing = tcl_transport_is_closing,
    .transport_pause_reading = tcl_transport_pause_reading,
    .transport_resume_reading = tcl_transport_resume_reading,
    .transport_get_write_buffer_size = tcl_transport_get_write_buffer_size,
    .transport_get_sockname = tcl_transport_get_sockname,
    .transport_get_peername = tcl_transport_get_peername,
    .transport_get_fd = tcl_transport_get_fd,
    .transport_release = tcl_transport_release,
    .server_close = tcl_server_close,
    .server_is_serving = tcl_server_is_serving,
    .server_get_sockname = tcl_server_get_sockname,
    .server_release = tcl_server_release,
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
