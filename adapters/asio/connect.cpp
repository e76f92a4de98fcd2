/* SPDX-License-Identifier: MIT
 *
 * Connections: asio::async_connect, which tries each address, or a socket that is connected
 * already. Asio opens a socket anew for each address, so one that is bound tries the first. */
#include "adapter.h"

using remotes = std::vector<stream_protocol::endpoint>;

namespace
{

struct connecting : operation {
    connecting(struct loop *of, loop_protocol_factory makes, void *for_factory, loop_connected tell,
               void *for_tell)
        : operation(
              of, [=](const error_code &error) { tell(for_tell, status_of(of, error), nullptr); }),
          factory(makes), factory_arg(for_factory), done(tell), arg(for_tell)
    {
    }
    loop_protocol_factory factory;
    void *factory_arg;
    loop_connected done;
    void *arg;
};

} // namespace

static void connected(const std::shared_ptr<connecting> &op, const error_code &error)
{
    if (error)
        op->failed(error);
    else
        made(stream_of(op->loop, std::move(op->socket)), op->factory, op->factory_arg, op->done,
             op->arg);
}

static void connect(const std::shared_ptr<connecting> &op, const remotes &to)
{
    asio::async_connect(
        op->socket, to,
        [op](const error_code &error, const stream_protocol::endpoint &) { connected(op, error); });
}

static void connect_from(const std::shared_ptr<connecting> &op,
                         const stream_protocol::endpoint &from, const remotes &to)
{
    error_code error;
    op->socket.open(from.protocol(), error);
    if (!error)
        op->socket.bind(from, error);
    if (error)
        op->fail(error);
    else
        op->socket.async_connect(to.front(),
                                 [op](const error_code &failed) { connected(op, failed); });
}

static loop_status take_over(struct loop *loop, loop_fd sock, loop_protocol_factory factory,
                             void *factory_arg, loop_connected done, void *arg)
{
    int family;
    error_code error;
    stream_protocol::socket socket(loop->context);
    loop_status status = family_of(loop, static_cast<int>(sock), &family);
    if (status != LOOP_OK)
        return status;
    socket.assign({family, 0}, static_cast<int>(sock), error);
    if (error)
        return status_of(loop, error);
    post_made(stream_of(loop, std::move(socket)), factory, factory_arg, done, arg);
    return LOOP_OK;
}

static loop_status connect_ip(const std::shared_ptr<connecting> &op,
                              const struct loop_connection_options *options)
{
    asio::ip::tcp::endpoint from;
    bool bound = options->local != nullptr;
    loop_status status = bound ? address_of(*options->local, true, &from) : LOOP_OK;
    if (status != LOOP_OK)
        return status;
    return resolve(op, options->remote, false, [=](const endpoints &found) {
        remotes to(found.begin(), found.end());
        if (bound)
            connect_from(op, from, to);
        else
            connect(op, to);
    });
}

static loop_status connect_unix(const std::shared_ptr<connecting> &op,
                                const struct loop_connection_options *options)
{
    asio::local::stream_protocol::endpoint from, to;
    loop_status status = path_of(options->remote, &to);
    if (status == LOOP_OK && options->local != nullptr)
        status = path_of(*options->local, &from);
    if (status != LOOP_OK)
        return status;
    if (options->local != nullptr)
        connect_from(op, from, {to});
    else
        connect(op, {to});
    return LOOP_OK;
}

loop_status asio_create_connection(struct loop *loop, const struct loop_connection_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **handle)
{
    bool has_sock = options->sock != LOOP_NO_FD;
    if (loop->closed)
        return LOOP_CLOSED;
    if (address_is_given(&options->remote) == has_sock)
        return LOOP_VALUE;
    return answer(loop, [=]() -> loop_status {
        auto op = std::make_shared<connecting>(loop, factory, factory_arg, done, arg);
        loop_status status = has_sock
                                 ? take_over(loop, options->sock, factory, factory_arg, done, arg)
                                 : connect_ip(op, options);
        return status == LOOP_OK ? give(op, handle) : status;
    });
}

loop_status asio_create_unix_connection(struct loop *loop,
                                        const struct loop_connection_options *options,
                                        loop_protocol_factory factory, void *factory_arg,
                                        loop_connected done, void *arg, struct loop_handle **handle)
{
    bool has_sock = options->sock != LOOP_NO_FD;
    if (loop->closed)
        return LOOP_CLOSED;
    if ((options->remote.path != nullptr) == has_sock)
        return LOOP_VALUE;
    return answer(loop, [=]() -> loop_status {
        auto op = std::make_shared<connecting>(loop, factory, factory_arg, done, arg);
        loop_status status = has_sock
                                 ? take_over(loop, options->sock, factory, factory_arg, done, arg)
                                 : connect_unix(op, options);
        return status == LOOP_OK ? give(op, handle) : status;
    });
}
