/* SPDX-License-Identifier: MIT
 *
 * What the faults of descriptors ask a POSIX system. */
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptors_watch.h"

#if !defined(POLLRDHUP)
#define POLLRDHUP 0
#endif

int os_state(loop_fd fd)
{
    struct pollfd entry = {.fd = (int)fd, .events = POLLIN | POLLOUT | POLLRDHUP};
    int state = 0;

    if (poll(&entry, 1, 0) <= 0)
        return 0;
    state |= (entry.revents & POLLIN) != 0 ? OS_READABLE : 0;
    state |= (entry.revents & POLLOUT) != 0 ? OS_WRITABLE : 0;
    state |= (entry.revents & POLLERR) != 0 ? OS_ERROR : 0;
    state |= (entry.revents & POLLHUP) != 0 ? OS_HUNG_UP : 0;
    state |= (entry.revents & POLLRDHUP) != 0 ? OS_HALF_CLOSED : 0;
    return state;
}

int os_unread(loop_fd fd)
{
    int bytes = 0;

    return ioctl((int)fd, FIONREAD, &bytes) == 0 ? bytes : 0;
}

static int socket_option(loop_fd fd, int option)
{
    int value = 0;
    socklen_t length = sizeof value;

    return getsockopt((int)fd, SOL_SOCKET, option, &value, &length) == 0 ? value : 0;
}

static enum os_kind kind_of_socket(loop_fd fd)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;

    if (socket_option(fd, SO_ACCEPTCONN) != 0)
        return OS_LISTENER;
    getsockname((int)fd, (struct sockaddr *)&address, &length);
    if (address.ss_family == AF_UNIX)
        return OS_LOCAL_SOCKET;
    return socket_option(fd, SO_TYPE) == SOCK_DGRAM ? OS_DATAGRAM : OS_STREAM;
}

enum os_kind os_kind_of(loop_fd fd)
{
    struct stat status;

    if (fstat((int)fd, &status) != 0)
        return OS_CLOSED;
    if (S_ISSOCK(status.st_mode))
        return kind_of_socket(fd);
    if (S_ISREG(status.st_mode))
        return OS_REGULAR;
    if (S_ISDIR(status.st_mode))
        return OS_DIRECTORY;
    if (S_ISCHR(status.st_mode))
        return isatty((int)fd) ? OS_TERMINAL : OS_DEVICE;
    /* The scene unlinks its named pipes; a pipe without a name counts one link. */
    if (S_ISFIFO(status.st_mode))
        return status.st_nlink == 0 ? OS_NAMED_PIPE : OS_PIPE;
    return OS_OTHER;
}

bool os_is_write_only(loop_fd fd)
{
    int flags = fcntl((int)fd, F_GETFL);

    return flags >= 0 && (flags & O_ACCMODE) == O_WRONLY;
}

uint64_t os_file(loop_fd fd)
{
    struct stat status;

    if (fstat((int)fd, &status) != 0)
        return 0;
    return ((uint64_t)status.st_dev << 48) + (uint64_t)status.st_ino + 1;
}

loop_fd os_duplicate_of(uint64_t file)
{
    for (loop_fd fd = 0; fd < 256; fd++) {
        if (os_file(fd) == file)
            return fd;
    }
    return LOOP_NO_FD;
}

void os_set_nonblocking(loop_fd fd)
{
    int flags = fcntl((int)fd, F_GETFL);

    if (flags >= 0)
        fcntl((int)fd, F_SETFL, flags | O_NONBLOCK);
}
