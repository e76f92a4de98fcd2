/* SPDX-License-Identifier: MIT
 *
 * The table, as loopcheck_asyncio.describe() tells it: the loop's name and version, and a variant
 * for each selector, with the operations that it has. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "bridge.h"
#include "start.h"

#define MOST_VARIANTS 16

static const struct loop_operations all_operations = {
    .size = sizeof all_operations,
    .open = bridge_open,
    .close = bridge_close,
    .free = bridge_free,
    .run_forever = bridge_run_forever,
    .stop = bridge_stop,
    .is_running = bridge_is_running,
    .is_closed = bridge_is_closed,
    .last_os_error = bridge_last_os_error,
    .set_exception_handler = bridge_set_exception_handler,
    .time = bridge_time,
    .clock_resolution = bridge_clock_resolution,
    .call_soon = bridge_call_soon,
    .call_soon_threadsafe = bridge_call_soon_threadsafe,
    .call_later = bridge_call_later,
    .call_at = bridge_call_at,
    .handle_cancel = bridge_handle_cancel,
    .handle_cancelled = bridge_handle_cancelled,
    .handle_when = bridge_handle_when,
    .handle_release = bridge_handle_release,
    .add_reader = bridge_add_reader,
    .remove_reader = bridge_remove_reader,
    .add_writer = bridge_add_writer,
    .remove_writer = bridge_remove_writer,
    .add_signal_handler = bridge_add_signal_handler,
    .remove_signal_handler = bridge_remove_signal_handler,
    .create_connection = bridge_create_connection,
    .create_server = bridge_create_server,
    .create_unix_connection = bridge_create_unix_connection,
    .create_unix_server = bridge_create_unix_server,
    .create_datagram_endpoint = bridge_create_datagram_endpoint,
    .connect_read_pipe = bridge_connect_read_pipe,
    .connect_write_pipe = bridge_connect_write_pipe,
    .subprocess_exec = bridge_subprocess_exec,
    .subprocess_shell = bridge_subprocess_shell,
    .set_child_watcher = bridge_set_child_watcher,
    .transport_write = bridge_transport_write,
    .transport_write_eof = bridge_transport_write_eof,
    .transport_can_write_eof = bridge_transport_can_write_eof,
    .transport_close = bridge_transport_close,
    .transport_abort = bridge_transport_abort,
    .transport_is_closing = bridge_transport_is_closing,
    .transport_pause_reading = bridge_transport_pause_reading,
    .transport_resume_reading = bridge_transport_resume_reading,
    .transport_set_write_buffer_limits = bridge_transport_set_write_buffer_limits,
    .transport_get_write_buffer_size = bridge_transport_get_write_buffer_size,
    .transport_sendto = bridge_transport_sendto,
    .transport_get_sockname = bridge_transport_get_sockname,
    .transport_get_peername = bridge_transport_get_peername,
    .transport_get_fd = bridge_transport_get_fd,
    .transport_release = bridge_transport_release,
    .transport_get_pid = bridge_transport_get_pid,
    .transport_get_returncode = bridge_transport_get_returncode,
    .transport_get_pipe_transport = bridge_transport_get_pipe_transport,
    .transport_send_signal = bridge_transport_send_signal,
    .transport_terminate = bridge_transport_terminate,
    .transport_kill = bridge_transport_kill,
    .server_close = bridge_server_close,
    .server_wait_closed = bridge_server_wait_closed,
    .server_is_serving = bridge_server_is_serving,
    .server_get_sockname = bridge_server_get_sockname,
    .server_release = bridge_server_release,
};

static struct loop_operations operations;
static struct loop_variant variants[MOST_VARIANTS];
static const struct loop_variant *variant_list[MOST_VARIANTS];
static struct loop_api api = {
    .size = sizeof api, .abi_version = LOOP_ABI_VERSION, .variants = variant_list};
static PyObject *description; /* owns the strings of the table */

loop_status bridge_open(const struct loop_variant *variant, const struct loop_open_options *options,
                        struct loop **opened)
{
    void *made = NULL;
    (void)options;
    PyGILState_STATE state = interpreter_enter();
    loop_status status = call_making(description, "open", &made, "(s)", variant->name);
    interpreter_leave(state);
    if (status == LOOP_OK)
        *opened = made;
    return status;
}

/* A loop that has no such thing has no such member. */
static void leave_out(PyObject *missing)
{
    static const struct {
        const char *name;
        size_t offset;
        size_t size;
    } optional[] = {
        {"set_child_watcher", offsetof(struct loop_operations, set_child_watcher),
         sizeof operations.set_child_watcher},
    };
    operations = all_operations;
    for (size_t i = 0; i < sizeof optional / sizeof *optional; i++) {
        PyObject *name = PyUnicode_FromString(optional[i].name);
        if (PySequence_Contains(missing, name) == 1)
            memset((char *)&operations + optional[i].offset, 0, optional[i].size);
        Py_XDECREF(name);
    }
}

/* (name, selector, platform, default) */
static int add_variant(PyObject *row)
{
    struct loop_variant *variant = &variants[api.variant_count];
    int is_default;
    *variant = (struct loop_variant){
        .size = sizeof *variant, .kind = "selector", .operations = &operations};
    if (api.variant_count == MOST_VARIANTS ||
        !PyArg_ParseTuple(row, "sssp", &variant->name, &variant->selector, &variant->platform,
                          &is_default))
        return 0;
    variant->flags = is_default ? LOOP_VARIANT_DEFAULT : 0;
    variant_list[api.variant_count++] = variant;
    return 1;
}

static int fill(PyObject *told)
{
    PyObject *rows, *missing;
    if (!PyArg_ParseTuple(told, "ssIOO", &api.name, &api.version, &api.profile, &rows, &missing))
        return 0;
    api.flags = LOOP_CLAIMS_ASYNCIO;
    leave_out(missing);
    for (Py_ssize_t i = 0; i < PyList_Size(rows); i++) {
        if (!add_variant(PyList_GetItem(rows, i)))
            return 0;
    }
    return 1;
}

/* The module says itself what is wrong with what the user asked for, and ends then with None. */
static int describe(void)
{
    PyObject *module = PyImport_ImportModule("loopcheck_asyncio");
    description = module == NULL ? NULL : PyObject_CallMethod(module, "describe", NULL);
    Py_XDECREF(module);
    if (description == Py_None)
        return 0;
    PyObject *told = description == NULL ? NULL : PyObject_GetAttrString(description, "table");
    if (told != NULL && fill(told))
        return 1;
    PyErr_Print();
    return 0;
}

LOOP_EXPORT const struct loop_api *loopcheck_asyncio_start(const char *executable,
                                                           const char *folder)
{
    if (!interpreter_start(executable, folder))
        return NULL;
    PyGILState_STATE state = interpreter_enter();
    int works = describe();
    interpreter_leave(state);
    return works ? &api : NULL;
}
