/* SPDX-License-Identifier: MIT
 *
 * The ABI's addresses as tuples (family, host, port, scope, path). */
#include "bridge.h"

static int is_given(const struct loop_address *address)
{
    return address != NULL && (address->host != NULL || address->path != NULL ||
                               address->port != 0 || address->family != LOOP_ADDRESS_ANY);
}

PyObject *address_to_python(const struct loop_address *address)
{
    if (!is_given(address))
        Py_RETURN_NONE;
    PyObject *path = Py_None;
    if (address->path == NULL)
        Py_INCREF(path);
    else
        path = PyBytes_FromStringAndSize(address->path, (Py_ssize_t)address->path_length);
    return Py_BuildValue("(IzIIN)", address->family, address->host, address->port,
                         address->scope_id, path);
}

/* The strings are the tuple's own. */
int address_from_python(PyObject *address, struct loop_address *to)
{
    char *host;
    PyObject *path;
    *to = (struct loop_address){.size = sizeof *to};
    if (!PyArg_ParseTuple(address, "IzIIO", &to->family, &host, &to->port, &to->scope_id, &path))
        return 0;
    to->host = host;
    if (path != Py_None && PyBytes_Size(path) > 0) {
        to->path = PyBytes_AsString(path);
        to->path_length = (size_t)PyBytes_Size(path);
    }
    return 1;
}
