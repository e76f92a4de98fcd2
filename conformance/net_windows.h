/* SPDX-License-Identifier: MIT */
#ifndef LOOPCHECK_NET_WINDOWS_H
#define LOOPCHECK_NET_WINDOWS_H

#include <winsock2.h>
#include <ws2tcpip.h>

#include <afunix.h>
#include <limits.h>
#include <string.h>

typedef SOCKET net_socket;
typedef int net_length;

#define NET_NONE           INVALID_SOCKET
#define NET_SHUT_WRITE     SD_SEND
#define NET_TIMED_OUT      WSAETIMEDOUT
#define NET_REFUSED        WSAECONNREFUSED
#define NET_NOT_PERMITTED  WSAEACCES
#define net_error()        WSAGetLastError()
#define net_set_error(to)  WSASetLastError(to)
#define net_close(fd)      closesocket(fd)
#define net_poll(entry, n) WSAPoll((entry), (ULONG)(n), 0)

/* The system's words, until the next call. */
const char *net_text(int error);

/* Winsock must be started before its first socket; this one is not inherited. */
net_socket net_open(int family, int type, int protocol);
#define socket net_open

static inline int net_wait(WSAPOLLFD *entry, int milliseconds)
{
    return WSAPoll(entry, 1, milliseconds);
}

/* Non-blocking. */
static inline void net_prepare(net_socket fd)
{
    u_long on = 1;
    ioctlsocket(fd, (long)FIONBIO, &on);
}

static inline int net_later(int error)
{
    return error == WSAEWOULDBLOCK;
}

static inline int net_under_way(int error)
{
    return error == WSAEWOULDBLOCK || error == WSAEINPROGRESS;
}

static inline int net_bounded(size_t length)
{
    return length > INT_MAX ? INT_MAX : (int)length;
}

static inline int64_t net_send(net_socket fd, const void *data, size_t length)
{
    return send(fd, data, net_bounded(length), 0);
}

static inline int64_t net_send_to(net_socket fd, const void *data, size_t length,
                                  const struct sockaddr *to, net_length to_length)
{
    return sendto(fd, data, net_bounded(length), 0, to, to_length);
}

static inline int64_t net_receive(net_socket fd, void *data, size_t room)
{
    return recv(fd, data, net_bounded(room), 0);
}

static inline int64_t net_receive_from(net_socket fd, void *data, size_t room,
                                       struct sockaddr *from, net_length *from_length)
{
    return recvfrom(fd, data, net_bounded(room), 0, from, from_length);
}

#endif
