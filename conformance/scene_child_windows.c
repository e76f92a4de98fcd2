/* SPDX-License-Identifier: MIT
 *
 * What a check asks of Windows about children. The scripts are read by loopcheck-child, which lies
 * beside the runner or where LOOPCHECK_CHILD says. */
#include "scene_child.h"
#include "scene_windows.h"

#include <stdio.h>
#include <stdlib.h>
#include <tlhelp32.h>

const char child_prints_20000[] = "zeros 20000";

static const char *find_program(struct check *c)
{
    static char path[WIDE];
    const char *named = getenv("LOOPCHECK_CHILD");
    DWORD length = GetModuleFileNameA(NULL, path, WIDE - 20);
    char *slash = strrchr(path, '\\');

    if (named != NULL && named[0] != '\0')
        return named;
    if (length == 0 || length >= WIDE - 20 || slash == NULL)
        check_skip(c, "where loopcheck-child is cannot be told: set LOOPCHECK_CHILD");
    strcpy(slash + 1, "loopcheck-child.exe");
    if (GetFileAttributesA(path) == INVALID_FILE_ATTRIBUTES)
        check_skip(c, "there is no %s", path);
    return path;
}

void child_shell_line(struct check *c, const char *script, const char *argv[4])
{
    argv[0] = find_program(c);
    argv[1] = "-c";
    argv[2] = script;
    argv[3] = NULL;
}

/* One that has ended is nothing that is left: Windows keeps it only for those who hold a handle. */
bool child_any_left(void)
{
    PROCESSENTRY32 entry = {.dwSize = sizeof entry};
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    bool found = false;

    if (all == INVALID_HANDLE_VALUE)
        return false;
    for (BOOL more = Process32First(all, &entry); more; more = Process32Next(all, &entry))
        found = found || (entry.th32ParentProcessID == GetCurrentProcessId() &&
                          _stricmp(entry.szExeFile, "conhost.exe") != 0);
    CloseHandle(all);
    return found;
}

int child_descriptors(void)
{
    return scene_count_handles();
}
