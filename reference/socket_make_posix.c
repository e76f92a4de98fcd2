/* SPDX-License-Identifier: MIT */
#include "socket.h"

#include <errno.h>
#include <sys/socket.h>

static int prepare(int made, loop_fd *fd)
{
    int error;

    if (made < 0)
        return errno;
    error = socket_adopt(made);
    if (error != 0)
        descriptor_close(made);
    else
        *fd = made;
    return error;
}

int socket_open(uint32_t family, bool datagram, loop_fd *fd)
{
    return prepare(socket(socket_domain(family), datagram ? SOCK_DGRAM : SOCK_STREAM, 0), fd);
}

int socket_accept(loop_fd fd, loop_fd *accepted)
{
    int made, error;

    do
        made = accept((int)fd, NULL, NULL);
    while (made < 0 && errno == EINTR);
    error = prepare(made, accepted);
    return made >= 0 && error == EINVAL ? ECONNABORTED : error; /* macOS, of one that is gone */
}
