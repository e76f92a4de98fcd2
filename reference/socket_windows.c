/* SPDX-License-Identifier: MIT
 *
 * Winsock. Errors are those of WSAGetLastError. */
#include "socket.h"

#include <limits.h>

#include "internet.h"

int sockets_begin(void)
{
    WSADATA data;

    return WSAStartup(MAKEWORD(2, 2), &data);
}

void sockets_end(void)
{
    WSACleanup();
}

static int result(int returned)
{
    return returned == SOCKET_ERROR ? WSAGetLastError() : 0;
}

static int set(loop_fd fd, int level, int name)
{
    DWORD on = 1;

    return result(setsockopt((SOCKET)fd, level, name, (const char *)&on, sizeof on));
}

int socket_adopt(loop_fd fd)
{
    u_long on = 1;

    if (!SetHandleInformation((HANDLE)fd, HANDLE_FLAG_INHERIT, 0))
        return (int)GetLastError();
    return result(ioctlsocket((SOCKET)fd, (long)FIONBIO, &on));
}

int socket_domain(uint32_t family)
{
    return family == LOOP_ADDRESS_UNIX    ? AF_UNIX
           : family == LOOP_ADDRESS_INET6 ? AF_INET6
                                          : AF_INET;
}

int socket_open(uint32_t family, bool datagram, loop_fd *fd)
{
    SOCKET made = WSASocketW(socket_domain(family), datagram ? SOCK_DGRAM : SOCK_STREAM, 0, NULL, 0,
                             WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
    int error;

    if (made == INVALID_SOCKET)
        return WSAGetLastError();
    error = socket_adopt((loop_fd)made);
    if (error == 0)
        *fd = (loop_fd)made;
    else
        closesocket(made);
    return error;
}

int socket_accept(loop_fd fd, loop_fd *accepted)
{
    SOCKET made = accept((SOCKET)fd, NULL, NULL);
    int error;

    if (made == INVALID_SOCKET)
        return WSAGetLastError();
    error = socket_adopt((loop_fd)made);
    if (error == 0)
        *accepted = (loop_fd)made;
    else
        closesocket(made);
    return error;
}

/* The type first, for a socket that is bound to nothing has no name, but has a family. */
int socket_sort(loop_fd fd, uint32_t *family, bool *stream, bool *datagram)
{
    WSAPROTOCOL_INFOW info;
    int length = sizeof info;

    if (getsockopt((SOCKET)fd, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &length) != 0)
        return WSAGetLastError();
    *family = info.iAddressFamily == AF_INET    ? LOOP_ADDRESS_INET
              : info.iAddressFamily == AF_INET6 ? LOOP_ADDRESS_INET6
              : info.iAddressFamily == AF_UNIX  ? LOOP_ADDRESS_UNIX
                                                : LOOP_ADDRESS_ANY;
    *stream = info.iSocketType == SOCK_STREAM;
    *datagram = info.iSocketType == SOCK_DGRAM;
    return 0;
}

void descriptor_close(loop_fd fd)
{
    if (closesocket((SOCKET)fd) != 0) /* no socket: a pipe, or a copy of what a child is given */
        CloseHandle((HANDLE)fd);
}

int socket_set_no_delay(loop_fd fd)
{
    return set(fd, IPPROTO_TCP, TCP_NODELAY);
}

/* A port is not blocked by the connections that its last server had, and the option would let
 * another server take it as well. */
int socket_set_reuse_address(loop_fd fd)
{
    (void)fd;
    return 0;
}

int socket_set_reuse_port(loop_fd fd)
{
    (void)fd;
    return WSAENOPROTOOPT;
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

    return result(bind((SOCKET)fd, name, (int)address->length));
}

int socket_listen(loop_fd fd, uint32_t backlog)
{
    return result(listen((SOCKET)fd, backlog > INT_MAX ? INT_MAX : (int)backlog));
}

int socket_connect(loop_fd fd, const struct address *address, bool *pending)
{
    const struct sockaddr *name = (const struct sockaddr *)address->bytes;
    int error = result(connect((SOCKET)fd, name, (int)address->length));

    *pending = error == WSAEWOULDBLOCK;
    return *pending ? 0 : error;
}

int socket_error(loop_fd fd)
{
    int error = 0, length = sizeof error;

    if (getsockopt((SOCKET)fd, SOL_SOCKET, SO_ERROR, (char *)&error, &length) != 0)
        return WSAGetLastError();
    return error;
}

void socket_shutdown_write(loop_fd fd)
{
    shutdown((SOCKET)fd, SD_SEND); /* a connection that is gone already says so to whoever reads */
}

void socket_names(loop_fd fd, struct address *local, struct address *remote)
{
    int length = sizeof local->bytes;

    if (getsockname((SOCKET)fd, (struct sockaddr *)local->bytes, &length) == 0)
        local->length = (size_t)length;
    length = sizeof remote->bytes;
    if (getpeername((SOCKET)fd, (struct sockaddr *)remote->bytes, &length) == 0)
        remote->length = (size_t)length;
}

static int at_most(size_t length)
{
    return length > INT_MAX ? INT_MAX : (int)length;
}

static int counted(int returned, size_t *count)
{
    *count = returned < 0 ? 0 : (size_t)returned;
    return result(returned);
}

int socket_send(loop_fd fd, const void *data, size_t length, size_t *count)
{
    return counted(send((SOCKET)fd, data, at_most(length), 0), count);
}

int socket_receive(loop_fd fd, void *data, size_t length, size_t *count)
{
    return counted(recv((SOCKET)fd, data, at_most(length), 0), count);
}

int socket_send_to(loop_fd fd, const void *data, size_t length, const struct address *to)
{
    const struct sockaddr *name = to ? (const struct sockaddr *)to->bytes : NULL;

    return result(sendto((SOCKET)fd, data, at_most(length), 0, name, to ? (int)to->length : 0));
}

int socket_receive_from(loop_fd fd, void *data, size_t length, size_t *count, struct address *from)
{
    int name_length = sizeof from->bytes;
    int got = recvfrom((SOCKET)fd, data, at_most(length), 0, (struct sockaddr *)from->bytes,
                       &name_length);

    from->length = got < 0 ? 0 : (size_t)name_length;
    return counted(got, count);
}
