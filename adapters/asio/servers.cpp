/* SPDX-License-Identifier: MIT
 *
 * Servers: an acceptor that accepts again after each connection, as Asio's examples have it, also
 * after one that failed. Asio knows nothing of a server's connections, so there is no
 * server_wait_closed. */
#include "adapter.h"

using acceptor_type = asio::basic_socket_acceptor<stream_protocol>;

struct loop_server : owner, std::enable_shared_from_this<loop_server> {
    loop_server(struct loop *of, loop_protocol_factory makes, void *for_factory)
        : owner(of), acceptor(of->context), factory(makes), factory_arg(for_factory)
    {
    }
    void shut() override
    {
        error_code ignored;
        acceptor.close(ignored);
    }
    acceptor_type acceptor;
    loop_protocol_factory factory;
    void *factory_arg;
    std::shared_ptr<loop_server> user; /* until server_release */
};

static void accept(const std::shared_ptr<loop_server> &server)
{
    server->acceptor.async_accept(
        [server](const error_code &error, stream_protocol::socket socket) {
            if (!server->acceptor.is_open())
                return;
            if (error)
                report(server->loop, error);
            else
                transport_begin(stream_of(server->loop, std::move(socket)), server->factory,
                                server->factory_arg);
            if (server->acceptor.is_open())
                accept(server);
        });
}

static void serve(const std::shared_ptr<loop_server> &server, int backlog, loop_serving done,
                  void *arg)
{
    error_code error;
    server->acceptor.listen(backlog, error);
    if (!error)
        accept(server);
    asio::post(server->loop->context, [=] {
        if (!error)
            server->user = server;
        done(arg, status_of(server->loop, error), error ? nullptr : server.get());
    });
}

/* What Asio's own constructor does for an endpoint. */
static void serve_at(const std::shared_ptr<loop_server> &server,
                     const stream_protocol::endpoint &at, int backlog, loop_serving done, void *arg)
{
    error_code error;
    server->acceptor.open(at.protocol(), error);
    if (!error)
        server->acceptor.set_option(acceptor_type::reuse_address(true), error);
    if (!error)
        server->acceptor.bind(at, error);
    if (!error) {
        serve(server, backlog, done, arg);
        return;
    }
    server->shut();
    asio::post(server->loop->context, [=] { done(arg, status_of(server->loop, error), nullptr); });
}

static loop_status take_over(const std::shared_ptr<loop_server> &server, loop_fd sock, int backlog,
                             loop_serving done, void *arg)
{
    int family;
    error_code error;
    loop_status status = family_of(server->loop, static_cast<int>(sock), &family);
    if (status != LOOP_OK)
        return status;
    server->acceptor.assign({family, 0}, static_cast<int>(sock), error);
    if (error)
        return status_of(server->loop, error);
    serve(server, backlog, done, arg);
    return LOOP_OK;
}

static int backlog_of(const struct loop_server_options *options)
{
    return options->backlog == 0 ? 100 : static_cast<int>(options->backlog);
}

/* Asio has no name for SO_REUSEPORT. */
loop_status asio_create_server(struct loop *loop, const struct loop_server_options *options,
                               loop_protocol_factory factory, void *factory_arg, loop_serving done,
                               void *arg, struct loop_handle **handle)
{
    bool has_sock = options->sock != LOOP_NO_FD;
    int backlog = backlog_of(options);
    if (loop->closed)
        return LOOP_CLOSED;
    if (has_sock && address_is_given(&options->local))
        return LOOP_VALUE;
    if (options->flags & LOOP_REUSE_PORT)
        return LOOP_NOT_IMPLEMENTED;
    return answer(loop, [=]() -> loop_status {
        auto server = std::make_shared<loop_server>(loop, factory, factory_arg);
        auto op = std::make_shared<operation>(
            loop, [=](const error_code &error) { done(arg, status_of(loop, error), nullptr); });
        loop_status status = has_sock
                                 ? take_over(server, options->sock, backlog, done, arg)
                                 : resolve(op, options->local, true, [=](const endpoints &found) {
                                       serve_at(server, found.front(), backlog, done, arg);
                                   });
        return status == LOOP_OK ? give(op, handle) : status;
    });
}

loop_status asio_create_unix_server(struct loop *loop, const struct loop_server_options *options,
                                    loop_protocol_factory factory, void *factory_arg,
                                    loop_serving done, void *arg, struct loop_handle **handle)
{
    bool has_sock = options->sock != LOOP_NO_FD;
    int backlog = backlog_of(options);
    if (loop->closed)
        return LOOP_CLOSED;
    if ((options->local.path != nullptr) == has_sock)
        return LOOP_VALUE;
    return answer(loop, [=]() -> loop_status {
        auto server = std::make_shared<loop_server>(loop, factory, factory_arg);
        asio::local::stream_protocol::endpoint at;
        loop_status status = has_sock ? take_over(server, options->sock, backlog, done, arg)
                                      : path_of(options->local, &at);
        if (status != LOOP_OK)
            return status;
        if (!has_sock)
            serve_at(server, at, backlog, done, arg);
        return give(std::make_shared<operation>(loop, nullptr), handle);
    });
}

void asio_server_close(struct loop_server *server)
{
    server->shut();
}

int asio_server_is_serving(struct loop_server *server)
{
    return server->acceptor.is_open();
}

loop_status asio_server_get_sockname(struct loop_server *server, size_t index, receiver receive,
                                     void *arg)
{
    return index > 0 ? LOOP_NOT_FOUND : tell_sockname(server->loop, server->acceptor, receive, arg);
}

void asio_server_release(struct loop_server *server)
{
    server->shut();
    std::shared_ptr<loop_server> last = std::move(server->user);
}
