/* SPDX-License-Identifier: MIT */
#include "peer.h"
#include "endpoint.h"

#include "net.h"

#include <stdlib.h>

union address {
    struct sockaddr any;
    struct sockaddr_in inet;
    struct sockaddr_in6 inet6;
};

struct loop_address peer_loopback(uint32_t family, uint32_t port)
{
    return (struct loop_address){.size = sizeof(struct loop_address),
                                 .family = family,
                                 .host = family == LOOP_ADDRESS_INET6 ? "::1" : "127.0.0.1",
                                 .port = port};
}

static net_length to_native(uint32_t family, uint32_t port, union address *native)
{
    memset(native, 0, sizeof *native);
    if (family == LOOP_ADDRESS_INET6) {
        native->inet6.sin6_family = AF_INET6;
        native->inet6.sin6_port = htons((uint16_t)port);
        native->inet6.sin6_addr = in6addr_loopback;
        return sizeof native->inet6;
    }
    native->inet.sin_family = AF_INET;
    native->inet.sin_port = htons((uint16_t)port);
    native->inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sizeof native->inet;
}

static net_socket open_socket(uint32_t family)
{
    net_socket fd = socket(family == LOOP_ADDRESS_INET6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);

    if (fd != NET_NONE)
        net_prepare(fd);
    return fd;
}

void peer_need_inet6(struct check *c)
{
    union address native;
    net_length length = to_native(LOOP_ADDRESS_INET6, 0, &native);
    net_socket fd = open_socket(LOOP_ADDRESS_INET6);
    bool there = fd != NET_NONE && bind(fd, &native.any, length) == 0;

    if (fd != NET_NONE)
        net_close(fd);
    if (!there)
        check_skip(c, "this machine has no IPv6 on loopback");
}

void peer_need_host(struct check *c, const char *host)
{
    union address native;
    net_length length = to_native(LOOP_ADDRESS_INET, 0, &native);
    net_socket fd = open_socket(LOOP_ADDRESS_INET);
    bool there = fd != NET_NONE && inet_pton(AF_INET, host, &native.inet.sin_addr) == 1 &&
                 bind(fd, &native.any, length) == 0;

    if (fd != NET_NONE)
        net_close(fd);
    if (!there)
        check_skip(c, "%s is no address of this machine", host);
}

/* The scene closes at the end what it has adopted. */
static loop_fd adopt(struct check *c, net_socket fd, const char *what)
{
    NET_MUST(c, fd != NET_NONE, what);
    return scene_own(c, (loop_fd)fd);
}

static loop_fd bound(struct check *c, uint32_t family, struct loop_address *address)
{
    union address native;
    net_length length = to_native(family, 0, &native);
    loop_fd fd = adopt(c, open_socket(family), "socket");

    NET_MUST(c, bind((net_socket)fd, &native.any, length) == 0, "bind");
    NET_MUST(c, getsockname((net_socket)fd, &native.any, &length) == 0, "getsockname");
    *address = peer_loopback(family, ntohs(family == LOOP_ADDRESS_INET6 ? native.inet6.sin6_port
                                                                        : native.inet.sin_port));
    return fd;
}

loop_fd peer_listen(struct check *c, uint32_t family, int backlog, struct loop_address *address)
{
    loop_fd fd = bound(c, family, address);

    NET_MUST(c, listen((net_socket)fd, backlog) == 0, "listen");
    return fd;
}

struct loop_address peer_refusing(struct check *c, uint32_t family)
{
    struct loop_address address;

    bound(c, family, &address);
    return address;
}

bool peer_can_accept(struct check *c, loop_fd listener)
{
    return scene_readable_now(c, listener);
}

loop_fd peer_accept(struct check *c, loop_fd listener)
{
    struct pollfd entry = {.fd = (net_socket)listener, .events = POLLIN};
    net_socket fd;

    net_wait(&entry, 5000);
    fd = accept((net_socket)listener, NULL, NULL);
    if (fd != NET_NONE)
        net_prepare(fd);
    return adopt(c, fd, "no connection arrived");
}

static int begin(net_socket fd, const struct loop_address *to)
{
    union address native;
    net_length length = to_native(to->family, to->port, &native);

    if (connect(fd, &native.any, length) == 0 || net_under_way(net_error()))
        return 0;
    return net_error();
}

loop_fd peer_connect_begin(struct check *c, const struct loop_address *to)
{
    loop_fd fd = adopt(c, open_socket(to->family), "socket");

    net_set_error(begin((net_socket)fd, to));
    NET_MUST(c, net_error() == 0, "connect");
    return fd;
}

static int connected(net_socket fd, const struct loop_address *to)
{
    struct pollfd entry = {.fd = fd, .events = POLLOUT};
    int error = begin(fd, to);
    net_length length = sizeof error;

    if (error == 0 && net_wait(&entry, 5000) <= 0)
        return NET_TIMED_OUT;
    if (error == 0)
        getsockopt(fd, SOL_SOCKET, SO_ERROR, (void *)&error, &length);
    return error;
}

loop_fd peer_connect(struct check *c, const struct loop_address *to)
{
    loop_fd fd = adopt(c, open_socket(to->family), "socket");

    net_set_error(connected((net_socket)fd, to));
    NET_MUST(c, net_error() == 0, "connect");
    return fd;
}

loop_status peer_try(struct check *c, const struct loop_address *to)
{
    net_socket fd = open_socket(to->family);
    int error;

    NET_MUST(c, fd != NET_NONE, "socket");
    error = connected(fd, to);
    net_close(fd);
    return net_status(error);
}

static bool stays_under_way(net_socket fd)
{
    struct pollfd entry = {.fd = fd, .events = POLLOUT};

    return net_wait(&entry, 100) == 0;
}

void peer_fill_backlog(struct check *c, const struct loop_address *to)
{
    for (int i = 0; i < 16; i++) {
        if (stays_under_way((net_socket)peer_connect_begin(c, to)))
            return;
    }
    check_skip(c, "a listener's backlog cannot be filled here");
}

void peer_bound_buffers(struct check *c, loop_fd fd, int bytes)
{
    NET_MUST(
        c,
        setsockopt((net_socket)fd, SOL_SOCKET, SO_RCVBUF, (const void *)&bytes, sizeof bytes) == 0,
        "SO_RCVBUF");
    NET_MUST(
        c,
        setsockopt((net_socket)fd, SOL_SOCKET, SO_SNDBUF, (const void *)&bytes, sizeof bytes) == 0,
        "SO_SNDBUF");
}

bool peer_no_delay(struct check *c, loop_fd fd)
{
    int value = 0;
    net_length length = sizeof value;

    NET_MUST(c, getsockopt((net_socket)fd, IPPROTO_TCP, TCP_NODELAY, (void *)&value, &length) == 0,
             "TCP_NODELAY");
    return value != 0;
}

/* ---- the pump */

static void send_some(struct peer *p)
{
    while (p->unsent > 0) {
        int64_t sent = net_send((net_socket)p->fd, p->sending, p->unsent);

        if (sent < 0 && !net_later(net_error())) {
            p->broken = net_status(net_error());
            p->unsent = 0;
        }
        if (sent <= 0)
            return;
        p->sending += sent;
        p->unsent -= (size_t)sent;
    }
    if (p->ends) {
        p->ends = false;
        shutdown((net_socket)p->fd, NET_SHUT_WRITE);
    }
}

static size_t receive_once(struct peer *p, size_t most)
{
    const size_t piece = 65536;

    if (p->capacity - p->bytes < piece) {
        p->capacity = p->capacity * 2 + piece;
        p->data = realloc(p->data, p->capacity);
        EXPECT(p->check, p->data != NULL, "no memory for what the peer received");
    }
    int64_t got = net_receive((net_socket)p->fd, p->data + p->bytes, most < piece ? most : piece);
    if (got > 0) {
        p->bytes += (size_t)got;
        return (size_t)got;
    }
    if (got == 0)
        p->ended = true;
    else if (!net_later(net_error()))
        p->broken = net_status(net_error());
    return 0;
}

static void receive_some(struct peer *p)
{
    size_t left = p->per_tick == 0 ? SIZE_MAX : p->per_tick == PEER_DEAF ? 0 : p->per_tick;

    while (left > 0 && !p->ended && p->broken == LOOP_OK) {
        size_t got = receive_once(p, left);

        if (got == 0)
            return;
        left -= got;
    }
}

static void tick(void *arg)
{
    struct peer *p = arg;
    struct check *c = p->check;

    if (!p->running)
        return;
    if (p->broken == LOOP_OK)
        send_some(p);
    receive_some(p);
    NEED_OK(c, "call_later", c->ops->call_later(c->loop, MILLISECONDS(1), tick, p, NULL));
    check_notify(c);
}

static void free_data(void *arg)
{
    free(((struct peer *)arg)->data);
}

struct peer *peer_start(struct check *c, loop_fd fd)
{
    struct peer *p = check_alloc(c, sizeof *p);

    *p = (struct peer){.check = c, .fd = fd, .running = true};
    check_at_end(c, free_data, p);
    NEED_OK(c, "call_later", c->ops->call_later(c->loop, MILLISECONDS(1), tick, p, NULL));
    return p;
}

void peer_stop(struct peer *p)
{
    p->running = false;
}

void peer_send(struct peer *p, const void *data, size_t length)
{
    EXPECT_INT(p->check, "bytes that the peer has yet to send", p->unsent, 0);
    p->sending = data;
    p->unsent = length;
}

void peer_expect_pattern(struct peer *p, const char *file, int line, size_t length)
{
    size_t right = p->bytes == 0 ? 0 : pattern_mismatch(p->data, p->bytes);

    check_expect_int(p->check, file, line, "bytes received by the peer", (int64_t)p->bytes,
                     (int64_t)length);
    check_expect_int(p->check, file, line, "bytes received as they were written", (int64_t)right,
                     (int64_t)length);
}

void peer_expect_text(struct peer *p, const char *file, int line, const char *text)
{
    size_t length = strlen(text);

    check_expect_int(p->check, file, line, "bytes received by the peer", (int64_t)p->bytes,
                     (int64_t)length);
    if (length > 0 && memcmp(p->data, text, length) != 0)
        check_fail(p->check, file, line, "what is written is what is received",
                   "the peer received other bytes than \"%s\"", text);
}

bool peer_received(void *peer)
{
    const struct peer *p = peer;

    return p->bytes >= p->target;
}

bool peer_ended(void *peer)
{
    const struct peer *p = peer;

    return p->ended || p->broken != LOOP_OK;
}

bool peer_sent(void *peer)
{
    return ((struct peer *)peer)->unsent == 0;
}
