/* SPDX-License-Identifier: MIT
 *
 * A console, for a check that was started without one: a child is started with one that has no
 * window, and shared. A console of the check's own would want a desktop. */
#include "scene_child.h"
#include "scene_windows.h"

#include <stdio.h>

static HANDLE host; /* the child */

static bool has_console(void)
{
    HANDLE input = CreateFileA("CONIN$", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                               OPEN_EXISTING, 0, NULL);

    return input != INVALID_HANDLE_VALUE && CloseHandle(input);
}

static void end_host(void *arg)
{
    (void)arg;
    FreeConsole();
    TerminateProcess(host, 0);
    WaitForSingleObject(host, INFINITE);
    CloseHandle(host);
}

static DWORD start_host(struct check *c)
{
    STARTUPINFOA how = {.cb = sizeof how};
    PROCESS_INFORMATION made;
    const char *argv[4];
    char line[WIDE + 64];

    child_shell_line(c, "exec sleep 1000", argv);
    snprintf(line, sizeof line, "\"%s\" %s \"%s\"", argv[0], argv[1], argv[2]);
    WINDOWS_MUST(
        c, CreateProcessA(NULL, line, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, NULL, &how, &made),
        "a process with a console");
    CloseHandle(made.hThread);
    host = made.hProcess;
    check_at_end(c, end_host, NULL);
    return made.dwProcessId;
}

/* The child needs its time to have it. */
static void share_console(struct check *c)
{
    DWORD process = start_host(c);
    int64_t end = check_now() + SECONDS(20);

    FreeConsole();
    while (!AttachConsole(process)) {
        if (check_now() > end)
            check_skip(c, "no console can be had: %s", windows_text(GetLastError()));
        check_block(MILLISECONDS(10));
    }
}

/* To share it would change the standard handles. */
struct scene_pair scene_terminal(struct check *c)
{
    static const DWORD numbers[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    struct scene_pair pair;
    HANDLE before[3];

    for (int i = 0; i < 3; i++)
        before[i] = GetStdHandle(numbers[i]);
    if (!has_console())
        share_console(c);
    for (int i = 0; i < 3; i++)
        SetStdHandle(numbers[i], before[i]);
    pair.end = scene_open(c, "CONIN$");
    pair.peer = scene_open(c, "CONOUT$");
    return pair;
}
