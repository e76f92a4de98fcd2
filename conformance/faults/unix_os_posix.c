/* SPDX-License-Identifier: MIT */
#include "unix.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int os_at(const char *path)
{
    struct stat status;

    if (path == NULL || lstat(path, &status) != 0)
        return OS_AT_NOTHING;
    return S_ISSOCK(status.st_mode)  ? OS_AT_SOCKET
           : S_ISDIR(status.st_mode) ? OS_AT_DIRECTORY
                                     : OS_AT_FILE;
}

long os_serial_at(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 ? (long)status.st_ino : -1;
}

size_t os_path_room(void)
{
    return sizeof((struct sockaddr_un *)NULL)->sun_path;
}

bool os_serves(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    bool serves;

    if (fd < 0 || strlen(path) >= os_path_room())
        return false;
    strcpy(name.sun_path, path);
    serves = connect(fd, (struct sockaddr *)&name, sizeof name) == 0;
    close(fd);
    return serves;
}

void os_unlink(const char *path)
{
    unlink(path);
}

static const char *second_name(const char *path)
{
    static char name[512];

    snprintf(name, sizeof name, "%s~", path);
    return name;
}

void os_save_file(const char *path)
{
    if (link(path, second_name(path)) != 0)
        perror("link");
}

void os_restore_file(const char *path)
{
    if (rename(second_name(path), path) != 0)
        perror("rename");
    unlink(second_name(path)); /* rename leaves two names of one file as they are */
}

bool os_hung_up(loop_fd fd)
{
    struct pollfd entry = {.fd = (int)fd, .events = POLLIN};

    return poll(&entry, 1, 0) > 0 && (entry.revents & POLLHUP) != 0;
}

loop_fd os_duplicate(loop_fd fd)
{
    return dup((int)fd);
}

bool os_is_unix(loop_fd fd)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;

    return getsockname((int)fd, (struct sockaddr *)&name, &length) == 0 &&
           name.ss_family == AF_UNIX;
}

bool os_is_datagram(loop_fd fd)
{
    int type = 0;
    socklen_t length = sizeof type;

    return getsockopt((int)fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_DGRAM;
}

void os_send_nothing(loop_fd fd)
{
    if (send((int)fd, "", 0, 0) != 0)
        perror("send");
}

void os_forbid_broadcast(loop_fd fd)
{
    int off = 0;

    setsockopt((int)fd, SOL_SOCKET, SO_BROADCAST, &off, sizeof off);
}
