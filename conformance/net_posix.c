/* SPDX-License-Identifier: MIT
 *
 * What sockets have on POSIX alone. */
#include "net.h"

#include "peer.h"

loop_status net_status(int error)
{
    switch (error) {
    case 0:
        return LOOP_OK;
    case ECONNREFUSED:
        return LOOP_CONNREFUSED;
    case ECONNRESET:
        return LOOP_CONNRESET;
    case EPIPE:
        return LOOP_PIPE;
    case ETIMEDOUT:
        return LOOP_TIMEDOUT;
    default:
        return LOOP_FAILED;
    }
}

bool peer_inherited(struct check *c, loop_fd fd)
{
    int flags = fcntl((int)fd, F_GETFD);

    NET_MUST(c, flags >= 0, "F_GETFD");
    return (flags & FD_CLOEXEC) == 0;
}
