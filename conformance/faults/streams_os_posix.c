/* SPDX-License-Identifier: MIT
 *
 * What the faults of connections ask of a POSIX system. */
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "streams_wire.h"

void os_delay_small_writes(loop_fd fd)
{
    int off = 0;

    setsockopt((int)fd, IPPROTO_TCP, TCP_NODELAY, &off, sizeof off);
}

void os_break_pipe(void)
{
    raise(SIGPIPE);
}

bool os_has_descriptors(void)
{
    int fd = dup(0);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

void os_resolve(const char *host)
{
    struct addrinfo *found = NULL;

    if (getaddrinfo(host, NULL, NULL, &found) == 0)
        freeaddrinfo(found);
}
