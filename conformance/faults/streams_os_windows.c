/* SPDX-License-Identifier: MIT
 *
 * What the faults of connections ask Windows. */
#include <winsock2.h>
#include <ws2tcpip.h>

#include "streams_wire.h"

void os_delay_small_writes(loop_fd fd)
{
    BOOL off = FALSE;

    setsockopt((SOCKET)fd, IPPROTO_TCP, TCP_NODELAY, (const char *)&off, sizeof off);
}

/* No signal does it here. */
void os_break_pipe(void)
{
    ExitProcess(1);
}

bool os_has_descriptors(void)
{
    SOCKET fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd != INVALID_SOCKET)
        closesocket(fd);
    return fd != INVALID_SOCKET;
}

void os_resolve(const char *host)
{
    struct addrinfo *found = NULL;

    if (getaddrinfo(host, NULL, NULL, &found) == 0)
        freeaddrinfo(found);
}
