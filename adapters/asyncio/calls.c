/* SPDX-License-Identifier: MIT
 *
 * Calls of a method of an object in loopcheck_asyncio. Those methods turn the loop's exceptions
 * into statuses; one that comes here is a defect of the adapter, and is printed. */
#include "bridge.h"

PyObject *call_method(void *object, const char *name, const char *format, va_list arguments)
{
    PyObject *method = PyObject_GetAttrString(object, name);
    PyObject *tuple = Py_VaBuildValue(format, arguments);
    PyObject *result = NULL;
    if (method != NULL && tuple != NULL)
        result = PyObject_CallObject(method, tuple);
    if (result == NULL)
        PyErr_Print();
    Py_XDECREF(method);
    Py_XDECREF(tuple);
    return result;
}

static loop_status status_of(PyObject *result)
{
    if (result == NULL)
        return LOOP_FAILED;
    return result == Py_None ? LOOP_OK : (loop_status)PyLong_AsLong(result);
}

loop_status call_status(void *object, const char *name, const char *format, ...)
{
    va_list arguments;
    PyGILState_STATE state = interpreter_enter();
    va_start(arguments, format);
    PyObject *result = call_method(object, name, format, arguments);
    va_end(arguments);
    loop_status status = status_of(result);
    Py_XDECREF(result);
    interpreter_leave(state);
    return status;
}

loop_status call_making(void *object, const char *name, void **made, const char *format, ...)
{
    va_list arguments;
    PyGILState_STATE state = interpreter_enter();
    va_start(arguments, format);
    PyObject *result = call_method(object, name, format, arguments);
    va_end(arguments);
    int is_status = result == NULL || result == Py_None || PyLong_Check(result);
    loop_status status = is_status ? status_of(result) : LOOP_OK;
    if (!is_status && made != NULL)
        *made = result;
    else
        Py_XDECREF(result);
    interpreter_leave(state);
    return status;
}

loop_status call_telling(void *object, const char *name, int64_t *told, const char *format, ...)
{
    va_list arguments;
    PyGILState_STATE state = interpreter_enter();
    va_start(arguments, format);
    PyObject *result = call_method(object, name, format, arguments);
    va_end(arguments);
    int tells = result != NULL && PyTuple_Check(result);
    loop_status status = tells ? LOOP_OK : status_of(result);
    if (tells)
        *told = PyLong_AsLongLong(PyTuple_GetItem(result, 0));
    Py_XDECREF(result);
    interpreter_leave(state);
    return status;
}

static PyObject *call_without_arguments(void *object, const char *name)
{
    PyObject *result = PyObject_CallMethod(object, name, NULL);
    if (result == NULL)
        PyErr_Print();
    return result;
}

int64_t call_number(void *object, const char *name, int64_t missing)
{
    PyGILState_STATE state = interpreter_enter();
    PyObject *result = call_without_arguments(object, name);
    int64_t number = missing;
    if (result != NULL)
        number = PyLong_AsLongLong(result);
    Py_XDECREF(result);
    interpreter_leave(state);
    return number;
}

void call_plain(void *object, const char *name)
{
    PyGILState_STATE state = interpreter_enter();
    PyObject *result = call_without_arguments(object, name);
    Py_XDECREF(result);
    interpreter_leave(state);
}

void release_object(void *object)
{
    PyGILState_STATE state = interpreter_enter();
    Py_DECREF((PyObject *)object);
    interpreter_leave(state);
}
