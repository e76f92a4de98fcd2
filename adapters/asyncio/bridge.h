/* SPDX-License-Identifier: MIT
 *
 * What the files of the bridge share: the way into the interpreter and out of it again.
 *
 * Each operation of the ABI calls the method of that name of an object in loopcheck_asyncio. A
 * struct loop, a struct loop_handle, a struct loop_transport and a struct loop_server are those
 * objects themselves, as owned references. */
#ifndef LOOPCHECK_ADAPTER_ASYNCIO_BRIDGE_H
#define LOOPCHECK_ADAPTER_ASYNCIO_BRIDGE_H

#include <Python.h>

#include "loop_abi.h"

/* ---- interpreter.c */

/* Starts Python as `executable` would, with `folder` on its path; false if its own modules cannot
 * be loaded (Python has said why on stderr). The calling thread is Python's main thread. */
int interpreter_start(const char *executable, const char *folder);

/* Between these two the calling thread holds the interpreter's lock. */
PyGILState_STATE interpreter_enter(void);
void interpreter_leave(PyGILState_STATE state);

/* Around a call from Python to the user's C code, which may block, fork, or enter again. */
struct outside {
    PyThreadState *thread;
    int inside;
};
struct outside interpreter_go_out(void);
void interpreter_come_back(struct outside outside);

/* ---- calls.c: calls of a method, by Py_BuildValue's format for a tuple of arguments */

/* The method's result, a new reference; NULL after the exception was printed. */
PyObject *call_method(void *object, const char *name, const char *format, va_list arguments);
/* A result that is a number is a status; None is LOOP_OK. */
loop_status call_status(void *object, const char *name, const char *format, ...);
/* Any other object is what the operation made; it goes to *made, or away where that is NULL. */
loop_status call_making(void *object, const char *name, void **made, const char *format, ...);
/* A tuple of one number is LOOP_OK, and the number goes to *told. */
loop_status call_telling(void *object, const char *name, int64_t *told, const char *format, ...);
/* `missing` if there was an exception. */
int64_t call_number(void *object, const char *name, int64_t missing);
void call_plain(void *object, const char *name);
void release_object(void *object);

/* A number for Python, which gives it back unread. */
static inline unsigned long long as_number(const void *pointer)
{
    return (unsigned long long)(uintptr_t)pointer;
}

static inline unsigned long long function_number(void (*function)(void))
{
    return (unsigned long long)(uintptr_t)function;
}

#define FUNCTION(function) function_number((void (*)(void))(function))

/* ---- addresses.c */

/* (family, host, port, scope, path), or None if nothing was given: a new reference. */
PyObject *address_to_python(const struct loop_address *address);
/* `address` is such a tuple. False, with an exception, if it is not. */
int address_from_python(PyObject *address, struct loop_address *to);

/* ---- module.c: what Python calls, the module _loopcheck_bridge */
PyObject *module_make(void);

/* ---- loops.c */
loop_status bridge_open(const struct loop_variant *variant, const struct loop_open_options *options,
                        struct loop **opened);
loop_status bridge_close(struct loop *loop);
void bridge_free(struct loop *loop);
loop_status bridge_run_forever(struct loop *loop);
void bridge_stop(struct loop *loop);
int bridge_is_running(struct loop *loop);
int bridge_is_closed(struct loop *loop);
int64_t bridge_last_os_error(struct loop *loop);
loop_status bridge_set_exception_handler(struct loop *loop, loop_exception_handler handler,
                                         void *arg);
int64_t bridge_time(struct loop *loop);
int64_t bridge_clock_resolution(struct loop *loop);
loop_status bridge_call_soon(struct loop *loop, loop_callback callback, void *arg,
                             struct loop_handle **handle);
loop_status bridge_call_soon_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                        struct loop_handle **handle);
loop_status bridge_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                              struct loop_handle **handle);
loop_status bridge_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                           struct loop_handle **handle);
void bridge_handle_cancel(struct loop *loop, struct loop_handle *handle);
int bridge_handle_cancelled(struct loop *loop, struct loop_handle *handle);
loop_status bridge_handle_when(struct loop *loop, struct loop_handle *handle, int64_t *when);
void bridge_handle_release(struct loop *loop, struct loop_handle *handle);
loop_status bridge_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status bridge_remove_reader(struct loop *loop, loop_fd fd);
loop_status bridge_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status bridge_remove_writer(struct loop *loop, loop_fd fd);
loop_status bridge_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                      void *arg);
loop_status bridge_remove_signal_handler(struct loop *loop, int signum);

/* ---- operations.c */
loop_status bridge_create_connection(struct loop *loop,
                                     const struct loop_connection_options *options,
                                     loop_protocol_factory factory, void *factory_arg,
                                     loop_connected done, void *arg, struct loop_handle **handle);
loop_status bridge_create_unix_connection(struct loop *loop,
                                          const struct loop_connection_options *options,
                                          loop_protocol_factory factory, void *factory_arg,
                                          loop_connected done, void *arg,
                                          struct loop_handle **handle);
loop_status bridge_create_server(struct loop *loop, const struct loop_server_options *options,
                                 loop_protocol_factory factory, void *factory_arg,
                                 loop_serving done, void *arg, struct loop_handle **handle);
loop_status bridge_create_unix_server(struct loop *loop, const struct loop_server_options *options,
                                      loop_protocol_factory factory, void *factory_arg,
                                      loop_serving done, void *arg, struct loop_handle **handle);
loop_status bridge_create_datagram_endpoint(struct loop *loop,
                                            const struct loop_datagram_options *options,
                                            loop_protocol_factory factory, void *factory_arg,
                                            loop_connected done, void *arg,
                                            struct loop_handle **handle);
loop_status bridge_connect_read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                     void *factory_arg, loop_connected done, void *arg,
                                     struct loop_handle **handle);
loop_status bridge_connect_write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                      void *factory_arg, loop_connected done, void *arg,
                                      struct loop_handle **handle);
loop_status bridge_subprocess_exec(struct loop *loop, const struct loop_subprocess_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **handle);
loop_status bridge_subprocess_shell(struct loop *loop,
                                    const struct loop_subprocess_options *options,
                                    loop_protocol_factory factory, void *factory_arg,
                                    loop_connected done, void *arg, struct loop_handle **handle);
loop_status bridge_set_child_watcher(struct loop *loop, uint32_t watcher);

/* ---- transports.c */
loop_status bridge_transport_write(struct loop_transport *transport, const void *data,
                                   size_t length);
loop_status bridge_transport_write_eof(struct loop_transport *transport);
int bridge_transport_can_write_eof(struct loop_transport *transport);
void bridge_transport_close(struct loop_transport *transport);
void bridge_transport_abort(struct loop_transport *transport);
int bridge_transport_is_closing(struct loop_transport *transport);
void bridge_transport_pause_reading(struct loop_transport *transport);
void bridge_transport_resume_reading(struct loop_transport *transport);
loop_status bridge_transport_set_write_buffer_limits(struct loop_transport *transport, int64_t high,
                                                     int64_t low);
size_t bridge_transport_get_write_buffer_size(struct loop_transport *transport);
loop_status bridge_transport_sendto(struct loop_transport *transport, const void *data,
                                    size_t length, const struct loop_address *to);
loop_status bridge_transport_get_sockname(struct loop_transport *transport,
                                          void (*receive)(void *arg, const struct loop_address *),
                                          void *arg);
loop_status bridge_transport_get_peername(struct loop_transport *transport,
                                          void (*receive)(void *arg, const struct loop_address *),
                                          void *arg);
loop_fd bridge_transport_get_fd(struct loop_transport *transport);
void bridge_transport_release(struct loop_transport *transport);
int64_t bridge_transport_get_pid(struct loop_transport *transport);
loop_status bridge_transport_get_returncode(struct loop_transport *transport, int *code);
struct loop_transport *bridge_transport_get_pipe_transport(struct loop_transport *transport,
                                                           int child_fd);
loop_status bridge_transport_send_signal(struct loop_transport *transport, int signum);
loop_status bridge_transport_terminate(struct loop_transport *transport);
loop_status bridge_transport_kill(struct loop_transport *transport);

/* ---- servers.c */
void bridge_server_close(struct loop_server *server);
loop_status bridge_server_wait_closed(struct loop_server *server, loop_callback done, void *arg);
int bridge_server_is_serving(struct loop_server *server);
loop_status bridge_server_get_sockname(struct loop_server *server, size_t index,
                                       void (*receive)(void *arg, const struct loop_address *),
                                       void *arg);
void bridge_server_release(struct loop_server *server);

#endif
