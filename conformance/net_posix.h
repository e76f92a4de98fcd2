/* SPDX-License-Identifier: MIT */
#ifndef LOOPCHECK_NET_POSIX_H
#define LOOPCHECK_NET_POSIX_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* macOS has none. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

typedef int net_socket;
typedef socklen_t net_length;

#define NET_NONE           (-1)
#define NET_SHUT_WRITE     SHUT_WR
#define NET_TIMED_OUT      ETIMEDOUT
#define NET_REFUSED        ECONNREFUSED
#define NET_NOT_PERMITTED  EACCES
#define net_error()        errno
#define net_set_error(to)  (errno = (to))
#define net_text(error)    strerror(error)
#define net_close(fd)      close(fd)
#define net_poll(entry, n) poll((entry), (nfds_t)(n), 0)

static inline int net_wait(struct pollfd *entry, int milliseconds)
{
    return poll(entry, 1, milliseconds);
}

/* Non-blocking, and not for children. */
static inline void net_prepare(net_socket fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static inline int net_later(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static inline int net_under_way(int error)
{
    return error == EINPROGRESS || error == EINTR;
}

static inline int64_t net_send(net_socket fd, const void *data, size_t length)
{
    return send(fd, data, length, MSG_NOSIGNAL);
}

static inline int64_t net_send_to(net_socket fd, const void *data, size_t length,
                                  const struct sockaddr *to, net_length to_length)
{
    return sendto(fd, data, length, MSG_NOSIGNAL, to, to_length);
}

static inline int64_t net_receive(net_socket fd, void *data, size_t room)
{
    return recv(fd, data, room, 0);
}

static inline int64_t net_receive_from(net_socket fd, void *data, size_t room,
                                       struct sockaddr *from, net_length *from_length)
{
    return recvfrom(fd, data, room, 0, from, from_length);
}

#endif
