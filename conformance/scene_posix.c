/* SPDX-License-Identifier: MIT
 *
 * The scene's descriptors on POSIX. Socket pairs are AF_UNIX, where what was written can be read at
 * once: over TCP the delivery is the kernel's to time, and a check would have to wait for it. */
#include "scene.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* macOS has none. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

#define MUST(c, condition, what) EXPECT(c, condition, "%s: %s", (what), strerror(errno))

/* What this check has open, by number; `peer` is the other end of a socket pair plus one. */
struct owned {
    bool open;
    int peer;
};
static struct owned *owned;
static size_t owned_size;

static void close_owned(void *arg)
{
    (void)arg;
    for (size_t fd = 0; fd < owned_size; fd++) {
        if (owned[fd].open)
            close((int)fd);
    }
    free(owned);
    owned = NULL;
    owned_size = 0;
}

static loop_fd own(struct check *c, int fd)
{
    size_t number = (size_t)fd;

    if (number >= owned_size) {
        size_t size = number + 64;
        struct owned *grown = realloc(owned, size * sizeof *grown);

        MUST(c, grown != NULL, "memory");
        if (owned_size == 0)
            check_at_end(c, close_owned, NULL);
        memset(grown + owned_size, 0, (size - owned_size) * sizeof *grown);
        owned = grown;
        owned_size = size;
    }
    owned[number] = (struct owned){.open = true};
    return fd;
}

loop_fd scene_own(struct check *c, loop_fd fd)
{
    return own(c, (int)fd);
}

static void forget(int fd)
{
    if ((size_t)fd < owned_size)
        owned[fd] = (struct owned){.open = false};
}

static void set_flags(struct check *c, int fd)
{
    MUST(c, fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0, "O_NONBLOCK");
    MUST(c, fcntl(fd, F_SETFD, FD_CLOEXEC) == 0, "FD_CLOEXEC");
}

static loop_fd own_new(struct check *c, int fd, const char *what)
{
    MUST(c, fd >= 0, what);
    set_flags(c, fd);
    return own(c, fd);
}

struct scene_pair scene_sockets(struct check *c)
{
    int fds[2];
    struct scene_pair pair;

    MUST(c, socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "socketpair");
    pair.end = own_new(c, fds[0], "socketpair");
    pair.peer = own_new(c, fds[1], "socketpair");
    owned[fds[0]].peer = fds[1] + 1;
    owned[fds[1]].peer = fds[0] + 1;
    return pair;
}

struct scene_pair scene_pipe(struct check *c)
{
    int fds[2];
    struct scene_pair pair;

    MUST(c, pipe(fds) == 0, "pipe");
    pair.end = own_new(c, fds[0], "pipe");
    pair.peer = own_new(c, fds[1], "pipe");
    return pair;
}

struct scene_pair scene_terminal(struct check *c)
{
    struct scene_pair pair;
    struct termios raw;
    const char *name;
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    int terminal;

    if (master < 0)
        check_skip(c, "this machine has no pseudo-terminals: %s", strerror(errno));
    pair.peer = own_new(c, master, "posix_openpt");
    name = grantpt(master) == 0 && unlockpt(master) == 0 ? ptsname(master) : NULL;
    terminal = name != NULL ? open(name, O_RDWR | O_NOCTTY) : -1;
    if (terminal < 0)
        check_skip(c, "a pseudo-terminal cannot be opened: %s", strerror(errno));
    pair.end = own_new(c, terminal, "terminal");
    MUST(c, tcgetattr(terminal, &raw) == 0, "tcgetattr");
    raw.c_lflag &= (tcflag_t) ~(tcflag_t)(ECHO | ICANON | ISIG | IEXTEN);
    raw.c_iflag &= (tcflag_t) ~(tcflag_t)(ICRNL | IXON);
    raw.c_oflag &= (tcflag_t) ~(tcflag_t)OPOST;
    MUST(c, tcsetattr(terminal, TCSANOW, &raw) == 0, "tcsetattr");
    return pair;
}

static struct sockaddr_in bind_loopback(struct check *c, int fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    MUST(c, bind(fd, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    MUST(c, getsockname(fd, (struct sockaddr *)&address, &length) == 0, "getsockname");
    return address;
}

loop_fd scene_datagram_socket(struct check *c)
{
    loop_fd fd = own_new(c, socket(AF_INET, SOCK_DGRAM, 0), "datagram socket");

    bind_loopback(c, (int)fd);
    return fd;
}

loop_fd scene_listener(struct check *c, struct loop_address *address, char host[64])
{
    loop_fd fd = own_new(c, socket(AF_INET, SOCK_STREAM, 0), "listening socket");
    struct sockaddr_in bound = bind_loopback(c, (int)fd);

    MUST(c, listen((int)fd, 64) == 0, "listen");
    snprintf(host, 64, "127.0.0.1");
    *address = (struct loop_address){
        .size = sizeof *address,
        .family = LOOP_ADDRESS_INET,
        .host = host,
        .port = ntohs(bound.sin_port),
    };
    return fd;
}

struct scene_pair scene_tcp(struct check *c)
{
    struct loop_address address;
    char host[64];
    struct scene_pair pair;
    loop_fd listener = scene_listener(c, &address, host);
    int end = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)address.port)};

    MUST(c, end >= 0, "socket");
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    MUST(c, connect(end, (struct sockaddr *)&to, sizeof to) == 0, "connect");
    pair.end = own_new(c, end, "socket");
    /* The listener is non-blocking, and connect may return before the connection is queued. */
    poll(&(struct pollfd){.fd = (int)listener, .events = POLLIN}, 1, 5000);
    pair.peer = own_new(c, accept((int)listener, NULL, NULL), "accept");
    scene_close(c, listener);
    return pair;
}

loop_fd scene_file(struct check *c, const char *contents)
{
    char path[4096];
    size_t length = strlen(contents);
    int fd;

    snprintf(path, sizeof path, "%s/file-XXXXXX", c->directory);
    fd = mkstemp(path);
    MUST(c, fd >= 0, "mkstemp");
    unlink(path);
    MUST(c, write(fd, contents, length) == (ssize_t)length, "write");
    MUST(c, lseek(fd, 0, SEEK_SET) == 0, "lseek");
    return own_new(c, fd, "file");
}

loop_fd scene_open(struct check *c, const char *path)
{
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        check_skip(c, "%s cannot be opened: %s", path, strerror(errno));
    return own_new(c, fd, path);
}

loop_fd scene_directory(struct check *c)
{
    return own_new(c, open(c->directory, O_RDONLY | O_DIRECTORY), "directory");
}

loop_fd scene_dup(struct check *c, loop_fd fd)
{
    return own_new(c, dup((int)fd), "dup");
}

void scene_dup_onto(struct check *c, loop_fd fd, loop_fd target)
{
    MUST(c, dup2((int)fd, (int)target) >= 0, "dup2");
    own_new(c, (int)target, "dup2");
}

int64_t scene_read_now(loop_fd fd, void *bytes, size_t room)
{
    return read((int)fd, bytes, room);
}

int64_t scene_write_now(loop_fd fd, const void *bytes, size_t length)
{
    return write((int)fd, bytes, length);
}

/* Sockets are sent to without a SIGPIPE; a check that breaks a pipe ends by the signal, as it
 * should. */
static ssize_t put(int fd, const char *bytes, size_t length)
{
    ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);

    return sent < 0 && errno == ENOTSOCK ? write(fd, bytes, length) : sent;
}

void scene_send(struct check *c, loop_fd fd, const char *text)
{
    size_t length = strlen(text);

    while (length > 0) {
        ssize_t sent = put((int)fd, text, length);

        if (sent < 0 && errno == EINTR)
            continue;
        MUST(c, sent > 0, "write");
        text += sent;
        length -= (size_t)sent;
    }
}

size_t scene_drain(struct check *c, loop_fd fd)
{
    char bytes[4096];
    size_t total = 0;

    (void)c;
    for (;;) {
        ssize_t got = read((int)fd, bytes, sizeof bytes);

        if (got > 0)
            total += (size_t)got;
        else if (got == 0 || errno != EINTR)
            return total;
    }
}

size_t scene_fill(struct check *c, loop_fd fd)
{
    static const char bytes[4096];
    size_t total = 0, step = sizeof bytes;

    /* Bytes one by one at the end: a pipe takes none of a piece that does not fit as a whole. */
    while (step > 0) {
        ssize_t sent = put((int)fd, bytes, step);

        if (sent > 0)
            total += (size_t)sent;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            step = step > 1 ? 1 : 0;
        else
            MUST(c, errno == EINTR, "write");
    }
    return total;
}

bool scene_readable_now(struct check *c, loop_fd fd)
{
    struct pollfd entry = {.fd = (int)fd, .events = POLLIN};
    int ready = poll(&entry, 1, 0);

    MUST(c, ready >= 0 || errno == EINTR, "poll");
    return ready > 0 && (entry.revents & (POLLIN | POLLHUP | POLLERR)) != 0;
}

void scene_shutdown_write(struct check *c, loop_fd fd)
{
    MUST(c, shutdown((int)fd, SHUT_WR) == 0, "shutdown");
}

void scene_forget(struct check *c, loop_fd fd)
{
    (void)c;
    forget((int)fd);
}

bool scene_is_open(struct check *c, loop_fd fd)
{
    (void)c;
    return fcntl((int)fd, F_GETFD) >= 0;
}

void scene_close(struct check *c, loop_fd fd)
{
    forget((int)fd);
    MUST(c, close((int)fd) == 0, "close");
}

void scene_reset(struct check *c, loop_fd fd)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    int peer = (size_t)fd < owned_size ? owned[fd].peer - 1 : -1;

    /* What is closed with data unread resets its AF_UNIX peer; TCP needs no linger. */
    if (peer >= 0 && owned[peer].open)
        put(peer, "", 1);
    MUST(c, setsockopt((int)fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0, "SO_LINGER");
    scene_close(c, fd);
}

void scene_need_descriptors(struct check *c, int count)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)count;

    MUST(c, getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
    if (limit.rlim_cur >= wanted)
        return;
    if (limit.rlim_max < wanted)
        limit.rlim_max = wanted;
    limit.rlim_cur = wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        check_skip(c, "%d descriptors are not to be had: %s", count, strerror(errno));
}
