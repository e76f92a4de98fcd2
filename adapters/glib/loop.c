/* SPDX-License-Identifier: MIT
 *
 * GLib's main loop joined to the ABI: its life, its clock, and the table. Streams, datagrams and
 * processes are GIO's. It has no buffer of what is to be written, with its size and marks, no shell
 * and no choice of a child watcher; these are not provided. */
#include <stdio.h>

#include "adapter.h"

void enter(struct loop *loop)
{
    g_main_context_push_thread_default(loop->context);
}

void leave(struct loop *loop)
{
    g_main_context_pop_thread_default(loop->context);
}

void own(struct owner *owner, struct loop *loop, void (*shut)(struct owner *owner))
{
    owner->loop = loop;
    owner->shut = shut;
    g_hash_table_add(loop->owners, owner);
}

void disown(struct owner *owner)
{
    g_hash_table_remove(owner->loop->owners, owner);
}

/* With GIO's first task come GLib's worker thread and default context, once for the process. */
static void begin_gio(void)
{
    g_type_ensure(G_TYPE_TASK);
    g_main_context_default();
}

static loop_status glib_open(const struct loop_variant *variant,
                             const struct loop_open_options *options, struct loop **opened)
{
    (void)variant;
    (void)options;
    begin_gio();
    struct loop *loop = g_new0(struct loop, 1);
    loop->context = g_main_context_new();
    loop->main = g_main_loop_new(loop->context, FALSE);
    loop->readers = watch_table();
    loop->writers = watch_table();
    loop->signals = watch_table();
    loop->owners = g_hash_table_new(NULL, NULL);
    g_mutex_init(&loop->lock);
    *opened = loop;
    return LOOP_OK;
}

static void shut_owner(gpointer owner, gpointer none)
{
    (void)none;
    ((struct owner *)owner)->shut(owner);
}

/* What is cancelled ends in the context; none of its callbacks tells anybody any more. */
static void shut_owners(struct loop *loop)
{
    GList *owners = g_hash_table_get_keys(loop->owners);
    g_list_foreach(owners, shut_owner, NULL);
    g_list_free(owners);
    while (g_main_context_iteration(loop->context, FALSE))
        continue;
}

static loop_status glib_close(struct loop *loop)
{
    if (loop->running)
        return LOOP_RUNTIME;
    g_mutex_lock(&loop->lock);
    int closed = loop->closed;
    loop->closed = 1;
    g_mutex_unlock(&loop->lock);
    if (closed)
        return LOOP_OK;
    g_hash_table_unref(loop->readers);
    g_hash_table_unref(loop->writers);
    g_hash_table_unref(loop->signals);
    shut_owners(loop);
    g_main_loop_unref(loop->main);
    g_main_context_unref(loop->context);
    return LOOP_OK;
}

static void glib_free(struct loop *loop)
{
    g_hash_table_unref(loop->owners);
    g_mutex_clear(&loop->lock);
    g_free(loop);
}

static loop_status glib_run_forever(struct loop *loop)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->running)
        return LOOP_RUNTIME;
    loop->running = 1;
    g_main_loop_run(loop->main);
    loop->running = 0;
    return LOOP_OK;
}

static void glib_stop(struct loop *loop)
{
    if (!loop->closed)
        g_main_loop_quit(loop->main);
}

static int glib_is_running(struct loop *loop)
{
    return !loop->closed && g_main_loop_is_running(loop->main);
}

static int64_t glib_time(struct loop *loop)
{
    (void)loop;
    return g_get_monotonic_time() * 1000;
}

static int64_t glib_clock_resolution(struct loop *loop)
{
    (void)loop;
    return 1000;
}

static const struct loop_operations operations = {
    .size = sizeof operations,
    .open = glib_open,
    .close = glib_close,
    .free = glib_free,
    .run_forever = glib_run_forever,
    .stop = glib_stop,
    .is_running = glib_is_running,
    .time = glib_time,
    .clock_resolution = glib_clock_resolution,
    .call_soon = glib_call_soon,
    .call_soon_threadsafe = glib_call_soon,
    .call_later = glib_call_later,
    .call_at = glib_call_at,
    .handle_cancel = glib_handle_cancel,
    .handle_release = glib_handle_release,
    .add_reader = glib_add_reader,
    .remove_reader = glib_remove_reader,
    .add_writer = glib_add_writer,
    .remove_writer = glib_remove_writer,
    .add_signal_handler = glib_add_signal_handler,
    .remove_signal_handler = glib_remove_signal_handler,
    .create_connection = glib_create_connection,
    .create_server = glib_create_server,
    .create_unix_connection = glib_create_unix_connection,
    .create_unix_server = glib_create_unix_server,
    .create_datagram_endpoint = glib_create_datagram_endpoint,
    .connect_read_pipe = glib_connect_read_pipe,
    .connect_write_pipe = glib_connect_write_pipe,
    .subprocess_exec = glib_subprocess_exec,
    .transport_write = glib_transport_write,
    .transport_write_eof = glib_transport_write_eof,
    .transport_can_write_eof = glib_transport_can_write_eof,
    .transport_close = glib_transport_close,
    .transport_abort = glib_transport_abort,
    .transport_is_closing = glib_transport_is_closing,
    .transport_pause_reading = glib_transport_pause_reading,
    .transport_resume_reading = glib_transport_resume_reading,
    .transport_sendto = glib_transport_sendto,
    .transport_get_sockname = glib_transport_get_sockname,
    .transport_get_peername = glib_transport_get_peername,
    .transport_get_fd = glib_transport_get_fd,
    .transport_release = glib_transport_release,
    .transport_get_pid = glib_transport_get_pid,
    .transport_get_returncode = glib_transport_get_returncode,
    .transport_get_pipe_transport = glib_transport_get_pipe_transport,
    .transport_send_signal = glib_transport_send_signal,
    .transport_terminate = glib_transport_terminate,
    .transport_kill = glib_transport_kill,
    .server_close = glib_server_close,
    .server_is_serving = glib_server_is_serving,
    .server_get_sockname = glib_server_get_sockname,
    .server_release = glib_server_release,
};

static const struct loop_variant variant = {
    .size = sizeof variant,
    .flags = LOOP_VARIANT_DEFAULT,
    .name = "linux-poll",
    .kind = "selector",
    .selector = "poll",
    .platform = "linux",
    .operations = &operations,
};

static const struct loop_variant *const variants[] = {&variant};

const struct loop_api *loop_api_v1(void)
{
    static char version[64];
    static struct loop_api api = {
        .size = sizeof api,
        .abi_version = LOOP_ABI_VERSION,
        .name = "glib",
        .version = version,
        .variant_count = 1,
        .variants = variants,
    };
    snprintf(version, sizeof version, "%u.%u.%u", glib_major_version, glib_minor_version,
             glib_micro_version);
    return &api;
}
