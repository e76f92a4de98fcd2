/* SPDX-License-Identifier: MIT
 *
 * The scene's sockets and handles on Windows. Socket pairs are TCP over loopback: what is sent has
 * arrived when scene_send returns, as far as the system tells. */
#include "scene_windows.h"

#include <stdio.h>
#include <stdlib.h>

/* What this check has open; `peer` is the other end of a socket pair. */
struct owned {
    loop_fd fd;
    loop_fd peer;
    bool socket;
    struct owned *next;
};
static struct owned *owned;
static bool started;

const char *windows_text(DWORD error)
{
    static char text[256];
    DWORD length =
        FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error,
                       MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), text, sizeof text - 16, NULL);

    while (length > 0 && (unsigned char)text[length - 1] <= ' ')
        length--;
    snprintf(text + length, sizeof text - length, " (%lu)", (unsigned long)error);
    return text;
}

/* ---- what is the scene's */

static void close_one(struct owned *entry)
{
    if (entry->socket)
        closesocket((SOCKET)entry->fd);
    else
        CloseHandle((HANDLE)entry->fd);
}

static void close_owned(void *arg)
{
    (void)arg;
    started = false;
    while (owned != NULL) {
        struct owned *entry = owned;

        owned = entry->next;
        close_one(entry);
        free(entry);
    }
}

static struct owned *find(loop_fd fd)
{
    struct owned *entry = owned;

    while (entry != NULL && entry->fd != fd)
        entry = entry->next;
    return entry;
}

static loop_fd own(struct check *c, loop_fd fd, bool is_socket)
{
    struct owned *entry = calloc(1, sizeof *entry);

    EXPECT(c, entry != NULL, "no memory for the scene");
    if (!started)
        check_at_end(c, close_owned, NULL);
    started = true;
    *entry = (struct owned){fd, LOOP_NO_FD, is_socket, owned};
    owned = entry;
    return fd;
}

static void forget(loop_fd fd)
{
    struct owned **link = &owned;

    while (*link != NULL && (*link)->fd != fd)
        link = &(*link)->next;
    if (*link != NULL) {
        struct owned *entry = *link;

        *link = entry->next;
        free(entry);
    }
}

bool scene_is_socket(loop_fd fd)
{
    int type;
    int length = sizeof type;

    return getsockopt((SOCKET)fd, SOL_SOCKET, SO_TYPE, (char *)&type, &length) == 0;
}

loop_fd scene_own(struct check *c, loop_fd fd)
{
    return own(c, fd, scene_is_socket(fd));
}

loop_fd scene_own_handle(struct check *c, HANDLE handle, const char *what)
{
    WINDOWS_MUST(c, handle != NULL && handle != INVALID_HANDLE_VALUE, what);
    return own(c, (loop_fd)handle, false);
}

void scene_forget(struct check *c, loop_fd fd)
{
    (void)c;
    forget(fd);
}

bool scene_is_open(struct check *c, loop_fd fd)
{
    DWORD flags;

    (void)c;
    return GetHandleInformation((HANDLE)fd, &flags);
}

void scene_close(struct check *c, loop_fd fd)
{
    bool is_socket = scene_is_socket(fd);

    forget(fd);
    if (is_socket)
        NET_MUST(c, closesocket((SOCKET)fd) == 0, "closesocket");
    else
        WINDOWS_MUST(c, CloseHandle((HANDLE)fd), "CloseHandle");
}

/* ---- sockets */

static loop_fd own_socket(struct check *c, SOCKET fd, const char *what)
{
    NET_MUST(c, fd != INVALID_SOCKET, what);
    net_prepare(fd);
    return own(c, (loop_fd)fd, true);
}

static struct sockaddr_in bind_loopback(struct check *c, loop_fd fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int length = sizeof address;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    NET_MUST(c, bind((SOCKET)fd, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    NET_MUST(c, getsockname((SOCKET)fd, (struct sockaddr *)&address, &length) == 0, "getsockname");
    return address;
}

loop_fd scene_datagram_socket(struct check *c)
{
    loop_fd fd = own_socket(c, socket(AF_INET, SOCK_DGRAM, 0), "datagram socket");

    bind_loopback(c, fd);
    return fd;
}

loop_fd scene_listener(struct check *c, struct loop_address *address, char host[64])
{
    loop_fd fd = own_socket(c, socket(AF_INET, SOCK_STREAM, 0), "listening socket");
    struct sockaddr_in bound = bind_loopback(c, fd);

    NET_MUST(c, listen((SOCKET)fd, 64) == 0, "listen");
    snprintf(host, 64, "127.0.0.1");
    *address = (struct loop_address){
        .size = sizeof *address,
        .family = LOOP_ADDRESS_INET,
        .host = host,
        .port = ntohs(bound.sin_port),
    };
    return fd;
}

/* Where both ends of all pairs meet; LOOP_NO_FD before the first. */
static loop_fd meeting_point = LOOP_NO_FD;
static struct sockaddr_in meeting_address;

static void forget_meeting_point(void *arg)
{
    (void)arg;
    meeting_point = LOOP_NO_FD;
}

static void make_meeting_point(struct check *c)
{
    struct loop_address address;
    char host[64];

    if (meeting_point != LOOP_NO_FD)
        return;
    meeting_point = scene_listener(c, &address, host);
    check_at_end(c, forget_meeting_point, NULL);
    meeting_address = (struct sockaddr_in){.sin_family = AF_INET};
    meeting_address.sin_port = htons((uint16_t)address.port);
    meeting_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

struct scene_pair scene_tcp(struct check *c)
{
    struct scene_pair pair;
    SOCKET end = socket(AF_INET, SOCK_STREAM, 0);

    make_meeting_point(c);
    NET_MUST(c, end != INVALID_SOCKET, "socket");
    NET_MUST(c, connect(end, (struct sockaddr *)&meeting_address, sizeof meeting_address) == 0,
             "connect");
    pair.end = own_socket(c, end, "socket");
    WSAPOLLFD arrival = {.fd = (SOCKET)meeting_point, .events = POLLIN};
    net_wait(&arrival, 5000);
    pair.peer = own_socket(c, accept((SOCKET)meeting_point, NULL, NULL), "accept");
    return pair;
}

struct scene_pair scene_sockets(struct check *c)
{
    struct scene_pair pair = scene_tcp(c);
    BOOL at_once = TRUE;

    find(pair.end)->peer = pair.peer;
    find(pair.peer)->peer = pair.end;
    setsockopt((SOCKET)pair.end, IPPROTO_TCP, TCP_NODELAY, (const char *)&at_once, sizeof at_once);
    setsockopt((SOCKET)pair.peer, IPPROTO_TCP, TCP_NODELAY, (const char *)&at_once, sizeof at_once);
    return pair;
}

/* Until the other end of a pair has something of what was sent to it. */
static void await_delivery(loop_fd fd)
{
    const struct owned *entry = find(fd);
    u_long there = 0;

    if (entry == NULL || entry->peer == LOOP_NO_FD || find(entry->peer) == NULL)
        return;
    for (int64_t end = check_now() + SECONDS(5); there == 0 && check_now() < end;) {
        if (ioctlsocket((SOCKET)entry->peer, (long)FIONREAD, &there) != 0)
            return;
        if (there == 0)
            check_block(MILLISECONDS(1) / 5);
    }
}

/* Until the other end can tell that there is an end. */
static void await_end(loop_fd fd)
{
    const struct owned *entry = find(fd);

    if (entry != NULL && entry->peer != LOOP_NO_FD && find(entry->peer) != NULL) {
        WSAPOLLFD arrival = {.fd = (SOCKET)entry->peer, .events = POLLIN};

        net_wait(&arrival, 5000);
    }
}

void scene_shutdown_write(struct check *c, loop_fd fd)
{
    NET_MUST(c, shutdown((SOCKET)fd, SD_SEND) == 0, "shutdown");
    await_end(fd);
}

void scene_reset(struct check *c, loop_fd fd)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    /* Wine shuts a socket down before it closes it, so that the peer sees an end instead. */
    check_need_windows(c);
    NET_MUST(
        c,
        setsockopt((SOCKET)fd, SOL_SOCKET, SO_LINGER, (const char *)&at_once, sizeof at_once) == 0,
        "SO_LINGER");
    scene_close(c, fd);
}

/* ---- reading and writing */

static int64_t put(loop_fd fd, const void *bytes, size_t length)
{
    if (!scene_is_socket(fd))
        return scene_write_now(fd, bytes, length);
    int64_t sent = net_send((SOCKET)fd, bytes, length);
    return sent < 0 && !net_later(net_error()) ? 0 : sent;
}

static int64_t take(loop_fd fd, void *bytes, size_t room)
{
    return scene_is_socket(fd) ? net_receive((SOCKET)fd, bytes, room)
                               : scene_read_now(fd, bytes, room);
}

void scene_send(struct check *c, loop_fd fd, const char *text)
{
    size_t length = strlen(text);

    for (int64_t end = check_now() + SECONDS(20); length > 0;) {
        int64_t sent = put(fd, text, length);

        EXPECT(c, sent != 0 && check_now() < end, "nothing more can be sent");
        if (sent > 0) {
            text += sent;
            length -= (size_t)sent;
        } else {
            check_block(MILLISECONDS(1));
        }
    }
    await_delivery(fd);
}

/* By large pieces: a call of the system is dear here, and a socket has room for megabytes. */
enum { PIECE = 65536 };

size_t scene_drain(struct check *c, loop_fd fd)
{
    static char bytes[PIECE];
    size_t total = 0;
    int64_t got;

    (void)c;
    while ((got = take(fd, bytes, sizeof bytes)) > 0)
        total += (size_t)got;
    return total;
}

/* Until nothing goes for a while: what is under way to the other end makes room once more. */
size_t scene_fill(struct check *c, loop_fd fd)
{
    static const char bytes[PIECE];
    size_t total = 0;

    for (int refusals = 0; refusals < 20;) {
        int64_t sent = put(fd, bytes, refusals == 0 ? sizeof bytes : 1);

        EXPECT(c, sent != 0, "the other end has gone");
        if (sent > 0) {
            total += (size_t)sent;
            refusals = 0;
        } else {
            refusals++;
            check_block(MILLISECONDS(1));
        }
    }
    return total;
}

bool scene_readable_now(struct check *c, loop_fd fd)
{
    DWORD there = 0;
    WSAPOLLFD entry = {.fd = (SOCKET)fd, .events = POLLIN};

    (void)c;
    if (!scene_is_socket(fd))
        return !PeekNamedPipe((HANDLE)fd, NULL, 0, NULL, &there, NULL) || there > 0;
    return net_poll(&entry, 1) > 0;
}

void scene_need_descriptors(struct check *c, int count)
{
    /* No limit but memory. */
    (void)c;
    (void)count;
}
