/* SPDX-License-Identifier: MIT
 *
 * What the faults of descriptors ask Windows. */
#include <winsock2.h>

#include "descriptors_watch.h"

int os_state(loop_fd fd)
{
    WSAPOLLFD entry = {.fd = (SOCKET)fd, .events = POLLIN | POLLOUT};
    int state = 0;

    if (WSAPoll(&entry, 1, 0) <= 0)
        return 0;
    state |= (entry.revents & POLLIN) != 0 ? OS_READABLE : 0;
    state |= (entry.revents & POLLOUT) != 0 ? OS_WRITABLE : 0;
    state |= (entry.revents & POLLERR) != 0 ? OS_ERROR : 0;
    state |= (entry.revents & POLLHUP) != 0 ? OS_HUNG_UP : 0;
    return state;
}

int os_unread(loop_fd fd)
{
    u_long bytes = 0;

    return ioctlsocket((SOCKET)fd, (long)FIONREAD, &bytes) == 0 ? (int)bytes : 0;
}

static int socket_option(loop_fd fd, int option)
{
    int value = 0, length = sizeof value;

    return getsockopt((SOCKET)fd, SOL_SOCKET, option, (char *)&value, &length) == 0 ? value : 0;
}

static enum os_kind kind_of_file(HANDLE file)
{
    BY_HANDLE_FILE_INFORMATION told;

    return GetFileInformationByHandle(file, &told) &&
                   (told.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0
               ? OS_DIRECTORY
               : OS_REGULAR;
}

enum os_kind os_kind_of(loop_fd fd)
{
    int type = socket_option(fd, SO_TYPE);
    DWORD mode;

    if (type != 0)
        return type == SOCK_DGRAM                      ? OS_DATAGRAM
               : socket_option(fd, SO_ACCEPTCONN) != 0 ? OS_LISTENER
                                                       : OS_STREAM;
    SetLastError(NO_ERROR);
    switch (GetFileType((HANDLE)fd)) {
    case FILE_TYPE_DISK:
        return kind_of_file((HANDLE)fd);
    case FILE_TYPE_CHAR:
        return GetConsoleMode((HANDLE)fd, &mode) ? OS_TERMINAL : OS_DEVICE;
    case FILE_TYPE_PIPE:
        return OS_PIPE;
    default:
        return GetLastError() == NO_ERROR ? OS_OTHER : OS_CLOSED;
    }
}

/* The scene's pipes are for both directions. */
bool os_is_write_only(loop_fd fd)
{
    (void)fd;
    return false;
}

/* Two handles of one file cannot be told from those of two. */
uint64_t os_file(loop_fd fd)
{
    return fault_descriptor_is_open(fd) ? (uint64_t)fd : 0;
}

loop_fd os_duplicate_of(uint64_t file)
{
    (void)file;
    return LOOP_NO_FD;
}

void os_set_nonblocking(loop_fd fd)
{
    u_long on = 1;

    ioctlsocket((SOCKET)fd, (long)FIONBIO, &on);
}
