/* SPDX-License-Identifier: MIT
 *
 * How does a selector do it? By calls that never wait, once the descriptor is said to be ready. */
#include "io.h"

#include "transport.h"

static int send_some(struct loop_transport *t, const void *data, size_t length, size_t *count)
{
    return socket_send(t->fd, data, length, count);
}

static int receive(struct loop_transport *t, void *data, size_t length, size_t *count)
{
    return socket_receive(t->fd, data, length, count);
}

static int send_to(struct loop_transport *t, const void *data, size_t length,
                   const struct address *to)
{
    return socket_send_to(t->fd, data, length, to);
}

static int receive_from(struct loop_transport *t, void *data, size_t length, size_t *count,
                        struct address *from)
{
    return socket_receive_from(t->fd, data, length, count, from);
}

static const struct carrier sockets = {
    .send = send_some, .receive = receive, .send_to = send_to, .receive_from = receive_from};

static int open_socket(struct loop *loop, uint32_t family, bool datagram, loop_fd *fd)
{
    (void)loop;
    return socket_open(family, datagram, fd);
}

static int adopt(struct loop *loop, loop_fd fd)
{
    (void)loop;
    return socket_adopt(fd);
}

static loop_status connect_socket(struct loop *loop, loop_fd fd, const struct address *address,
                                  struct loop_handle *decided, struct request **request,
                                  bool *pending)
{
    int error = socket_connect(fd, address, pending);

    (void)request;
    if (error != 0)
        return loop_fail(loop, error);
    return *pending ? descriptors_watch(loop, fd, WRITER, decided) : LOOP_OK;
}

static int connected(struct loop *loop, loop_fd fd, struct request **request)
{
    (void)request;
    descriptors_unwatch(loop, fd, WRITER);
    return socket_error(fd);
}

static loop_status await_connection(struct loop *loop, loop_fd listener,
                                    struct loop_handle *arrived, struct request **request)
{
    (void)request;
    return descriptors_watch(loop, listener, READER, arrived);
}

static int accept_connection(struct loop *loop, loop_fd listener, struct loop_handle *arrived,
                             struct request **request, loop_fd *accepted)
{
    (void)loop, (void)arrived, (void)request;
    return socket_accept(listener, accepted);
}

static void give_up(struct loop *loop, loop_fd fd, enum direction direction,
                    struct request **request)
{
    (void)request;
    descriptors_unwatch(loop, fd, direction);
}

const struct io io_readiness = {
    .streams = &sockets,
    .datagrams = &sockets,
    .open = open_socket,
    .adopt = adopt,
    .connect = connect_socket,
    .connected = connected,
    .await = await_connection,
    .accept = accept_connection,
    .give_up = give_up,
};
