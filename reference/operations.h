/* SPDX-License-Identifier: MIT
 *
 * Which operations has a variant? What a platform has no way to do is there and refused; what this
 * loop has no code for is NULL. One file operations_*.c a table. */
#ifndef REFERENCE_OPERATIONS_H
#define REFERENCE_OPERATIONS_H

#include "loop.h"
#include "refusals.h"

#define EVERYWHERE                                                                                 \
    .size = sizeof(struct loop_operations), .open = loop_open, .close = loop_close,                \
    .free = loop_free, .run_forever = loop_run_forever, .stop = loop_stop,                         \
    .is_running = loop_is_running, .is_closed = loop_is_closed,                                    \
    .last_os_error = loop_last_os_error, .set_exception_handler = loop_set_exception_handler,      \
    .time = loop_time, .clock_resolution = loop_clock_resolution, .call_soon = loop_call_soon,     \
    .call_soon_threadsafe = loop_call_soon_threadsafe, .call_later = loop_call_later,              \
    .call_at = loop_call_at, .handle_cancel = loop_handle_cancel,                                  \
    .handle_cancelled = loop_handle_cancelled, .handle_when = loop_handle_when,                    \
    .handle_release = loop_handle_release, .add_reader = loop_add_reader,                          \
    .remove_reader = loop_remove_reader, .add_writer = loop_add_writer,                            \
    .remove_writer = loop_remove_writer, .add_signal_handler = loop_add_signal_handler,            \
    .remove_signal_handler = loop_remove_signal_handler,                                           \
    .create_connection = loop_create_connection, .create_server = loop_create_server,              \
    .create_datagram_endpoint = loop_create_datagram_endpoint,                                     \
    .transport_write = loop_transport_write, .transport_write_eof = loop_transport_write_eof,      \
    .transport_can_write_eof = loop_transport_can_write_eof,                                       \
    .transport_close = loop_transport_close, .transport_abort = loop_transport_abort,              \
    .transport_is_closing = loop_transport_is_closing,                                             \
    .transport_pause_reading = loop_transport_pause_reading,                                       \
    .transport_resume_reading = loop_transport_resume_reading,                                     \
    .transport_set_write_buffer_limits = loop_transport_set_write_buffer_limits,                   \
    .transport_get_write_buffer_size = loop_transport_get_write_buffer_size,                       \
    .transport_sendto = loop_transport_sendto,                                                     \
    .transport_get_sockname = loop_transport_get_sockname,                                         \
    .transport_get_peername = loop_transport_get_peername,                                         \
    .transport_get_fd = loop_transport_get_fd, .transport_release = loop_transport_release,        \
    .server_close = loop_server_close, .server_wait_closed = loop_server_wait_closed,              \
    .server_is_serving = loop_server_is_serving, .server_get_sockname = loop_server_get_sockname,  \
    .server_release = loop_server_release

#define WITH_CHILDREN                                                                              \
    .connect_read_pipe = loop_connect_read_pipe, .connect_write_pipe = loop_connect_write_pipe,    \
    .subprocess_exec = loop_subprocess_exec, .subprocess_shell = loop_subprocess_shell,            \
    .transport_get_pid = loop_transport_get_pid,                                                   \
    .transport_get_returncode = loop_transport_get_returncode,                                     \
    .transport_get_pipe_transport = loop_transport_get_pipe_transport,                             \
    .transport_send_signal = loop_transport_send_signal,                                           \
    .transport_terminate = loop_transport_terminate, .transport_kill = loop_transport_kill

#define ON_WINDOWS                                                                                 \
    .create_unix_connection = refuse_create_unix_connection,                                       \
    .create_unix_server = refuse_create_unix_server, .set_child_watcher = refuse_set_child_watcher

#endif
