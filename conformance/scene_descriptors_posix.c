/* SPDX-License-Identifier: MIT
 *
 * More for a check of descriptors to watch, on POSIX. */
#include "scene_descriptors.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MUST(c, condition, what) EXPECT(c, condition, "%s: %s", (what), strerror(errno))

enum { CLOSED_NUMBER = 250 };

/* Hands a new descriptor to the scene, which closes it at the end. */
static loop_fd adopt(struct check *c, int fd, const char *what)
{
    MUST(c, fd >= 0, what);
    loop_fd owned = scene_dup(c, fd);
    close(fd);
    return owned;
}

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static uint16_t bind_to(struct check *c, loop_fd fd, uint16_t port)
{
    struct sockaddr_in address = loopback(port);
    socklen_t length = sizeof address;

    MUST(c, bind((int)fd, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    MUST(c, getsockname((int)fd, (struct sockaddr *)&address, &length) == 0, "getsockname");
    return ntohs(address.sin_port);
}

size_t scene_take(struct check *c, loop_fd fd, size_t count)
{
    char bytes[64];
    ssize_t got;

    do
        got = read((int)fd, bytes, count < sizeof bytes ? count : sizeof bytes);
    while (got < 0 && errno == EINTR);
    MUST(c, got >= 0 || errno == EAGAIN || errno == EWOULDBLOCK, "read");
    return got < 0 ? 0 : (size_t)got;
}

void scene_await_readable(struct check *c, loop_fd fd)
{
    struct pollfd entry = {.fd = (int)fd, .events = POLLIN};
    int64_t deadline = check_now() + SECONDS(20);

    while (poll(&entry, 1, 100) <= 0)
        EXPECT(c, check_now() < deadline, "the machine did not deliver what was sent");
}

loop_fd scene_connecting(struct check *c, uint32_t port)
{
    loop_fd fd = adopt(c, socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in to;

    /* A port that is bound and not listening refuses, and nobody else can take it meanwhile. */
    if (port == 0)
        port = bind_to(c, adopt(c, socket(AF_INET, SOCK_STREAM, 0), "socket"), 0);
    to = loopback((uint16_t)port);
    if (connect((int)fd, (struct sockaddr *)&to, sizeof to) != 0)
        MUST(c, errno == EINPROGRESS || errno == EINTR || errno == ECONNREFUSED, "connect");
    return fd;
}

void scene_turn_away(struct check *c, loop_fd listener)
{
    int fd = accept((int)listener, NULL, NULL);

    MUST(c, fd >= 0, "accept");
    close(fd);
}

static void connect_to_address_of(struct check *c, loop_fd fd, loop_fd peer)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;

    MUST(c, getsockname((int)peer, (struct sockaddr *)&address, &length) == 0, "getsockname");
    MUST(c, connect((int)fd, (struct sockaddr *)&address, length) == 0, "connect");
}

/* A connected socket takes datagrams of its own peer alone, and others are refused as if it were
 * not there; a port that was closed instead could be taken by a stranger. */
struct scene_datagrams scene_refused_datagram(struct check *c)
{
    struct scene_datagrams result = {.fd = scene_datagram_socket(c),
                                     .peer = scene_datagram_socket(c)};

    connect_to_address_of(c, result.peer, result.peer);
    connect_to_address_of(c, result.fd, result.peer);
    MUST(c, send((int)result.fd, "x", 1, 0) == 1, "send");
    return result;
}

void scene_datagram_back(struct check *c, const struct scene_datagrams *datagrams)
{
    connect_to_address_of(c, datagrams->peer, datagrams->fd);
    MUST(c, send((int)datagrams->peer, "data", 4, 0) == 4, "send");
}

void scene_take_error(struct check *c, loop_fd fd)
{
    int error = 0;
    socklen_t length = sizeof error;

    MUST(c, getsockopt((int)fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0, "SO_ERROR");
}

void scene_poke(struct check *c, loop_fd fd)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;

    MUST(c, getsockname((int)fd, (struct sockaddr *)&address, &length) == 0, "getsockname");
    MUST(c, sendto((int)fd, "data", 4, 0, (struct sockaddr *)&address, length) == 4, "sendto");
}

struct scene_pair scene_fifo(struct check *c)
{
    char path[4096];
    struct scene_pair pair;

    snprintf(path, sizeof path, "%s/fifo", c->directory);
    MUST(c, mkfifo(path, 0600) == 0, "mkfifo");
    /* The reading end first: without it the writing end cannot be opened without waiting. */
    pair.end = adopt(c, open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), "fifo");
    pair.peer = adopt(c, open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC), "fifo");
    unlink(path);
    return pair;
}

struct scene_pair scene_waiting_pipe(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);

    scene_set_blocking(c, pair.end, true);
    scene_set_blocking(c, pair.peer, true);
    return pair;
}

loop_fd scene_closed_number(struct check *c)
{
    MUST(c, fcntl(CLOSED_NUMBER, F_GETFD) < 0, "a number that should be free");
    return CLOSED_NUMBER;
}

static int kept_zero = -1;

static void give_zero_back(void *arg)
{
    (void)arg;
    if (kept_zero >= 0) {
        dup2(kept_zero, 0);
        close(kept_zero);
    } else {
        close(0);
    }
}

void scene_borrow_zero(struct check *c, loop_fd fd)
{
    kept_zero = fcntl(0, F_DUPFD_CLOEXEC, 3);
    check_at_end(c, give_zero_back, NULL);
    MUST(c, dup2((int)fd, 0) == 0, "dup2");
}

void scene_set_blocking(struct check *c, loop_fd fd, bool blocking)
{
    int flags = fcntl((int)fd, F_GETFL);

    flags = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
    MUST(c, fcntl((int)fd, F_SETFL, flags) == 0, "O_NONBLOCK");
}

int64_t scene_flags(struct check *c, loop_fd fd)
{
    int of_file = fcntl((int)fd, F_GETFL), of_descriptor = fcntl((int)fd, F_GETFD);

    MUST(c, of_file >= 0 && of_descriptor >= 0, "fcntl");
    return (int64_t)of_file << 8 | of_descriptor;
}
