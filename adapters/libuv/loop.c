/* SPDX-License-Identifier: MIT
 *
 * libuv joined to the ABI: its life, its clock, and the table. What libuv has no word for
 * (is_closed, handle_cancelled, water marks) is not provided. */
#include <stdlib.h>

#include "adapter.h"

static loop_status libuv_open(const struct loop_variant *variant,
                              const struct loop_open_options *options, struct loop **opened)
{
    (void)variant;
    (void)options;
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return LOOP_NO_MEMORY;
    loop->posted_end = &loop->posted;
    int error = uv_loop_init(&loop->uv);
    if (error < 0) {
        loop_status status = status_of(loop, error);
        free(loop);
        return status;
    }
    error = uv_mutex_init(&loop->lock);
    if (error >= 0)
        error = uv_async_init(&loop->uv, &loop->wakeup, run_posted);
    if (error < 0) {
        loop_status status = status_of(loop, error);
        uv_loop_close(&loop->uv);
        free(loop);
        return status;
    }
    loop->wakeup.data = loop;
    ignore_broken_pipes();
    *opened = loop;
    return LOOP_OK;
}

/* What is left now are callbacks, operations, transports and servers. */
static void discard(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle))
        ((struct owner *)handle->data)->close(handle);
}

static loop_status libuv_close(struct loop *loop)
{
    if (loop->running)
        return LOOP_RUNTIME;
    uv_mutex_lock(&loop->lock);
    int closed = loop->closed;
    loop->closed = 1;
    uv_mutex_unlock(&loop->lock);
    if (closed)
        return LOOP_OK;
    discard_posted(loop);
    close_watchers(loop);
    close_signals(loop);
    uv_close((uv_handle_t *)&loop->wakeup, NULL);
    uv_walk(&loop->uv, discard, NULL);
    /* uv_close ends in the loop; nothing but its callbacks can run any more. An old uv_stop ends
     * the first of these runs at once. */
    while (uv_run(&loop->uv, UV_RUN_DEFAULT) != 0)
        continue;
    mind_broken_pipes();
    return status_of(loop, uv_loop_close(&loop->uv));
}

static void libuv_free(struct loop *loop)
{
    uv_mutex_destroy(&loop->lock);
    free(loop);
}

static loop_status libuv_run_forever(struct loop *loop)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->running)
        return LOOP_RUNTIME;
    loop->running = 1;
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    loop->running = 0;
    return LOOP_OK;
}

static void libuv_stop(struct loop *loop)
{
    if (!loop->closed)
        uv_stop(&loop->uv);
}

static int64_t libuv_last_os_error(struct loop *loop)
{
    return -(int64_t)loop->last_error;
}

static int64_t libuv_time(struct loop *loop)
{
    return (int64_t)uv_now(&loop->uv) * 1000000;
}

static int64_t libuv_clock_resolution(struct loop *loop)
{
    (void)loop;
    return 1000000;
}

static const struct loop_operations operations = {
    .size = sizeof operations,
    .open = libuv_open,
    .close = libuv_close,
    .free = libuv_free,
    .run_forever = libuv_run_forever,
    .stop = libuv_stop,
    .last_os_error = libuv_last_os_error,
    .set_exception_handler = libuv_set_exception_handler,
    .time = libuv_time,
    .clock_resolution = libuv_clock_resolution,
    .call_soon = libuv_call_soon,
    .call_soon_threadsafe = libuv_call_soon_threadsafe,
    .call_later = libuv_call_later,
    .call_at = libuv_call_at,
    .handle_cancel = libuv_handle_cancel,
    .handle_when = libuv_handle_when,
    .handle_release = libuv_handle_release,
    .add_reader = libuv_add_reader,
    .remove_reader = libuv_remove_reader,
    .add_writer = libuv_add_writer,
    .remove_writer = libuv_remove_writer,
    .add_signal_handler = libuv_add_signal_handler,
    .remove_signal_handler = libuv_remove_signal_handler,
    .create_connection = libuv_create_connection,
    .create_server = libuv_create_server,
    .create_unix_connection = libuv_create_unix_connection,
    .create_unix_server = libuv_create_unix_server,
    .create_datagram_endpoint = libuv_create_datagram_endpoint,
    .connect_read_pipe = libuv_connect_read_pipe,
    .connect_write_pipe = libuv_connect_write_pipe,
    .subprocess_exec = libuv_subprocess_exec,
    .subprocess_shell = libuv_subprocess_shell,
    .transport_write = libuv_transport_write,
    .transport_write_eof = libuv_transport_write_eof,
    .transport_can_write_eof = libuv_transport_can_write_eof,
    .transport_close = libuv_transport_close,
    .transport_abort = libuv_transport_abort,
    .transport_is_closing = libuv_transport_is_closing,
    .transport_pause_reading = libuv_transport_pause_reading,
    .transport_resume_reading = libuv_transport_resume_reading,
    .transport_get_write_buffer_size = libuv_transport_get_write_buffer_size,
    .transport_sendto = libuv_transport_sendto,
    .transport_get_sockname = libuv_transport_get_sockname,
    .transport_get_peername = libuv_transport_get_peername,
    .transport_get_fd = libuv_transport_get_fd,
    .transport_release = libuv_transport_release,
    .transport_get_pid = libuv_transport_get_pid,
    .transport_get_returncode = libuv_transport_get_returncode,
    .transport_get_pipe_transport = libuv_transport_get_pipe_transport,
    .transport_send_signal = libuv_transport_send_signal,
    .transport_terminate = libuv_transport_terminate,
    .transport_kill = libuv_transport_kill,
    .server_close = libuv_server_close,
    .server_is_serving = libuv_server_is_serving,
    .server_get_sockname = libuv_server_get_sockname,
    .server_release = libuv_server_release,
};

static const struct loop_variant variant = {
    .size = sizeof variant,
    .flags = LOOP_VARIANT_DEFAULT,
    .name = LIBUV_PLATFORM "-" LIBUV_SELECTOR,
    .kind = "selector",
    .selector = LIBUV_SELECTOR,
    .platform = LIBUV_PLATFORM,
    .operations = &operations,
};

static const struct loop_variant *const variants[] = {&variant};

const struct loop_api *loop_api_v1(void)
{
    static struct loop_api api = {
        .size = sizeof api,
        .abi_version = LOOP_ABI_VERSION,
        .name = "libuv",
        .variant_count = 1,
        .variants = variants,
    };
    api.version = uv_version_string();
    return &api;
}
