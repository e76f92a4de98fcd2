/* SPDX-License-Identifier: MIT
 *
 * No nameless pipe can be used overlapped: ours have names that nobody else has. The child's end is
 * for plain calls, for so are a program's standard handles. */
#include "spawn.h"

#include <stdio.h>
#include <windows.h>

#define BUFFER_SIZE (64 * 1024)
#define NAME_ROOM   64

static volatile LONG made;

/* A child's input is opened both ways: our end then hears when the child closes its own. */
static int make_ours(const char *name, bool child_reads, loop_fd *ours)
{
    DWORD access = child_reads ? PIPE_ACCESS_DUPLEX : PIPE_ACCESS_INBOUND;
    HANDLE pipe = CreateNamedPipeA(
        name, access | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1,
        BUFFER_SIZE, BUFFER_SIZE, 0, NULL);

    if (pipe == INVALID_HANDLE_VALUE)
        return (int)GetLastError();
    *ours = (loop_fd)pipe;
    return 0;
}

static int open_childs(const char *name, bool child_reads, loop_fd *childs)
{
    DWORD access =
        child_reads ? GENERIC_READ | FILE_WRITE_ATTRIBUTES : GENERIC_WRITE | FILE_READ_ATTRIBUTES;
    HANDLE pipe = CreateFileA(name, access, 0, NULL, OPEN_EXISTING, 0, NULL);

    if (pipe == INVALID_HANDLE_VALUE)
        return (int)GetLastError();
    *childs = (loop_fd)pipe;
    return 0;
}

int stdio_pipe(bool child_reads, loop_fd *ours, loop_fd *childs)
{
    char name[NAME_ROOM];
    int error;

    snprintf(name, sizeof name, "\\\\.\\pipe\\loopcheck-%lu-%ld", GetCurrentProcessId(),
             InterlockedIncrement(&made));
    error = make_ours(name, child_reads, ours);
    if (error != 0)
        return error;
    error = open_childs(name, child_reads, childs);
    if (error != 0) {
        CloseHandle((HANDLE)*ours);
        *ours = LOOP_NO_FD;
    }
    return error;
}

int stdio_null(loop_fd *fd)
{
    HANDLE null = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);

    if (null == INVALID_HANDLE_VALUE)
        return (int)GetLastError();
    *fd = (loop_fd)null;
    return 0;
}

int stdio_copy(loop_fd of, loop_fd *fd)
{
    HANDLE here = GetCurrentProcess(), copy;

    if (!DuplicateHandle(here, (HANDLE)of, here, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS))
        return (int)GetLastError();
    *fd = (loop_fd)copy;
    return 0;
}
