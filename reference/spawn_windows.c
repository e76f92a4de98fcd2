/* SPDX-License-Identifier: MIT
 *
 * How does a program start? By CreateProcess, which takes one command line, and hands on no handle
 * but those that are listed for it. */
#include "spawn.h"

#include <signal.h>
#include <stdlib.h>
#include <windows.h>

#include "command_windows.h"

/* With what a child ends that is ended. */
#define TERMINATED 1

/* ---- its standard handles */

/* What the child inherits, as copies that can be inherited; no handle twice. */
struct stdio {
    HANDLE all[3];
    DWORD count;
    HANDLE std[3]; /* NULL: none */
};

static int add_copy(struct stdio *stdio, HANDLE of, HANDLE *std)
{
    HANDLE here = GetCurrentProcess(), copy;

    if (!DuplicateHandle(here, of, here, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS))
        return (int)GetLastError();
    *std = stdio->all[stdio->count++] = copy;
    return 0;
}

static int fill_stdio(struct stdio *stdio, const loop_fd *std)
{
    static const DWORD names[3] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    int error = 0;

    for (int i = 0; i < 3 && error == 0; i++) {
        HANDLE inherited = GetStdHandle(names[i]);

        if (std[i] == SPAWN_MERGE)
            stdio->std[i] = stdio->std[1];
        else if (std[i] != SPAWN_INHERIT)
            error = add_copy(stdio, (HANDLE)std[i], &stdio->std[i]);
        else if (inherited && inherited != INVALID_HANDLE_VALUE)
            error = add_copy(stdio, inherited, &stdio->std[i]);
    }
    return error;
}

static void close_stdio(struct stdio *stdio)
{
    for (DWORD i = 0; i < stdio->count; i++)
        CloseHandle(stdio->all[i]);
}

/* ---- starting it */

/* NULL without memory. */
static LPPROC_THREAD_ATTRIBUTE_LIST list_handles(struct stdio *stdio)
{
    LPPROC_THREAD_ATTRIBUTE_LIST list;
    SIZE_T size = 0;

    InitializeProcThreadAttributeList(NULL, 1, 0, &size);
    list = malloc(size);
    if (!list || !InitializeProcThreadAttributeList(list, 1, 0, &size)) {
        free(list);
        return NULL;
    }
    if (stdio->count > 0)
        UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, stdio->all,
                                  stdio->count * sizeof stdio->all[0], NULL, NULL);
    return list;
}

static void free_list(LPPROC_THREAD_ATTRIBUTE_LIST list)
{
    DeleteProcThreadAttributeList(list);
    free(list);
}

static int create(const struct spawn *spawn, struct command *command, struct stdio *stdio,
                  PROCESS_INFORMATION *made)
{
    STARTUPINFOEXW info = {.StartupInfo = {.cb = sizeof info,
                                           .dwFlags = STARTF_USESTDHANDLES,
                                           .hStdInput = stdio->std[0],
                                           .hStdOutput = stdio->std[1],
                                           .hStdError = stdio->std[2]}};
    DWORD flags = CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT |
                  (spawn->new_session ? CREATE_NEW_PROCESS_GROUP : 0);
    int error = 0;

    info.lpAttributeList = list_handles(stdio);
    if (!info.lpAttributeList)
        return ERROR_NOT_ENOUGH_MEMORY;
    if (!CreateProcessW(NULL, command->line, NULL, NULL, stdio->count > 0, flags, command->env,
                        command->cwd, &info.StartupInfo, made))
        error = (int)GetLastError();
    free_list(info.lpAttributeList);
    return error;
}

int spawn(const struct spawn *spawn, struct child *child)
{
    struct command command = {0};
    struct stdio stdio = {.count = 0};
    PROCESS_INFORMATION made;
    int error = command_make(spawn, &command);

    if (error == 0)
        error = fill_stdio(&stdio, spawn->std);
    if (error == 0)
        error = create(spawn, &command, &stdio, &made);
    close_stdio(&stdio);
    command_free(&command);
    if (error != 0)
        return error;
    CloseHandle(made.hThread);
    *child = (struct child){.pid = made.dwProcessId, .process = (loop_fd)made.hProcess};
    return 0;
}

/* ---- a child's later life */

/* One that has ended already refuses, and that is no error. */
int child_kill(const struct child *child)
{
    DWORD error = TerminateProcess((HANDLE)child->process, TERMINATED) ? 0 : GetLastError();

    return error == ERROR_ACCESS_DENIED ? 0 : (int)error;
}

int child_terminate(const struct child *child)
{
    return child_kill(child);
}

/* As Python does: what a console can send, and the end. */
int child_signal(const struct child *child, int signum)
{
    if (signum == SIGTERM)
        return child_terminate(child);
    if (signum != CTRL_C_EVENT && signum != CTRL_BREAK_EVENT)
        return ERROR_INVALID_PARAMETER;
    return GenerateConsoleCtrlEvent((DWORD)signum, (DWORD)child->pid) ? 0 : (int)GetLastError();
}

int child_reap(const struct child *child, bool wait, bool *ended, int *code)
{
    HANDLE process = (HANDLE)child->process;
    DWORD told = 0;

    *ended = WaitForSingleObject(process, wait ? INFINITE : 0) != WAIT_TIMEOUT;
    if (!*ended)
        return 0;
    GetExitCodeProcess(process, &told);
    *code = (int)told;
    CloseHandle(process);
    return 0;
}
