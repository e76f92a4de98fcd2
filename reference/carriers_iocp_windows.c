/* SPDX-License-Identifier: MIT
 *
 * How do a proactor's bytes go and come? One request in each direction. What was received while the
 * transport does not read waits in it. */
#include <string.h>

#include "iocp_windows.h"

/* The transport's request in that direction, if it is done; the caller's then. */
static struct request *take(struct loop_transport *t, enum direction direction)
{
    struct request *r = t->requests[direction];

    if (!r || r->under_way)
        return NULL;
    t->requests[direction] = NULL;
    return r;
}

int iocp_take_received(struct loop_transport *t, void *data, size_t length, size_t *count)
{
    struct request *r = take(t, READER);
    int error;

    if (!r)
        return WSAEWOULDBLOCK;
    error = r->error;
    *count = r->count < length ? r->count : length;
    memcpy(data, r->bytes, *count);
    request_give_up(&r);
    return error;
}

int iocp_take_sent(struct loop_transport *t, size_t *count)
{
    struct request *r = take(t, WRITER);
    int error;

    if (!r)
        return WSAEWOULDBLOCK;
    error = r->error;
    *count = r->count;
    request_give_up(&r);
    return error;
}

struct request *iocp_sending(struct loop_transport *t, const void *data, size_t length)
{
    size_t room = length < REQUEST_SIZE ? length : REQUEST_SIZE;
    struct request *r = request_make(t->loop, t->fd, t->watches[WRITER], room);

    if (!r)
        return NULL;
    r->count = (DWORD)room;
    if (room > 0)
        memcpy(r->bytes, data, room);
    t->requests[WRITER] = r;
    return r;
}

loop_status iocp_proceed(struct loop_transport *t, enum direction direction,
                         void (*begin)(struct request *request))
{
    struct request **r = &t->requests[direction];

    if (*r && (*r)->under_way)
        return LOOP_OK;
    if (*r || direction == WRITER) { /* there is something to take, or to try */
        ready_push(t->loop, t->watches[direction]);
        return LOOP_OK;
    }
    *r = request_make(t->loop, t->fd, t->watches[READER], REQUEST_SIZE);
    if (!*r)
        return LOOP_NO_MEMORY;
    begin(*r);
    return LOOP_OK;
}

/* ---- sockets */

static WSABUF buffer_of(struct request *r, size_t length)
{
    return (WSABUF){.len = (ULONG)length, .buf = (char *)r->bytes};
}

static int failure(int returned)
{
    return returned == SOCKET_ERROR ? WSAGetLastError() : 0;
}

static int give_up_sending(struct loop_transport *t, int error)
{
    request_give_up(&t->requests[WRITER]);
    return error;
}

/* What the system takes at once need not be waited for. */
static int send_some(struct loop_transport *t, const void *data, size_t length, size_t *count)
{
    struct request *r;
    WSABUF buffer;
    int error;

    if (t->requests[WRITER])
        return iocp_take_sent(t, count);
    error = socket_send(t->fd, data, length, count);
    if (error != WSAEWOULDBLOCK)
        return error;
    r = iocp_sending(t, data, length);
    if (!r)
        return WSA_NOT_ENOUGH_MEMORY;
    buffer = buffer_of(r, r->count);
    error = failure(WSASend((SOCKET)t->fd, &buffer, 1, NULL, 0, &r->overlapped, NULL));
    error = request_begun(r, error);
    return error == 0 ? WSAEWOULDBLOCK : give_up_sending(t, error);
}

static void begin_to_receive(struct request *r)
{
    WSABUF buffer = buffer_of(r, REQUEST_SIZE);
    int error = failure(WSARecv((SOCKET)r->fd, &buffer, 1, NULL, &r->flags, &r->overlapped, NULL));

    error = request_begun(r, error);
    if (error != 0)
        request_fail(r, error);
}

static loop_status proceed_stream(struct loop_transport *t, enum direction direction)
{
    return iocp_proceed(t, direction, begin_to_receive);
}

const struct carrier iocp_streams = {
    .send = send_some, .receive = iocp_take_received, .proceed = proceed_stream};

/* ---- datagrams */

static int receive_from(struct loop_transport *t, void *data, size_t length, size_t *count,
                        struct address *from)
{
    struct request *r = t->requests[READER];

    if (r && !r->under_way) {
        *from = r->other;
        from->length = (size_t)r->other_length;
    }
    return iocp_take_received(t, data, length, count);
}

static void begin_to_receive_from(struct request *r)
{
    WSABUF buffer = buffer_of(r, REQUEST_SIZE);
    int error;

    r->other_length = sizeof r->other.bytes;
    error = failure(WSARecvFrom((SOCKET)r->fd, &buffer, 1, NULL, &r->flags,
                                (struct sockaddr *)r->other.bytes, &r->other_length, &r->overlapped,
                                NULL));
    error = request_begun(r, error);
    if (error != 0)
        request_fail(r, error);
}

/* A socket without a name receives nothing, and Windows is not to be asked: the first datagram that
 * it sends gives it one. */
static bool has_name(const struct loop_transport *t)
{
    struct address local = {.length = 0}, remote = {.length = 0};

    socket_names(t->fd, &local, &remote);
    return local.length > 0;
}

static loop_status proceed_datagrams(struct loop_transport *t, enum direction direction)
{
    if (direction == READER && !t->requests[READER] && !has_name(t))
        return LOOP_OK;
    return iocp_proceed(t, direction, begin_to_receive_from);
}

static int send_to(struct loop_transport *t, const void *data, size_t length,
                   const struct address *to)
{
    struct request *r;
    WSABUF buffer;
    size_t count;
    int error;

    if (t->requests[WRITER])
        return iocp_take_sent(t, &count);
    error = socket_send_to(t->fd, data, length, to);
    if (error == 0 && t->watching[READER] && !t->requests[READER])
        proceed_datagrams(t, READER);
    if (error != WSAEWOULDBLOCK)
        return error;
    r = iocp_sending(t, data, length);
    if (!r)
        return WSA_NOT_ENOUGH_MEMORY;
    if (to)
        r->other = *to;
    buffer = buffer_of(r, r->count);
    error = failure(WSASendTo((SOCKET)t->fd, &buffer, 1, NULL, 0,
                              to ? (const struct sockaddr *)r->other.bytes : NULL,
                              (int)r->other.length, &r->overlapped, NULL));
    error = request_begun(r, error);
    return error == 0 ? WSAEWOULDBLOCK : give_up_sending(t, error);
}

const struct carrier iocp_datagrams = {
    .send_to = send_to, .receive_from = receive_from, .proceed = proceed_datagrams};
