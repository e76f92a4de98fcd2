/* SPDX-License-Identifier: MIT
 *
 * What has the user given: addresses, or a socket that is ready? */
#include "transport.h"

bool given_nothing(const struct loop_address *address)
{
    return !address->host && address->port == 0 && !address->path;
}

bool given_inet(const struct loop_address *address)
{
    return address->family != LOOP_ADDRESS_UNIX && !address->path && address->port <= 65535;
}

loop_status given_socket(struct loop *loop, loop_fd fd, bool datagrams, uint32_t family)
{
    uint32_t is = LOOP_ADDRESS_ANY;
    bool stream = false, datagram = false;
    int error = socket_sort(fd, &is, &stream, &datagram);

    if (error != 0)
        return loop_fail(loop, error);
    if (!(datagrams ? datagram : stream) || (family != LOOP_ADDRESS_ANY && is != family))
        return LOOP_VALUE;
    if (transports_own(loop, fd, READER))
        return LOOP_RUNTIME;
    error = loop->io->adopt(loop, fd);
    return error == 0 ? LOOP_OK : loop_fail(loop, error);
}
