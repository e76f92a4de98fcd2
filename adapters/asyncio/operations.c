/* SPDX-License-Identifier: MIT
 *
 * Operations that complete later. Each is a task in the loop, which is also the user's handle. What
 * belongs to all of them goes to Python as one tuple: (factory, factory_arg, done, arg). */
#include "bridge.h"

#define WHO "(KKKK)"
#define WHO_OF(factory, factory_arg, done, arg)                                                    \
    FUNCTION(factory), as_number(factory_arg), FUNCTION(done), as_number(arg)

/* The ABI's list of strings as bytes; None for no list. */
static PyObject *strings_to_python(const char *const *strings)
{
    if (strings == NULL)
        Py_RETURN_NONE;
    PyObject *list = PyList_New(0);
    for (; list != NULL && *strings != NULL; strings++) {
        PyObject *string = PyBytes_FromString(*strings);
        if (string == NULL || PyList_Append(list, string) != 0)
            Py_CLEAR(list);
        Py_XDECREF(string);
    }
    return list;
}

/* What Py_BuildValue's N takes is made under the interpreter's lock. */
#define WITH_LOCK(statement)                                                                       \
    do {                                                                                           \
        PyGILState_STATE state = interpreter_enter();                                              \
        statement;                                                                                 \
        interpreter_leave(state);                                                                  \
    } while (0)

static loop_status connect(struct loop *loop, const char *operation,
                           const struct loop_connection_options *options,
                           loop_protocol_factory factory, void *factory_arg, loop_connected done,
                           void *arg, struct loop_handle **handle)
{
    loop_status status;
    WITH_LOCK(status = call_making(loop, operation, (void **)handle, "(" WHO "NNL)",
                                   WHO_OF(factory, factory_arg, done, arg),
                                   address_to_python(&options->remote),
                                   address_to_python(options->local), (long long)options->sock));
    return status;
}

loop_status bridge_create_connection(struct loop *loop,
                                     const struct loop_connection_options *options,
                                     loop_protocol_factory factory, void *factory_arg,
                                     loop_connected done, void *arg, struct loop_handle **handle)
{
    return connect(loop, "create_connection", options, factory, factory_arg, done, arg, handle);
}

loop_status bridge_create_unix_connection(struct loop *loop,
                                          const struct loop_connection_options *options,
                                          loop_protocol_factory factory, void *factory_arg,
                                          loop_connected done, void *arg,
                                          struct loop_handle **handle)
{
    return connect(loop, "create_unix_connection", options, factory, factory_arg, done, arg,
                   handle);
}

static loop_status serve(struct loop *loop, const char *operation,
                         const struct loop_server_options *options, loop_protocol_factory factory,
                         void *factory_arg, loop_serving done, void *arg,
                         struct loop_handle **handle)
{
    loop_status status;
    WITH_LOCK(status = call_making(loop, operation, (void **)handle, "(" WHO "NLII)",
                                   WHO_OF(factory, factory_arg, done, arg),
                                   address_to_python(&options->local), (long long)options->sock,
                                   options->backlog, options->flags));
    return status;
}

loop_status bridge_create_server(struct loop *loop, const struct loop_server_options *options,
                                 loop_protocol_factory factory, void *factory_arg,
                                 loop_serving done, void *arg, struct loop_handle **handle)
{
    return serve(loop, "create_server", options, factory, factory_arg, done, arg, handle);
}

loop_status bridge_create_unix_server(struct loop *loop, const struct loop_server_options *options,
                                      loop_protocol_factory factory, void *factory_arg,
                                      loop_serving done, void *arg, struct loop_handle **handle)
{
    return serve(loop, "create_unix_server", options, factory, factory_arg, done, arg, handle);
}

loop_status bridge_create_datagram_endpoint(struct loop *loop,
                                            const struct loop_datagram_options *options,
                                            loop_protocol_factory factory, void *factory_arg,
                                            loop_connected done, void *arg,
                                            struct loop_handle **handle)
{
    loop_status status;
    WITH_LOCK(status =
                  call_making(loop, "create_datagram_endpoint", (void **)handle, "(" WHO "NNLII)",
                              WHO_OF(factory, factory_arg, done, arg),
                              address_to_python(options->local), address_to_python(options->remote),
                              (long long)options->sock, options->flags, options->family));
    return status;
}

loop_status bridge_connect_read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                     void *factory_arg, loop_connected done, void *arg,
                                     struct loop_handle **handle)
{
    return call_making(loop, "connect_read_pipe", (void **)handle, "(" WHO "L)",
                       WHO_OF(factory, factory_arg, done, arg), (long long)fd);
}

loop_status bridge_connect_write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                      void *factory_arg, loop_connected done, void *arg,
                                      struct loop_handle **handle)
{
    return call_making(loop, "connect_write_pipe", (void **)handle, "(" WHO "L)",
                       WHO_OF(factory, factory_arg, done, arg), (long long)fd);
}

/* ---- child processes */

static loop_status spawn(struct loop *loop, const char *operation, PyObject *program,
                         const struct loop_subprocess_options *options,
                         loop_protocol_factory factory, void *factory_arg, loop_connected done,
                         void *arg, struct loop_handle **handle)
{
    const struct loop_stdio *std = options->std;
    return call_making(loop, operation, (void **)handle, "(" WHO "NNy(IL)(IL)(IL)I)",
                       WHO_OF(factory, factory_arg, done, arg), program,
                       strings_to_python(options->env), options->cwd == NULL ? "" : options->cwd,
                       std[0].how, (long long)std[0].fd, std[1].how, (long long)std[1].fd,
                       std[2].how, (long long)std[2].fd, options->flags);
}

loop_status bridge_subprocess_exec(struct loop *loop, const struct loop_subprocess_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **handle)
{
    loop_status status;
    WITH_LOCK(status = spawn(loop, "subprocess_exec", strings_to_python(options->argv), options,
                             factory, factory_arg, done, arg, handle));
    return status;
}

loop_status bridge_subprocess_shell(struct loop *loop,
                                    const struct loop_subprocess_options *options,
                                    loop_protocol_factory factory, void *factory_arg,
                                    loop_connected done, void *arg, struct loop_handle **handle)
{
    loop_status status;
    WITH_LOCK(status = spawn(loop, "subprocess_shell",
                             options->command == NULL ? Py_BuildValue("")
                                                      : PyBytes_FromString(options->command),
                             options, factory, factory_arg, done, arg, handle));
    return status;
}

loop_status bridge_set_child_watcher(struct loop *loop, uint32_t watcher)
{
    return call_status(loop, "set_child_watcher", "(I)", watcher);
}
