/* SPDX-License-Identifier: MIT
 *
 * What the faults of pipes and children need of Windows. */
#include <winsock2.h>

#include "piped.h"

/* Who has a handle of a child hears of its end, whatever others do. */
void piped_reap_strangers(void)
{
}

/* An ended process stays while somebody has a handle of it. */
void piped_leave_zombie(void)
{
    STARTUPINFOA how = {.cb = sizeof how};
    PROCESS_INFORMATION made;
    char line[] = "cmd.exe /c exit";

    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &how, &made))
        return;
    WaitForSingleObject(made.hProcess, INFINITE);
    CloseHandle(made.hThread);
}

static bool is_socket(loop_fd fd)
{
    int type, length = sizeof type;

    return getsockopt((SOCKET)fd, SOL_SOCKET, SO_TYPE, (char *)&type, &length) == 0;
}

static char kind_of_file(HANDLE file)
{
    BY_HANDLE_FILE_INFORMATION told;

    return GetFileInformationByHandle(file, &told) &&
                   (told.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0
               ? 'd'
               : 'r';
}

char piped_kind(loop_fd fd)
{
    DWORD type;

    if (is_socket(fd))
        return 's';
    type = GetFileType((HANDLE)fd);
    return type == FILE_TYPE_PIPE   ? 'p'
           : type == FILE_TYPE_CHAR ? 'c'
           : type == FILE_TYPE_DISK ? kind_of_file((HANDLE)fd)
                                    : '-';
}

/* The lowest bit keeps the completion from the port of the loop. */
size_t piped_read(loop_fd fd, void *data, size_t size)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    OVERLAPPED operation = {.hEvent = (HANDLE)((ULONG_PTR)event | 1)};
    DWORD there = 0, got = 0;

    if (PeekNamedPipe((HANDLE)fd, NULL, 0, NULL, &there, NULL) && there > 0 &&
        (ReadFile((HANDLE)fd, data, (DWORD)size, NULL, &operation) ||
         GetLastError() == ERROR_IO_PENDING))
        GetOverlappedResult((HANDLE)fd, &operation, &got, TRUE);
    CloseHandle(event);
    return got;
}

/* A number cannot be chosen: the free ones are tried for a while. */
void piped_occupy(loop_fd fd)
{
    HANDLE tried[64];
    int count = 0;

    do
        tried[count] = CreateFileA("NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                                   OPEN_EXISTING, 0, NULL);
    while (tried[count] != (HANDLE)fd && ++count < 64);
    while (count-- > 0)
        CloseHandle(tried[count]);
}

loop_fd piped_hidden_copy(loop_fd fd)
{
    HANDLE self = GetCurrentProcess(), copy = NULL;

    return DuplicateHandle(self, (HANDLE)fd, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS)
               ? (loop_fd)copy
               : LOOP_NO_FD;
}

void piped_unset_nonblocking(loop_fd fd)
{
    DWORD mode = PIPE_READMODE_BYTE | PIPE_WAIT;

    SetNamedPipeHandleState((HANDLE)fd, &mode, NULL, NULL);
}

/* No signal does it here. */
void piped_break_pipe(void)
{
    ExitProcess(1);
}

bool piped_has_no_reader(loop_fd fd)
{
    return !PeekNamedPipe((HANDLE)fd, NULL, 0, NULL, NULL, NULL) &&
           (GetLastError() == ERROR_BROKEN_PIPE || GetLastError() == ERROR_PIPE_NOT_CONNECTED);
}

int64_t piped_now(void)
{
    LARGE_INTEGER now, per_second;

    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&per_second);
    return (int64_t)((double)now.QuadPart * 1e9 / (double)per_second.QuadPart);
}
