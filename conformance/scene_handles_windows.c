/* SPDX-License-Identifier: MIT
 *
 * What the scene has besides sockets: pipes, files, duplicates. */
#include "scene_descriptors.h"
#include "scene_windows.h"

#include <stdio.h>
#include <stdlib.h>

void scene_wide_path(struct check *c, const char *name, wchar_t path[WIDE])
{
    char whole[WIDE];
    int length = snprintf(whole, sizeof whole, "%s\\%s", c->directory, name);

    EXPECT(c, length > 0 && length < WIDE, "the path of %s is too long", name);
    WINDOWS_MUST(c, MultiByteToWideChar(CP_UTF8, 0, whole, -1, path, WIDE) > 0, name);
}

/* ---- pipes */

/* Both ends are for overlapped operations, and for both directions: a loop may read where it writes,
 * so as to see the other end go. */
struct scene_pair scene_pipe(struct check *c)
{
    static unsigned serial;
    char name[96];
    HANDLE server, client;
    struct scene_pair pair;

    snprintf(name, sizeof name, "\\\\.\\pipe\\loopcheck-scene-%lu-%u-%llx",
             (unsigned long)GetCurrentProcessId(), ++serial, (unsigned long long)check_random(c));
    server = CreateNamedPipeA(
        name, FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE | PIPE_ACCESS_DUPLEX,
        PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS, 1, 65536, 65536, 0, NULL);
    pair.end = scene_own_handle(c, server, "CreateNamedPipe");
    client = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                         FILE_FLAG_OVERLAPPED, NULL);
    pair.peer = scene_own_handle(c, client, "the other end of a pipe");
    return pair;
}

/* On a handle that was opened for overlapped operations. */
static int64_t finish_now(HANDLE handle, BOOL done, OVERLAPPED *operation)
{
    DWORD count = 0;

    if (!done && GetLastError() != ERROR_IO_PENDING)
        return GetLastError() == ERROR_NO_DATA ? -1 : 0;
    if (!done && WaitForSingleObject(operation->hEvent, 0) != WAIT_OBJECT_0)
        CancelIoEx(handle, operation);
    if (!GetOverlappedResult(handle, operation, &count, TRUE))
        return GetLastError() == ERROR_OPERATION_ABORTED ? -1 : 0;
    return (int64_t)count;
}

int64_t scene_read_now(loop_fd fd, void *bytes, size_t room)
{
    HANDLE handle = (HANDLE)fd;
    OVERLAPPED operation = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    BOOL done = ReadFile(handle, bytes, (DWORD)room, NULL, &operation);
    int64_t got = finish_now(handle, done, &operation);

    CloseHandle(operation.hEvent);
    return got;
}

/* Only a little: a read that waits takes it whole, so that what is cancelled has moved nothing. */
int64_t scene_write_now(loop_fd fd, const void *bytes, size_t length)
{
    HANDLE handle = (HANDLE)fd;
    OVERLAPPED operation = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    DWORD piece = length > 4096 ? 4096 : (DWORD)length;
    BOOL done = WriteFile(handle, bytes, piece, NULL, &operation);
    int64_t sent = finish_now(handle, done, &operation);

    CloseHandle(operation.hEvent);
    return sent;
}

struct scene_pair scene_waiting_pipe(struct check *c)
{
    struct scene_pair pair;
    HANDLE end, peer;

    WINDOWS_MUST(c, CreatePipe(&end, &peer, NULL, 0), "CreatePipe");
    pair.end = scene_own_handle(c, end, "CreatePipe");
    pair.peer = scene_own_handle(c, peer, "CreatePipe");
    return pair;
}

struct scene_pair scene_fifo(struct check *c)
{
    return scene_pipe(c);
}

/* ---- files, devices */

loop_fd scene_file(struct check *c, const char *contents)
{
    wchar_t path[WIDE];
    DWORD written = 0, length = (DWORD)strlen(contents);
    HANDLE file;

    scene_wide_path(c, "file", path);
    file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_DELETE, NULL, CREATE_ALWAYS,
                       FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
    WINDOWS_MUST(c, file != INVALID_HANDLE_VALUE, "a file");
    WINDOWS_MUST(c, WriteFile(file, contents, length, &written, NULL) && written == length,
                 "WriteFile");
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    return scene_own_handle(c, file, "a file");
}

loop_fd scene_open(struct check *c, const char *path)
{
    const char *name = strcmp(path, "/dev/null") == 0 ? "NUL" : path;
    HANDLE file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);

    if (file == INVALID_HANDLE_VALUE)
        check_skip(c, "%s cannot be opened: %s", name, windows_text(GetLastError()));
    return scene_own_handle(c, file, name);
}

loop_fd scene_directory(struct check *c)
{
    wchar_t path[WIDE];

    scene_wide_path(c, ".", path);
    return scene_own_handle(c,
                            CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                        NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL),
                            "a directory");
}

/* ---- duplicates */

static loop_fd dup_socket(struct check *c, loop_fd fd)
{
    WSAPROTOCOL_INFOW told;
    SOCKET copy;

    NET_MUST(c, WSADuplicateSocketW((SOCKET)fd, GetCurrentProcessId(), &told) == 0,
             "WSADuplicateSocket");
    copy = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &told, 0,
                      WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    NET_MUST(c, copy != INVALID_SOCKET, "WSASocket");
    return scene_own(c, (loop_fd)copy);
}

loop_fd scene_dup(struct check *c, loop_fd fd)
{
    HANDLE copy = NULL;
    HANDLE self = GetCurrentProcess();

    if (scene_is_socket(fd))
        return dup_socket(c, fd);

    WINDOWS_MUST(c, DuplicateHandle(self, (HANDLE)fd, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS),
                 "DuplicateHandle");
    return scene_own(c, (loop_fd)copy);
}

/* A handle's number cannot be chosen: the lowest free one is tried for a while. */
void scene_dup_onto(struct check *c, loop_fd fd, loop_fd target)
{
    loop_fd copies[64];
    int count = 0;
    bool there = false;

    if (scene_is_open(c, target))
        scene_close(c, target);
    while (count < 64 && !there) {
        copies[count] = scene_dup(c, fd);
        there = copies[count++] == target;
    }
    for (int i = 0; i < count; i++) {
        if (copies[i] != target)
            scene_close(c, copies[i]);
    }
    if (!there)
        check_skip(c, "the system gives no handle the number of a closed one");
}

/* ---- how many there are */

/* Of the native call's answer, the same since Windows XP. */
struct system_handle {
    void *object;
    ULONG_PTR process;
    ULONG_PTR handle;
    ULONG access;
    USHORT back_trace;
    USHORT type;
    ULONG rest[2];
};

struct system_handles {
    ULONG_PTR count;
    ULONG_PTR reserved;
    struct system_handle handles[1];
};

typedef LONG(NTAPI *query_system)(int what, void *to, ULONG size, ULONG *needed);

static struct system_handles *list_handles(void)
{
    enum { SYSTEM_EXTENDED_HANDLES = 64, ROOM = 1 << 24 };
    FARPROC found = GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQuerySystemInformation");
    struct system_handles *all = malloc(ROOM);
    query_system query;

    memcpy((void *)&query, (void *)&found, sizeof query);
    if (all == NULL || query == NULL || query(SYSTEM_EXTENDED_HANDLES, all, ROOM, NULL) < 0) {
        free(all);
        return NULL;
    }
    return all;
}

/* Files, sockets and pipes, which share a type: of the others the system opens some for itself. */
int scene_count_handles(void)
{
    HANDLE null = CreateFileA("NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                              OPEN_EXISTING, 0, NULL);
    struct system_handles *all = list_handles();
    int type = -1, count = 0;

    for (ULONG_PTR i = 0; all != NULL && i < all->count; i++) {
        if (all->handles[i].process == GetCurrentProcessId() &&
            all->handles[i].handle == (ULONG_PTR)null)
            type = all->handles[i].type;
    }
    for (ULONG_PTR i = 0; all != NULL && i < all->count; i++)
        count += all->handles[i].process == GetCurrentProcessId() && all->handles[i].type == type;
    free(all);
    CloseHandle(null);
    return count;
}
