/* SPDX-License-Identifier: MIT */
#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* Where there is no such flag there is an option, and the other way round. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

int sockets_begin(void)
{
    return 0;
}

void sockets_end(void)
{
}

static int set(loop_fd fd, int level, int name)
{
    int on = 1;

    return setsockopt((int)fd, level, name, &on, sizeof on) < 0 ? errno : 0;
}

#ifdef SO_NOSIGPIPE
static int silence(loop_fd fd)
{
    return set(fd, SOL_SOCKET, SO_NOSIGPIPE);
}
#else
static int silence(loop_fd fd)
{
    (void)fd;
    return 0;
}
#endif

/* None of this fails for a socket that is open. */
int socket_adopt(loop_fd fd)
{
    fcntl((int)fd, F_SETFL, fcntl((int)fd, F_GETFL) | O_NONBLOCK);
    fcntl((int)fd, F_SETFD, fcntl((int)fd, F_GETFD) | FD_CLOEXEC);
    return silence(fd);
}

int socket_domain(uint32_t family)
{
    return family == LOOP_ADDRESS_UNIX    ? AF_UNIX
           : family == LOOP_ADDRESS_INET6 ? AF_INET6
                                          : AF_INET;
}

int socket_sort(loop_fd fd, uint32_t *family, bool *stream, bool *datagram)
{
    struct sockaddr_storage name;
    socklen_t name_length = sizeof name;
    int type = 0;
    socklen_t type_length = sizeof type;

    if (getsockopt((int)fd, SOL_SOCKET, SO_TYPE, &type, &type_length) < 0 ||
        getsockname((int)fd, (struct sockaddr *)&name, &name_length) < 0)
        return errno;
    *family = name.ss_family == AF_UNIX    ? LOOP_ADDRESS_UNIX
              : name.ss_family == AF_INET  ? LOOP_ADDRESS_INET
              : name.ss_family == AF_INET6 ? LOOP_ADDRESS_INET6
                                           : LOOP_ADDRESS_ANY;
    *stream = type == SOCK_STREAM;
    *datagram = type == SOCK_DGRAM;
    return 0;
}

void descriptor_close(loop_fd fd)
{
    close((int)fd);
}

int socket_set_no_delay(loop_fd fd)
{
    return set(fd, IPPROTO_TCP, TCP_NODELAY);
}

int socket_set_reuse_address(loop_fd fd)
{
    return set(fd, SOL_SOCKET, SO_REUSEADDR);
}

int socket_set_reuse_port(loop_fd fd)
{
    return set(fd, SOL_SOCKET, SO_REUSEPORT);
}

int socket_set_only_inet6(loop_fd fd)
{
    return set(fd, IPPROTO_IPV6, IPV6_V6ONLY);
}

int socket_set_broadcast(loop_fd fd)
{
    return set(fd, SOL_SOCKET, SO_BROADCAST);
}

int socket_bind(loop_fd fd, const struct address *address)
{
    const struct sockaddr *name = (const struct sockaddr *)address->bytes;

    return bind((int)fd, name, (socklen_t)address->length) < 0 ? errno : 0;
}

int socket_listen(loop_fd fd, uint32_t backlog)
{
    return listen((int)fd, backlog > INT32_MAX ? INT32_MAX : (int)backlog) < 0 ? errno : 0;
}

int socket_connect(loop_fd fd, const struct address *address, bool *pending)
{
    const struct sockaddr *name = (const struct sockaddr *)address->bytes;

    *pending = false;
    if (connect((int)fd, name, (socklen_t)address->length) == 0)
        return 0;
    *pending = errno == EINPROGRESS || errno == EINTR;
    return *pending ? 0 : errno;
}

int socket_error(loop_fd fd)
{
    int error = 0;
    socklen_t length = sizeof error;

    return getsockopt((int)fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

void socket_shutdown_write(loop_fd fd)
{
    shutdown((int)fd, SHUT_WR); /* a connection that is gone already says so to whoever reads */
}

void socket_names(loop_fd fd, struct address *local, struct address *remote)
{
    socklen_t length = sizeof local->bytes;

    if (getsockname((int)fd, (struct sockaddr *)local->bytes, &length) == 0)
        local->length = length;
    length = sizeof remote->bytes;
    if (getpeername((int)fd, (struct sockaddr *)remote->bytes, &length) == 0)
        remote->length = length;
}

int socket_send(loop_fd fd, const void *data, size_t length, size_t *count)
{
    ssize_t sent;

    do
        sent = send((int)fd, data, length, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    *count = sent < 0 ? 0 : (size_t)sent;
    return sent < 0 ? errno : 0;
}

int socket_receive(loop_fd fd, void *data, size_t length, size_t *count)
{
    ssize_t got;

    do
        got = recv((int)fd, data, length, 0);
    while (got < 0 && errno == EINTR);
    *count = got < 0 ? 0 : (size_t)got;
    return got < 0 ? errno : 0;
}

int socket_send_to(loop_fd fd, const void *data, size_t length, const struct address *to)
{
    const struct sockaddr *name = to ? (const struct sockaddr *)to->bytes : NULL;
    ssize_t sent;

    do
        sent = sendto((int)fd, data, length, MSG_NOSIGNAL, name, to ? (socklen_t)to->length : 0);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? errno : 0;
}

int socket_receive_from(loop_fd fd, void *data, size_t length, size_t *count, struct address *from)
{
    socklen_t name_length = sizeof from->bytes;
    ssize_t got;

    do
        got = recvfrom((int)fd, data, length, 0, (struct sockaddr *)from->bytes, &name_length);
    while (got < 0 && errno == EINTR);
    from->length = got < 0 ? 0 : name_length;
    *count = got < 0 ? 0 : (size_t)got;
    return got < 0 ? errno : 0;
}
