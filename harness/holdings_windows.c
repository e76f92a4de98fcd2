/* SPDX-License-Identifier: MIT */
#include <winsock2.h>

#include "holdings_windows.h"

#include <stdlib.h>
#include <string.h>
#include <tlhelp32.h>

#include "text.h"

/* Native calls, documented or stable since Windows XP; the headers have none of their structs. */
enum { SYSTEM_EXTENDED_HANDLES = 64, OBJECT_TYPE = 2, THREAD_START_ADDRESS = 9 };

#define STATUS_LENGTH_MISMATCH ((LONG)0xC0000004)

struct system_handle {
    void *object;
    ULONG_PTR process;
    ULONG_PTR handle;
    ULONG access;
    USHORT back_trace;
    USHORT type;
    ULONG attributes;
    ULONG reserved;
};

struct system_handles {
    ULONG_PTR count;
    ULONG_PTR reserved;
    struct system_handle handles[1];
};

struct object_type {
    USHORT length; /* of the name, in bytes */
    USHORT room;
    wchar_t *name;
    ULONG_PTR more[64];
};

typedef LONG(NTAPI *query_system)(int what, void *to, ULONG size, ULONG *needed);
typedef LONG(NTAPI *query_handle)(HANDLE handle, int what, void *to, ULONG size, ULONG *needed);

static void find_native(const char *name, void *function, size_t size)
{
    FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
    memcpy(function, &found, size);
}

/* ---- handles */

static struct system_handles *all_handles(void)
{
    query_system query;
    find_native("NtQuerySystemInformation", (void *)&query, sizeof query);
    for (ULONG size = 1 << 18; query != NULL && size < 1 << 30; size *= 2) {
        ULONG needed = 0;
        struct system_handles *all = malloc(size);
        if (all == NULL)
            return NULL;
        LONG status = query(SYSTEM_EXTENDED_HANDLES, all, size, &needed);
        if (status >= 0)
            return all;
        free(all);
        if (status != STATUS_LENGTH_MISMATCH)
            return NULL;
    }
    return NULL;
}

static int compare_values(const void *left, const void *right)
{
    ULONG_PTR a = ((const struct held_handle *)left)->value;
    ULONG_PTR b = ((const struct held_handle *)right)->value;
    return (a > b) - (a < b);
}

/* A handle's kind in `kinds`, which are asked for once each: there may be thousands of handles. */
static const char *name_kind(ULONG_PTR handle, USHORT type)
{
    enum { KINDS = 256, LONGEST = 24 };
    static char kinds[KINDS][LONGEST];
    struct object_type named;
    query_handle query;
    char *kind = kinds[type % KINDS];
    if (kind[0] != '\0')
        return kind;
    find_native("NtQueryObject", (void *)&query, sizeof query);
    memset(&named, 0, sizeof named);
    if (query == NULL || query((HANDLE)handle, OBJECT_TYPE, &named, sizeof named, NULL) < 0 ||
        named.name == NULL)
        return "unknown"; /* closed meanwhile, perhaps */
    size_t length = named.length / sizeof(wchar_t);
    for (size_t i = 0; i < length && i < LONGEST - 1; i++)
        kind[i] = (char)named.name[i];
    return kind;
}

struct held_handle *holdings_handles(size_t *count)
{
    struct system_handles *all = all_handles();
    *count = 0;
    if (all == NULL)
        return NULL;
    struct held_handle *held = calloc(all->count + 1, sizeof *held);
    for (ULONG_PTR i = 0; held != NULL && i < all->count; i++) {
        const struct system_handle *handle = &all->handles[i];
        if (handle->process == GetCurrentProcessId())
            held[(*count)++] =
                (struct held_handle){handle->handle, name_kind(handle->handle, handle->type)};
    }
    free(all);
    if (held != NULL)
        qsort(held, *count, sizeof *held, compare_values);
    return held;
}

void holdings_describe(const struct held_handle *handle, char *text, size_t size)
{
    HANDLE value = (HANDLE)handle->value;
    int type = 0;
    int length = sizeof type;
    text_copy(text, size, handle->kind);
    if (strcmp(handle->kind, "File") != 0)
        return;
    if (getsockopt((SOCKET)value, SOL_SOCKET, SO_TYPE, (char *)&type, &length) == 0) {
        text_copy(text, size, type == SOCK_DGRAM ? "datagram socket" : "socket");
        return;
    }
    switch (GetFileType(value)) {
    case FILE_TYPE_DISK:
        text_copy(text, size, "file");
        break;
    case FILE_TYPE_CHAR:
        text_copy(text, size, "character device");
        break;
    case FILE_TYPE_PIPE:
        text_copy(text, size, "pipe");
        break;
    default:
        break;
    }
}

/* ---- threads */

/* Threads of the system's pools begin in ntdll and stay for the next use, whoever uses them. */
static bool is_of_system(DWORD number)
{
    query_handle query;
    void *start = NULL;
    HMODULE module = NULL;
    find_native("NtQueryInformationThread", (void *)&query, sizeof query);
    HANDLE thread = OpenThread(THREAD_QUERY_INFORMATION, FALSE, number);
    if (thread == NULL)
        return GetLastError() == ERROR_INVALID_PARAMETER; /* it has ended */
    LONG status = query(thread, THREAD_START_ADDRESS, &start, sizeof start, NULL);
    CloseHandle(thread);
    return status >= 0 &&
           GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                  GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                              start, &module) &&
           module == GetModuleHandleA("ntdll.dll");
}

size_t holdings_threads(char *numbers, size_t size, size_t *of_system)
{
    THREADENTRY32 entry = {.dwSize = sizeof entry};
    size_t count = 0;
    size_t others = 0;
    numbers[0] = '\0';
    if (of_system != NULL)
        *of_system = 0;
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    if (all == INVALID_HANDLE_VALUE)
        return 1;
    for (BOOL more = Thread32First(all, &entry); more; more = Thread32Next(all, &entry)) {
        if (entry.th32OwnerProcessID != GetCurrentProcessId())
            continue;
        if (is_of_system(entry.th32ThreadID)) {
            others++;
            continue;
        }
        count++;
        if (entry.th32ThreadID != GetCurrentThreadId())
            text_append(numbers, size, "%s%lu", numbers[0] == '\0' ? "" : ", ",
                        (unsigned long)entry.th32ThreadID);
    }
    CloseHandle(all);
    if (of_system != NULL)
        *of_system = others;
    return count;
}
