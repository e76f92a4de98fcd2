/* SPDX-License-Identifier: MIT
 *
 * The module _loopcheck_bridge: what Python calls. Pointers to C functions and to what they are
 * given are numbers there; a protocol is a capsule. */
#include <stdlib.h>
#include <string.h>

#include "bridge.h"
#include "loop_errno.h"

static const char protocol_name[] = "loop_protocol";

static struct loop_protocol *protocol_of(PyObject *capsule)
{
    return PyCapsule_GetPointer(capsule, protocol_name);
}

static void *pointer(unsigned long long number)
{
    return (void *)(uintptr_t)number;
}

/* ISO C has no cast between pointers to data and to functions; a number is both. */
#define POINTER_TO(type, number) ((type)(uintptr_t)(number))

/* call(callback, arg) */
static PyObject *call(PyObject *module, PyObject *arguments)
{
    unsigned long long callback, arg;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "KK", &callback, &arg))
        return NULL;
    struct outside outside = interpreter_go_out();
    POINTER_TO(loop_callback, callback)(pointer(arg));
    interpreter_come_back(outside);
    Py_RETURN_NONE;
}

/* connected(done, arg, status, transport's address or 0): its reference was given, and perhaps given
 * back, since connection_made. */
static PyObject *connected(PyObject *module, PyObject *arguments)
{
    unsigned long long done, arg, transport;
    int status;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "KKiK", &done, &arg, &status, &transport))
        return NULL;
    struct outside outside = interpreter_go_out();
    POINTER_TO(loop_connected, done)(pointer(arg), status, pointer(transport));
    interpreter_come_back(outside);
    Py_RETURN_NONE;
}

/* serving(done, arg, status, server or None): a new reference is the receiver's. */
static PyObject *serving(PyObject *module, PyObject *arguments)
{
    unsigned long long done, arg;
    int status;
    PyObject *server;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "KKiO", &done, &arg, &status, &server))
        return NULL;
    if (server != Py_None)
        Py_INCREF(server);
    struct outside outside = interpreter_go_out();
    POINTER_TO(loop_serving, done)
    (pointer(arg), status, server == Py_None ? NULL : (struct loop_server *)server);
    interpreter_come_back(outside);
    Py_RETURN_NONE;
}

/* exception(handler, arg, status, message) */
static PyObject *exception(PyObject *module, PyObject *arguments)
{
    unsigned long long handler, arg;
    int status;
    const char *message;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "KKis", &handler, &arg, &status, &message))
        return NULL;
    struct loop_exception_context context = {
        .size = sizeof context, .status = status, .message = message};
    struct outside outside = interpreter_go_out();
    POINTER_TO(loop_exception_handler, handler)(pointer(arg), &context);
    interpreter_come_back(outside);
    Py_RETURN_NONE;
}

/* ---- protocols */

static void free_protocol(PyObject *capsule)
{
    free(protocol_of(capsule));
}

/* make_protocol(factory, arg): a protocol, or the status with which the factory refused. */
static PyObject *make_protocol(PyObject *module, PyObject *arguments)
{
    unsigned long long factory, arg;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "KK", &factory, &arg))
        return NULL;
    struct loop_protocol *protocol = calloc(1, sizeof *protocol);
    if (protocol == NULL)
        return PyErr_NoMemory();
    protocol->size = sizeof *protocol;
    struct outside outside = interpreter_go_out();
    loop_status status = POINTER_TO(loop_protocol_factory, factory)(pointer(arg), protocol);
    interpreter_come_back(outside);
    if (status == LOOP_OK)
        return PyCapsule_New(protocol, protocol_name, free_protocol);
    free(protocol);
    return PyLong_FromLong(status);
}

/* connection_made(protocol, transport): the user owns a reference from here on. */
static PyObject *connection_made(PyObject *module, PyObject *arguments)
{
    PyObject *capsule, *transport;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "OO", &capsule, &transport))
        return NULL;
    struct loop_protocol *protocol = protocol_of(capsule);
    if (protocol->connection_made == NULL)
        Py_RETURN_NONE;
    Py_INCREF(transport);
    struct outside outside = interpreter_go_out();
    protocol->connection_made(protocol->user, (struct loop_transport *)transport);
    interpreter_come_back(outside);
    Py_RETURN_NONE;
}

/* NAME(protocol) for members that take nothing else. */
#define TELL(name)                                                                                 \
    static PyObject *name(PyObject *module, PyObject *capsule)                                     \
    {                                                                                              \
        struct loop_protocol *protocol = protocol_of(capsule);                                     \
        (void)module;                                                                              \
        if (protocol == NULL)                                                                      \
            return NULL;                                                                           \
        if (protocol->name == NULL)                                                                \
            Py_RETURN_NONE;                                                                        \
        struct outside outside = interpreter_go_out();                                             \
        protocol->name(protocol->user);                                                            \
        interpreter_come_back(outside);                                                            \
        Py_RETURN_NONE;                                                                            \
    }

TELL(pause_writing)
TELL(resume_writing)
TELL(process_exited)

/* NAME(protocol, status) */
#define TELL_STATUS(name)                                                                          \
    static PyObject *name(PyObject *module, PyObject *arguments)                                   \
    {                                                                                              \
        PyObject *capsule;                                                                         \
        int status;                                                                                \
        (void)module;                                                                              \
        if (!PyArg_ParseTuple(arguments, "Oi", &capsule, &status))                                 \
            return NULL;                                                                           \
        struct loop_protocol *protocol = protocol_of(capsule);                                     \
        if (protocol->name == NULL)                                                                \
            Py_RETURN_NONE;                                                                        \
        struct outside outside = interpreter_go_out();                                             \
        protocol->name(protocol->user, status);                                                    \
        interpreter_come_back(outside);                                                            \
        Py_RETURN_NONE;                                                                            \
    }

TELL_STATUS(connection_lost)
TELL_STATUS(error_received)

static PyObject *eof_received(PyObject *module, PyObject *capsule)
{
    struct loop_protocol *protocol = protocol_of(capsule);
    int keeps = 0;
    (void)module;
    if (protocol == NULL)
        return NULL;
    if (protocol->eof_received != NULL) {
        struct outside outside = interpreter_go_out();
        keeps = protocol->eof_received(protocol->user);
        interpreter_come_back(outside);
    }
    return PyBool_FromLong(keeps != 0);
}

/* data_received(protocol, data) */
static PyObject *data_received(PyObject *module, PyObject *arguments)
{
    PyObject *capsule, *data;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "OS", &capsule, &data))
        return NULL;
    struct loop_protocol *protocol = protocol_of(capsule);
    if (protocol->data_received == NULL)
        Py_RETURN_NONE;
    const char *bytes = PyBytes_AsString(data);
    size_t length = (size_t)PyBytes_Size(data);
    struct outside outside = interpreter_go_out();
    protocol->data_received(protocol->user, bytes, length);
    interpreter_come_back(outside);
    Py_RETURN_NONE;
}

/* datagram_received(protocol, data, address) */
static PyObject *datagram_received(PyObject *module, PyObject *arguments)
{
    PyObject *capsule, *data, *address;
    struct loop_address from;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "OSO", &capsule, &data, &address) ||
        !address_from_python(address, &from))
        return NULL;
    struct loop_protocol *protocol = protocol_of(capsule);
    if (protocol->datagram_received == NULL)
        Py_RETURN_NONE;
    const char *bytes = PyBytes_AsString(data);
    size_t length = (size_t)PyBytes_Size(data);
    struct outside outside = interpreter_go_out();
    protocol->datagram_received(protocol->user, bytes, length, &from);
    interpreter_come_back(outside);
    Py_RETURN_NONE;
}

/* pipe_data_received(protocol, child_fd, data) */
static PyObject *pipe_data_received(PyObject *module, PyObject *arguments)
{
    PyObject *capsule, *data;
    int child_fd;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "OiS", &capsule, &child_fd, &data))
        return NULL;
    struct loop_protocol *protocol = protocol_of(capsule);
    if (protocol->pipe_data_received == NULL)
        Py_RETURN_NONE;
    const char *bytes = PyBytes_AsString(data);
    size_t length = (size_t)PyBytes_Size(data);
    struct outside outside = interpreter_go_out();
    protocol->pipe_data_received(protocol->user, child_fd, bytes, length);
    interpreter_come_back(outside);
    Py_RETURN_NONE;
}

/* pipe_connection_lost(protocol, child_fd, status) */
static PyObject *pipe_connection_lost(PyObject *module, PyObject *arguments)
{
    PyObject *capsule;
    int child_fd, status;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "Oii", &capsule, &child_fd, &status))
        return NULL;
    struct loop_protocol *protocol = protocol_of(capsule);
    if (protocol->pipe_connection_lost == NULL)
        Py_RETURN_NONE;
    struct outside outside = interpreter_go_out();
    protocol->pipe_connection_lost(protocol->user, child_fd, status);
    interpreter_come_back(outside);
    Py_RETURN_NONE;
}

/* tell_address(receive, arg, address) */
static PyObject *tell_address(PyObject *module, PyObject *arguments)
{
    unsigned long long receive, arg;
    PyObject *address;
    struct loop_address told;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "KKO", &receive, &arg, &address) ||
        !address_from_python(address, &told))
        return NULL;
    struct outside outside = interpreter_go_out();
    POINTER_TO(void (*)(void *, const struct loop_address *), receive)(pointer(arg), &told);
    interpreter_come_back(outside);
    Py_RETURN_NONE;
}

/* status_of_errno(number) */
static PyObject *status_of_errno(PyObject *module, PyObject *number)
{
    (void)module;
    return PyLong_FromLong(loop_status_of_errno((int)PyLong_AsLong(number)));
}

static PyMethodDef functions[] = {
    {"call", call, METH_VARARGS, NULL},
    {"connected", connected, METH_VARARGS, NULL},
    {"serving", serving, METH_VARARGS, NULL},
    {"exception", exception, METH_VARARGS, NULL},
    {"make_protocol", make_protocol, METH_VARARGS, NULL},
    {"connection_made", connection_made, METH_VARARGS, NULL},
    {"connection_lost", connection_lost, METH_VARARGS, NULL},
    {"data_received", data_received, METH_VARARGS, NULL},
    {"eof_received", eof_received, METH_O, NULL},
    {"pause_writing", pause_writing, METH_O, NULL},
    {"resume_writing", resume_writing, METH_O, NULL},
    {"datagram_received", datagram_received, METH_VARARGS, NULL},
    {"error_received", error_received, METH_VARARGS, NULL},
    {"pipe_data_received", pipe_data_received, METH_VARARGS, NULL},
    {"pipe_connection_lost", pipe_connection_lost, METH_VARARGS, NULL},
    {"process_exited", process_exited, METH_O, NULL},
    {"tell_address", tell_address, METH_VARARGS, NULL},
    {"status_of_errno", status_of_errno, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

/* ---- the ABI's numbers under the ABI's names */

#define NUMBER(name)                                                                               \
    {                                                                                              \
#name, LOOP_##name                                                                         \
    }

static const struct {
    const char *name;
    long number;
} numbers[] = {
    NUMBER(OK),
    NUMBER(NOT_IMPLEMENTED),
    NUMBER(VALUE),
    NUMBER(TYPE),
    NUMBER(RUNTIME),
    NUMBER(CLOSED),
    NUMBER(CANCELLED),
    NUMBER(NO_MEMORY),
    NUMBER(NOT_FOUND),
    NUMBER(FAILED),
    NUMBER(NOENT),
    NUMBER(SRCH),
    NUMBER(AGAIN),
    NUMBER(ACCES),
    NUMBER(EXIST),
    NUMBER(PIPE),
    NUMBER(NAMETOOLONG),
    NUMBER(NOTSOCK),
    NUMBER(CONNABORTED),
    NUMBER(CONNRESET),
    NUMBER(NOTCONN),
    NUMBER(TIMEDOUT),
    NUMBER(CONNREFUSED),
    NUMBER(NAME_NOT_RESOLVED),
    NUMBER(ADDRESS_ANY),
    NUMBER(ADDRESS_INET),
    NUMBER(ADDRESS_INET6),
    NUMBER(ADDRESS_UNIX),
    NUMBER(REUSE_ADDRESS),
    NUMBER(REUSE_PORT),
    NUMBER(ALLOW_BROADCAST),
    NUMBER(STDIO_INHERIT),
    NUMBER(STDIO_PIPE),
    NUMBER(STDIO_NULL),
    NUMBER(STDIO_STDOUT),
    NUMBER(STDIO_FD),
    NUMBER(START_NEW_SESSION),
    NUMBER(WATCHER_DEFAULT),
    NUMBER(WATCHER_PIDFD),
    NUMBER(WATCHER_THREAD),
    NUMBER(WATCHER_SIGCHLD),
};

PyObject *module_make(void)
{
    static struct PyModuleDef definition = {
        PyModuleDef_HEAD_INIT, "_loopcheck_bridge", NULL, -1, functions, NULL, NULL, NULL, NULL};
    PyObject *module = PyModule_Create(&definition);
    for (size_t i = 0; module != NULL && i < sizeof numbers / sizeof *numbers; i++)
        PyModule_AddIntConstant(module, numbers[i].name, numbers[i].number);
    return module;
}
