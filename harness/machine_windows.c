/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "text.h"
#include "workers_windows.h"

/* MinGW's headers lack it. Windows 10 1803 and later know it. */
#ifndef CREATE_WAITABLE_TIMER_HIGH_RESOLUTION
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION 0x00000002
#endif

const char *const machine_debuggers[] = {"windbg", "gdb --args", NULL};

bool machine_is_wine(void)
{
    return GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version") != NULL;
}

int64_t check_now(void)
{
    static LARGE_INTEGER frequency;
    LARGE_INTEGER now;
    if (frequency.QuadPart == 0)
        QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&now);
    int64_t seconds = now.QuadPart / frequency.QuadPart;
    int64_t rest = now.QuadPart % frequency.QuadPart;
    return seconds * SECONDS(1) + rest * SECONDS(1) / frequency.QuadPart;
}

/* Sleep counts in ticks of up to 15.6 ms; this timer, where it is there, does not. */
static bool block_precisely(int64_t duration)
{
    LARGE_INTEGER relative = {.QuadPart = -(duration / 100 + 1)};
    HANDLE timer =
        CreateWaitableTimerExW(NULL, NULL, CREATE_WAITABLE_TIMER_HIGH_RESOLUTION, TIMER_ALL_ACCESS);
    if (timer == NULL)
        return false;
    bool blocked = SetWaitableTimer(timer, &relative, 0, NULL, NULL, FALSE) &&
                   WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0;
    CloseHandle(timer);
    return blocked;
}

void check_block(int64_t duration)
{
    int64_t end = check_now() + duration;
    for (int64_t left = duration; left > 0; left = end - check_now()) {
        if (!block_precisely(left))
            Sleep((DWORD)((left + MILLISECONDS(1) - 1) / MILLISECONDS(1)));
    }
}

long machine_processors(void)
{
    SYSTEM_INFO information;
    GetSystemInfo(&information);
    return (long)information.dwNumberOfProcessors;
}

int64_t machine_cpu(void)
{
    FILETIME created, exited, kernel, user;
    if (!GetProcessTimes(GetCurrentProcess(), &created, &exited, &kernel, &user))
        return 0;
    return nanoseconds_of(kernel) + nanoseconds_of(user);
}

int64_t machine_delay(int64_t process)
{
    (void)process;
    return 0;
}

int64_t machine_process(void)
{
    return (int64_t)GetCurrentProcessId();
}

/* A few hundred thousand dependent steps: 0.3 ms of plain code on a slow machine. CPU time is told
 * in ticks too long for them. */
static int64_t measure_steps(void)
{
    volatile uint32_t value = 1;
    int64_t start = check_now();
    for (int i = 0; i < 50000; i++)
        value = value * 1664525U + 1013904223U;
    return check_now() - start;
}

int64_t machine_slowness(void)
{
    static int64_t slowness;
    if (slowness == 0) {
        int64_t best = measure_steps();
        for (int i = 0; i < 4; i++) {
            int64_t steps = measure_steps();
            best = steps < best ? steps : best;
        }
        slowness = 1 + best / MILLISECONDS(1);
    }
    return slowness;
}

bool machine_set_variable(const char *name, const char *value)
{
    return _putenv_s(name, value) == 0;
}

void machine_exit(int status)
{
    TerminateProcess(GetCurrentProcess(), (UINT)status);
    abort();
}

/* ---- directories; their names are UTF-8 here, as the ABI's texts are */

static bool widen(wchar_t *to, int room, const char *from)
{
    return MultiByteToWideChar(CP_UTF8, 0, from, -1, to, room) > 0;
}

bool machine_make_named_directory(const char *path)
{
    wchar_t wide[PATH_ROOM];
    return widen(wide, PATH_ROOM, path) && CreateDirectoryW(wide, NULL);
}

bool machine_make_directory(char *path, size_t size)
{
    wchar_t folder[MAX_PATH + 1];
    wchar_t full[MAX_PATH + 1];
    char parent[PATH_ROOM];
    path[0] = '\0';
    DWORD length = GetTempPathW(MAX_PATH, folder);
    if (length == 0 || length > MAX_PATH ||
        GetLongPathNameW(folder, full, MAX_PATH) - 1 >= MAX_PATH - 1 ||
        WideCharToMultiByte(CP_UTF8, 0, full, -1, parent, sizeof parent, NULL, NULL) == 0)
        return false;
    for (unsigned i = 0; i < 1000; i++) {
        text_print(path, size, "%sloopcheck-%lu-%llx", parent, (unsigned long)GetCurrentProcessId(),
                   (unsigned long long)check_now() + i);
        if (machine_make_named_directory(path))
            return true;
        if (GetLastError() != ERROR_ALREADY_EXISTS)
            break;
    }
    path[0] = '\0';
    return false;
}

static void remove_tree(const wchar_t *path)
{
    wchar_t inside[PATH_ROOM];
    WIN32_FIND_DATAW entry;
    if (_snwprintf(inside, PATH_ROOM, L"%ls\\*", path) < 0)
        return;
    HANDLE search = FindFirstFileW(inside, &entry);
    if (search == INVALID_HANDLE_VALUE)
        return;
    do {
        DWORD attributes = entry.dwFileAttributes;
        if (wcscmp(entry.cFileName, L".") == 0 || wcscmp(entry.cFileName, L"..") == 0 ||
            _snwprintf(inside, PATH_ROOM, L"%ls\\%ls", path, entry.cFileName) < 0)
            continue;
        if ((attributes & FILE_ATTRIBUTE_READONLY) != 0)
            SetFileAttributesW(inside, FILE_ATTRIBUTE_NORMAL);
        if ((attributes & FILE_ATTRIBUTE_DIRECTORY) == 0)
            DeleteFileW(inside);
        else if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0)
            remove_tree(inside);
        else
            RemoveDirectoryW(inside);
    } while (FindNextFileW(search, &entry));
    FindClose(search);
    RemoveDirectoryW(path);
}

void machine_remove_directory(const char *path)
{
    wchar_t wide[PATH_ROOM];
    if (!widen(wide, PATH_ROOM, path))
        return;
    remove_tree(wide);
    RemoveDirectoryW(wide);
}

void machine_quote(char *to, size_t size, const char *word)
{
    bool plain = *word != '\0' && strpbrk(word, " \t\"&|<>^()") == NULL;
    const char *quote = plain ? "" : "\"";
    text_print(to, size, "%s%s%s", quote, word, quote);
}
