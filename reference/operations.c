/* SPDX-License-Identifier: MIT
 *
 * Which operations has a variant? What a platform has no way to do is there and refused; what this
 * loop has no code for is NULL. */
#include "loop.h"
#include "refusals.h"

#define EVERYWHERE                                                                                 \
    .size = sizeof(struct loop_operations), .open = loop_open, .close = loop_close,                \
    .free = loop_free, .run_forever = loop_run_forever, .stop = loop_stop,                         \
    .is_running = loop_is_running, .is_closed = loop_is_closed,                                    \
    .last_os_error = loop_last_os_error, .time = loop_time,                                        \
    .clock_resolution = loop_clock_resolution, .call_soon = loop_call_soon,                        \
    .call_soon_threadsafe = loop_call_soon_threadsafe, .call_later = loop_call_later,              \
    .call_at = loop_call_at, .handle_cancel = loop_handle_cancel,                                  \
    .handle_cancelled = loop_handle_cancelled, .handle_when = loop_handle_when,                    \
    .handle_release = loop_handle_release, .add_reader = loop_add_reader,                          \
    .remove_reader = loop_remove_reader, .add_writer = loop_add_writer,                            \
    .remove_writer = loop_remove_writer, .add_signal_handler = loop_add_signal_handler,            \
    .remove_signal_handler = loop_remove_signal_handler

#define ON_WINDOWS                                                                                 \
    .create_unix_connection = refuse_create_unix_connection,                                       \
    .create_unix_server = refuse_create_unix_server, .set_child_watcher = refuse_set_child_watcher

const struct loop_operations unix_operations = {
    EVERYWHERE,
};

const struct loop_operations windows_selector_operations = {
    EVERYWHERE,
    ON_WINDOWS,
    .connect_read_pipe = refuse_connect_read_pipe,
    .connect_write_pipe = refuse_connect_write_pipe,
    .subprocess_exec = refuse_subprocess_exec,
    .subprocess_shell = refuse_subprocess_shell,
};

const struct loop_operations windows_proactor_operations = {
    EVERYWHERE,
    ON_WINDOWS,
    .create_datagram_endpoint = refuse_create_datagram_endpoint,
};
