/* SPDX-License-Identifier: MIT
 *
 * The interpreter's life: it starts once, when the loop is loaded, and lives as long as the process
 * and all that are forked from it. While C code runs its lock is free, so that threads of the user
 * can call in. */
#include <pthread.h>

#include "bridge.h"

/* Whether the calling thread runs Python: it has entered and not gone out. */
static _Thread_local int inside;

/* A thread of the user keeps Python's state for it until it ends: to make one anew for each call
 * costs more than the call. */
static pthread_key_t visitor;
static _Thread_local int known;

static void forget_thread(void *unused)
{
    (void)unused;
    PyGILState_Ensure();
    PyGILState_Release(PyGILState_LOCKED);
    PyGILState_Release(PyGILState_UNLOCKED); /* the one that keep_thread has kept */
}

static void keep_thread(void)
{
    known = 1;
    PyGILState_Ensure();
    pthread_setspecific(visitor, &visitor);
}

PyGILState_STATE interpreter_enter(void)
{
    PyGILState_STATE state = PyGILState_Ensure();
    if (!known)
        keep_thread();
    inside++;
    return state;
}

void interpreter_leave(PyGILState_STATE state)
{
    inside--;
    PyGILState_Release(state);
}

struct outside interpreter_go_out(void)
{
    struct outside outside = {.inside = inside};
    inside = 0;
    outside.thread = PyEval_SaveThread();
    return outside;
}

void interpreter_come_back(struct outside outside)
{
    PyEval_RestoreThread(outside.thread);
    inside = outside.inside;
}

/* A fork by C code is to Python what os.fork is; a fork by Python itself is none of ours. Two threads
 * may fork at once, one of each kind. */
static _Thread_local PyGILState_STATE forking_state;
static _Thread_local int forking;

static void before_fork(void)
{
    forking = inside == 0;
    if (!forking)
        return;
    forking_state = PyGILState_Ensure();
    PyOS_BeforeFork();
}

static void after_fork_in_parent(void)
{
    if (!forking)
        return;
    PyOS_AfterFork_Parent();
    PyGILState_Release(forking_state);
}

static void after_fork_in_child(void)
{
    if (!forking)
        return;
    PyOS_AfterFork_Child();
    PyGILState_Release(forking_state);
}

/* Deprecated since 3.11 for PyConfig, which is not in the stable ABI, where this stays. */
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif
static void set_program_name(const wchar_t *name)
{
    Py_SetProgramName(name);
}

static int add_to_path(const char *folder)
{
    PyObject *path = PySys_GetObject("path"); /* borrowed */
    PyObject *entry = PyUnicode_DecodeFSDefault(folder);
    int added = path != NULL && entry != NULL && PyList_Append(path, entry) == 0;
    Py_XDECREF(entry);
    return added;
}

int interpreter_start(const char *executable, const char *folder)
{
    wchar_t *name = Py_DecodeLocale(executable, NULL); /* Python keeps it */
    if (name == NULL || PyImport_AppendInittab("_loopcheck_bridge", module_make) != 0)
        return 0;
    set_program_name(name);
    if (pthread_key_create(&visitor, forget_thread) != 0)
        return 0;
    Py_InitializeEx(1); /* with its signal handlers: they are what a Python program begins with */
    PySys_SetObject("dont_write_bytecode", Py_True);
    if (!add_to_path(folder)) {
        PyErr_Print();
        return 0;
    }
    known = 1; /* Python's main thread, whose state nobody takes away */
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
    PyEval_SaveThread();
    return 1;
}
