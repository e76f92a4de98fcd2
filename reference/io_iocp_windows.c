/* SPDX-License-Identifier: MIT
 *
 * How does a proactor connect and accept? By ConnectEx and AcceptEx, which Winsock has as
 * extensions; a socket that went through one of them is told so before it is like any other. */
#include "iocp_windows.h"

#include <mswsock.h>

static int open_socket(struct loop *loop, uint32_t family, bool datagram, loop_fd *fd)
{
    int error = socket_open(family, datagram, fd);

    if (error != 0)
        return error;
    error = iocp_adopt(loop, *fd);
    if (error != 0) {
        descriptor_close(*fd);
        *fd = LOOP_NO_FD;
    }
    return error;
}

static int adopt(struct loop *loop, loop_fd fd)
{
    int error = socket_adopt(fd);

    return error == 0 ? iocp_adopt(loop, fd) : error;
}

static int extension(loop_fd fd, GUID id, void *function, DWORD size)
{
    DWORD got;

    return WSAIoctl((SOCKET)fd, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, function, size,
                    &got, NULL, NULL) == SOCKET_ERROR
               ? WSAGetLastError()
               : 0;
}

/* ---- connect */

/* ConnectEx wants a socket that is bound. */
static int bind_anywhere(loop_fd fd, uint32_t family)
{
    struct address name = {.length = 0}, nobody = {.length = 0};

    socket_names(fd, &name, &nobody);
    if (name.length > 0)
        return 0;
    name.length =
        family == LOOP_ADDRESS_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    ((struct sockaddr *)name.bytes)->sa_family = (u_short)socket_domain(family);
    return socket_bind(fd, &name);
}

static int begin_to_connect(struct request *r, const struct address *address)
{
    LPFN_CONNECTEX connect_ex = NULL;
    int error = bind_anywhere(r->fd, address_family(address));
    GUID id = WSAID_CONNECTEX;

    if (error == 0)
        error = extension(r->fd, id, &connect_ex, sizeof connect_ex);
    if (error != 0)
        return error;
    error = connect_ex((SOCKET)r->fd, (const struct sockaddr *)address->bytes, (int)address->length,
                       NULL, 0, NULL, &r->overlapped)
                ? 0
                : WSAGetLastError();
    return request_begun(r, error);
}

static loop_status connect_socket(struct loop *loop, loop_fd fd, const struct address *address,
                                  struct loop_handle *decided, struct request **request,
                                  bool *pending)
{
    int error;

    *pending = true;
    *request = request_make(loop, fd, decided, 0);
    if (!*request)
        return LOOP_NO_MEMORY;
    error = begin_to_connect(*request, address);
    if (error == 0)
        return LOOP_OK;
    request_give_up(request);
    return loop_fail(loop, error);
}

static int connected(struct loop *loop, loop_fd fd, struct request **request)
{
    int error = (*request)->error;

    (void)loop;
    request_give_up(request);
    if (error != 0)
        return error;
    return setsockopt((SOCKET)fd, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) == SOCKET_ERROR
               ? WSAGetLastError()
               : 0;
}

/* ---- accept */

/* AcceptEx writes both addresses, each with room to spare. */
#define NAME_ROOM (sizeof(struct sockaddr_storage) + 16)

/* It accepts into a socket that is there already. */
static int begin_to_accept(struct request *r)
{
    struct address name = {.length = 0}, nobody = {.length = 0};
    LPFN_ACCEPTEX accept_ex = NULL;
    GUID id = WSAID_ACCEPTEX;
    DWORD got;
    int error;

    socket_names(r->fd, &name, &nobody);
    error = socket_open(address_family(&name), false, &r->accepted);
    if (error == 0)
        error = extension(r->fd, id, &accept_ex, sizeof accept_ex);
    if (error != 0)
        return error;
    error = accept_ex((SOCKET)r->fd, (SOCKET)r->accepted, r->bytes, 0, NAME_ROOM, NAME_ROOM, &got,
                      &r->overlapped)
                ? 0
                : WSAGetLastError();
    return request_begun(r, error);
}

static int accept_next(struct loop *loop, loop_fd listener, struct loop_handle *arrived,
                       struct request **request)
{
    int error;

    *request = request_make(loop, listener, arrived, 2 * NAME_ROOM);
    if (!*request)
        return WSA_NOT_ENOUGH_MEMORY;
    error = begin_to_accept(*request);
    if (error != 0)
        request_give_up(request);
    return error;
}

static loop_status await_connection(struct loop *loop, loop_fd listener,
                                    struct loop_handle *arrived, struct request **request)
{
    int error = accept_next(loop, listener, arrived, request);

    return error == 0 ? LOOP_OK : loop_fail(loop, error);
}

/* One that was reset before it was taken is none. */
static int take(struct request *r, loop_fd *accepted)
{
    SOCKET listener = (SOCKET)r->fd;

    if (r->error != 0 ||
        setsockopt((SOCKET)r->accepted, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                   (const char *)&listener, sizeof listener) == SOCKET_ERROR ||
        iocp_adopt(r->loop, r->accepted) != 0)
        return WSAEWOULDBLOCK;
    *accepted = r->accepted;
    r->accepted = LOOP_NO_FD;
    return 0;
}

/* The next one is awaited before this one is handed out; where that fails, it is tried again. */
static int accept_connection(struct loop *loop, loop_fd listener, struct loop_handle *arrived,
                             struct request **request, loop_fd *accepted)
{
    int error;

    if (!*request) {
        error = accept_next(loop, listener, arrived, request);
        return error == 0 ? WSAEWOULDBLOCK : error;
    }
    if ((*request)->under_way)
        return WSAEWOULDBLOCK;
    error = take(*request, accepted);
    request_give_up(request);
    if (accept_next(loop, listener, arrived, request) != 0)
        ready_push(loop, arrived);
    return error;
}

static void give_up(struct loop *loop, loop_fd fd, enum direction direction,
                    struct request **request)
{
    (void)loop, (void)fd, (void)direction;
    request_give_up(request);
}

const struct io io_iocp = {
    .streams = &iocp_streams,
    .datagrams = &iocp_datagrams,
    .open = open_socket,
    .adopt = adopt,
    .connect = connect_socket,
    .connected = connected,
    .await = await_connection,
    .accept = accept_connection,
    .give_up = give_up,
    .wake = iocp_wake,
};
