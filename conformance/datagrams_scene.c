/* SPDX-License-Identifier: MIT
 *
 * Mailboxes, by plain calls of the OS. */
#include "datagrams.h"

#include "net.h"

#include <stdlib.h>

union address {
    struct sockaddr any;
    struct sockaddr_in inet;
    struct sockaddr_in6 inet6;
    struct sockaddr_un un;
};

static net_length to_native(const struct loop_address *address, union address *native)
{
    memset(native, 0, sizeof *native);
    if (address->family == LOOP_ADDRESS_UNIX) {
        native->un.sun_family = AF_UNIX;
        memcpy(native->un.sun_path, address->path, address->path_length);
        return (net_length)(offsetof(struct sockaddr_un, sun_path) + address->path_length + 1);
    }
    if (address->family == LOOP_ADDRESS_INET6) {
        native->inet6.sin6_family = AF_INET6;
        native->inet6.sin6_port = htons((uint16_t)address->port);
        inet_pton(AF_INET6, address->host, &native->inet6.sin6_addr);
        return sizeof native->inet6;
    }
    native->inet.sin_family = AF_INET;
    native->inet.sin_port = htons((uint16_t)address->port);
    inet_pton(AF_INET, address->host, &native->inet.sin_addr);
    return sizeof native->inet;
}

static void from_native(const union address *native, net_length length, struct kept_address *kept)
{
    struct loop_address shown = {.size = sizeof shown};
    char host[64] = "";

    if (native->any.sa_family == AF_INET) {
        shown.family = LOOP_ADDRESS_INET;
        shown.host = inet_ntop(AF_INET, &native->inet.sin_addr, host, sizeof host);
        shown.port = ntohs(native->inet.sin_port);
    } else if (native->any.sa_family == AF_INET6) {
        shown.family = LOOP_ADDRESS_INET6;
        shown.host = inet_ntop(AF_INET6, &native->inet6.sin6_addr, host, sizeof host);
        shown.port = ntohs(native->inet6.sin6_port);
    } else if ((size_t)length > offsetof(struct sockaddr_un, sun_path)) {
        shown.family = LOOP_ADDRESS_UNIX;
        shown.path = native->un.sun_path;
        shown.path_length = strlen(native->un.sun_path);
    }
    keep_address(kept, &shown);
}

static int native_family(uint32_t family)
{
    return family == LOOP_ADDRESS_UNIX    ? AF_UNIX
           : family == LOOP_ADDRESS_INET6 ? AF_INET6
                                          : AF_INET;
}

static loop_fd open_socket(struct check *c, uint32_t family)
{
    net_socket fd = socket(native_family(family), SOCK_DGRAM, 0);
    int room = 1024 * 1024;

    NET_MUST(c, fd != NET_NONE, "socket");
    net_prepare(fd);
    if (family != LOOP_ADDRESS_UNIX) /* the system may give less */
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, (const void *)&room, sizeof room);
    return scene_own(c, (loop_fd)fd);
}

static void bind_to(struct mailbox *m)
{
    union address native;
    net_length length = to_native(&m->address, &native);

    m->fd = open_socket(m->check, m->address.family);
    NET_MUST(m->check, bind((net_socket)m->fd, &native.any, length) == 0, "bind");
}

/* ---- receiving */

static bool receive(struct mailbox *m)
{
    unsigned char bytes[70000];
    union address from = {.any = {.sa_family = AF_UNSPEC}};
    net_length length = sizeof from;
    int64_t got = net_receive_from((net_socket)m->fd, bytes, sizeof bytes, &from.any, &length);
    struct kept_datagram *letter;

    if (got < 0)
        return false; /* an error of the network is not for the mailbox to judge */
    if (m->letters == m->capacity) {
        m->capacity = m->capacity * 2 + 16;
        m->letter = realloc(m->letter, (size_t)m->capacity * sizeof(struct kept_datagram *));
        EXPECT(m->check, m->letter != NULL, "no memory for a letter");
    }
    letter = check_alloc(m->check, sizeof *letter);
    *letter = (struct kept_datagram){.data = check_alloc(m->check, (size_t)got + 1),
                                     .length = (size_t)got};
    m->letter[m->letters++] = letter;
    memcpy(letter->data, bytes, (size_t)got);
    letter->data[got] = '\0';
    from_native(&from, length, &letter->from);
    return true;
}

void mailbox_collect(struct mailbox *m)
{
    while (!m->deaf && receive(m))
        ;
}

static void tick(void *arg)
{
    struct mailbox *m = arg;
    struct check *c = m->check;

    m->running = !m->resting;
    if (!m->running)
        return;
    mailbox_collect(m);
    NEED_OK(c, "call_later", c->ops->call_later(c->loop, MILLISECONDS(1), tick, m, NULL));
    check_notify(c);
}

static void free_letters(void *arg)
{
    free(((struct mailbox *)arg)->letter);
}

void mailbox_rest(struct mailbox *m)
{
    m->resting = true;
}

void mailbox_wake(struct mailbox *m)
{
    struct check *c = m->check;

    m->resting = false;
    if (m->running)
        return;
    m->running = true;
    NEED_OK(c, "call_later", c->ops->call_later(c->loop, MILLISECONDS(1), tick, m, NULL));
}

static struct mailbox *start(struct check *c, const struct loop_address *address)
{
    struct mailbox *m = check_alloc(c, sizeof *m);

    *m = (struct mailbox){.check = c, .address = *address};
    check_at_end(c, free_letters, m);
    bind_to(m);
    mailbox_wake(m);
    return m;
}

struct mailbox *mailbox_open(struct check *c, uint32_t family)
{
    struct loop_address address = peer_loopback(family, 0);
    struct mailbox *m = start(c, &address);
    struct kept_address kept = {.calls = 0};
    union address native;
    net_length length = sizeof native;

    NET_MUST(c, getsockname((net_socket)m->fd, &native.any, &length) == 0, "getsockname");
    from_native(&native, length, &kept);
    m->address.port = kept.address.port;
    return m;
}

struct mailbox *mailbox_at(struct check *c, const struct loop_address *path)
{
    return start(c, path);
}

bool mailbox_received(void *mailbox)
{
    const struct mailbox *m = mailbox;

    return m->letters >= m->target;
}

void mailbox_connect(struct mailbox *m, const struct loop_address *to)
{
    union address native;
    net_length length = to_native(to, &native);

    NET_MUST(m->check, connect((net_socket)m->fd, &native.any, length) == 0, "connect");
}

static int64_t send_raw(struct mailbox *m, const void *data, size_t length,
                        const struct loop_address *to)
{
    union address native;

    if (to == NULL)
        return net_send((net_socket)m->fd, data, length);
    net_length native_length = to_native(to, &native);
    return net_send_to((net_socket)m->fd, data, length, &native.any, native_length);
}

void mailbox_send(struct mailbox *m, const void *data, size_t length, const struct loop_address *to)
{
    NET_MUST(m->check, send_raw(m, data, length, to) == (int64_t)length, "sendto");
}

/* IP's limit, or the one that some systems set besides. */
size_t mailbox_largest(struct mailbox *m)
{
    static const size_t sizes[] = {65507, 9216, 1472};
    const void *bytes = check_alloc(m->check, sizes[0]);
    struct mailbox *probe = mailbox_open(m->check, m->address.family);

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (send_raw(probe, bytes, sizes[i], &probe->address) == (int64_t)sizes[i])
            return sizes[i];
    }
    check_skip(m->check, "no large datagram can be sent here");
}

void mailbox_expect(struct mailbox *m, const char *file, int line, int index, const char *text)
{
    if (index >= m->letters)
        check_fail(m->check, file, line, "the letter has arrived", "there are only %d letters",
                   m->letters);
    if (m->letter[index]->length != strlen(text) ||
        memcmp(m->letter[index]->data, text, strlen(text)) != 0)
        check_fail(m->check, file, line, "what is sent is what is received",
                   "the mailbox received \"%.60s\" (%zu bytes), not \"%.60s\"",
                   (char *)m->letter[index]->data, m->letter[index]->length, text);
}

/* ---- broadcasting */

struct loop_address datagram_broadcast(struct check *c)
{
    struct loop_address to = peer_loopback(LOOP_ADDRESS_INET, 9);
    union address native;
    net_length length;
    int error;

    to.host = "127.255.255.255";
    length = to_native(&to, &native);
    loop_fd fd = open_socket(c, LOOP_ADDRESS_INET);
    error = connect((net_socket)fd, &native.any, length) == 0 ? 0 : net_error();
    scene_close(c, fd);
    if (error != NET_NOT_PERMITTED)
        check_skip(c, "loopback has no broadcast address here");
    return to;
}

bool datagram_broadcasts(struct check *c, loop_fd fd)
{
    int value = 0;
    net_length length = sizeof value;

    NET_MUST(c, getsockopt((net_socket)fd, SOL_SOCKET, SO_BROADCAST, (void *)&value, &length) == 0,
             "SO_BROADCAST");
    return value != 0;
}
