/* SPDX-License-Identifier: MIT
 *
 * More for a check of descriptors to watch, on Windows. */
#include "scene_descriptors.h"

#include "scene_windows.h"

static loop_fd own_socket(struct check *c, int type)
{
    SOCKET fd = socket(AF_INET, type, 0);

    NET_MUST(c, fd != INVALID_SOCKET, "socket");
    net_prepare(fd);
    return scene_own(c, (loop_fd)fd);
}

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static struct sockaddr_in address_of(struct check *c, loop_fd fd)
{
    struct sockaddr_in address;
    int length = sizeof address;

    NET_MUST(c, getsockname((SOCKET)fd, (struct sockaddr *)&address, &length) == 0, "getsockname");
    return address;
}

size_t scene_take(struct check *c, loop_fd fd, size_t count)
{
    char bytes[64];
    size_t room = count < sizeof bytes ? count : sizeof bytes;
    int64_t got = net_receive((SOCKET)fd, bytes, room);

    NET_MUST(c, got >= 0 || net_later(net_error()), "recv");
    return got < 0 ? 0 : (size_t)got;
}

void scene_await_readable(struct check *c, loop_fd fd)
{
    int64_t deadline = check_now() + SECONDS(20);

    while (!scene_readable_now(c, fd)) {
        EXPECT(c, check_now() < deadline, "the machine did not deliver what was sent");
        check_block(MILLISECONDS(1));
    }
}

loop_fd scene_connecting(struct check *c, uint32_t port)
{
    loop_fd fd = own_socket(c, SOCK_STREAM);
    struct sockaddr_in to;

    /* A port that is bound and not listening refuses, and nobody else can take it meanwhile. */
    if (port == 0) {
        loop_fd taken = own_socket(c, SOCK_STREAM);

        to = loopback(0);
        NET_MUST(c, bind((SOCKET)taken, (struct sockaddr *)&to, sizeof to) == 0, "bind");
        port = ntohs(address_of(c, taken).sin_port);
    }
    to = loopback((uint16_t)port);
    if (connect((SOCKET)fd, (struct sockaddr *)&to, sizeof to) != 0)
        NET_MUST(c, net_under_way(net_error()) || net_error() == WSAECONNREFUSED, "connect");
    return fd;
}

void scene_turn_away(struct check *c, loop_fd listener)
{
    SOCKET fd = accept((SOCKET)listener, NULL, NULL);

    NET_MUST(c, fd != INVALID_SOCKET, "accept");
    closesocket(fd);
}

static void connect_to_address_of(struct check *c, loop_fd fd, loop_fd peer)
{
    struct sockaddr_in address = address_of(c, peer);

    NET_MUST(c, connect((SOCKET)fd, (struct sockaddr *)&address, sizeof address) == 0, "connect");
}

struct scene_datagrams scene_refused_datagram(struct check *c)
{
    struct scene_datagrams result = {.fd = scene_datagram_socket(c),
                                     .peer = scene_datagram_socket(c)};

    connect_to_address_of(c, result.peer, result.peer);
    connect_to_address_of(c, result.fd, result.peer);
    NET_MUST(c, send((SOCKET)result.fd, "x", 1, 0) == 1, "send");
    return result;
}

void scene_datagram_back(struct check *c, const struct scene_datagrams *datagrams)
{
    connect_to_address_of(c, datagrams->peer, datagrams->fd);
    NET_MUST(c, send((SOCKET)datagrams->peer, "data", 4, 0) == 4, "send");
}

void scene_take_error(struct check *c, loop_fd fd)
{
    char byte;

    (void)c;
    recv((SOCKET)fd, &byte, 1, 0);
}

void scene_poke(struct check *c, loop_fd fd)
{
    struct sockaddr_in address = address_of(c, fd);

    NET_MUST(c, sendto((SOCKET)fd, "data", 4, 0, (struct sockaddr *)&address, sizeof address) == 4,
             "sendto");
}

/* Handles are multiples of four. */
loop_fd scene_closed_number(struct check *c)
{
    const loop_fd number = 0x7FF4;

    EXPECT(c, !scene_is_open(c, number), "a handle that should be free is open");
    return number;
}

void scene_borrow_zero(struct check *c, loop_fd fd)
{
    (void)fd;
    check_skip(c, "no handle on Windows is 0");
}

void scene_set_blocking(struct check *c, loop_fd fd, bool blocking)
{
    u_long on = blocking ? 0 : 1;

    NET_MUST(c, ioctlsocket((SOCKET)fd, (long)FIONBIO, &on) == 0, "FIONBIO");
}

/* Winsock does not tell whether a socket is non-blocking. */
int64_t scene_flags(struct check *c, loop_fd fd)
{
    DWORD flags = 0;

    WINDOWS_MUST(c, GetHandleInformation((HANDLE)fd, &flags), "GetHandleInformation");
    return (int64_t)flags;
}
