/* SPDX-License-Identifier: MIT
 *
 * Sockets that no child of another thread can inherit meanwhile. */
#include "socket.h"

#include <errno.h>
#include <sys/socket.h>

int socket_open(uint32_t family, bool datagram, loop_fd *fd)
{
    int type = (datagram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
    int made = socket(socket_domain(family), type, 0);

    if (made < 0)
        return errno;
    *fd = made;
    return 0;
}

int socket_accept(loop_fd fd, loop_fd *accepted)
{
    int made;

    do
        made = accept4((int)fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    while (made < 0 && errno == EINTR);
    if (made < 0)
        return errno;
    *accepted = made;
    return 0;
}
