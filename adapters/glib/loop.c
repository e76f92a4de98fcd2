/* SPDX-License-Identifier: MIT
 *
 * GLib's main loop joined to the ABI: its life, its clock, and the table. Streams, datagrams and
 * processes are GIO's, whose streams have one asynchronous write at a time and no buffer behind it:
 * an adapter would have to be one. */
#include <stdio.h>

#include "adapter.h"

static loop_status glib_open(const struct loop_variant *variant,
                             const struct loop_open_options *options, struct loop **opened)
{
    (void)variant;
    (void)options;
    struct loop *loop = g_new0(struct loop, 1);
    loop->context = g_main_context_new();
    loop->main = g_main_loop_new(loop->context, FALSE);
    loop->readers = watch_table();
    loop->writers = watch_table();
    loop->signals = watch_table();
    g_mutex_init(&loop->lock);
    *opened = loop;
    return LOOP_OK;
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
    g_main_loop_unref(loop->main);
    g_main_context_unref(loop->context);
    return LOOP_OK;
}

static void glib_free(struct loop *loop)
{
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
