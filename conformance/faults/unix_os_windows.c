/* SPDX-License-Identifier: MIT
 *
 * What the faults of datagrams ask Windows, where no loop has sockets of that family. */
#include <winsock2.h>

#include "unix.h"

#include <afunix.h>

int os_at(const char *path)
{
    DWORD attributes = path == NULL ? INVALID_FILE_ATTRIBUTES : GetFileAttributesA(path);

    return attributes == INVALID_FILE_ATTRIBUTES              ? OS_AT_NOTHING
           : (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0     ? OS_AT_DIRECTORY
           : (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 ? OS_AT_SOCKET
                                                              : OS_AT_FILE;
}

size_t os_path_room(void)
{
    return sizeof((struct sockaddr_un *)NULL)->sun_path;
}

loop_fd os_duplicate(loop_fd fd)
{
    HANDLE self = GetCurrentProcess(), copy = NULL;
    HANDLE handle = fd == 0 ? GetStdHandle(STD_INPUT_HANDLE) : (HANDLE)fd;

    return DuplicateHandle(self, handle, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS)
               ? (loop_fd)copy
               : LOOP_NO_FD;
}

bool os_is_datagram(loop_fd fd)
{
    int type = 0, length = sizeof type;

    return getsockopt((SOCKET)fd, SOL_SOCKET, SO_TYPE, (char *)&type, &length) == 0 &&
           type == SOCK_DGRAM;
}

void os_send_nothing(loop_fd fd)
{
    send((SOCKET)fd, "", 0, 0);
}

void os_forbid_broadcast(loop_fd fd)
{
    BOOL off = FALSE;

    setsockopt((SOCKET)fd, SOL_SOCKET, SO_BROADCAST, (const char *)&off, sizeof off);
}
