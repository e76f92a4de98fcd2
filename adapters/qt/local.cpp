/* SPDX-License-Identifier: MIT
 *
 * Unix sockets: QLocalSocket and QLocalServer. Qt binds no client, and removes the server's file
 * when the server is closed or deleted. */
#include <QtNetwork/QLocalServer>
#include <QtNetwork/QLocalSocket>

#include "listening.h"

/* Its HostNotFoundError is a "name error", as a QLocalSocket's ServerNotFoundError is. */
static loop_status status_of_server(const QLocalServer &server)
{
    return status_of(static_cast<QLocalSocket::LocalSocketError>(server.serverError()));
}

namespace
{

struct connecting_to_path final : connecting {
    connecting_to_path(const request &what, QLocalSocket *with, const QString &to)
        : connecting(what, stream_of(what.loop, with, local_end::client)), socket(with), path(to)
    {
        QObject::connect(with, &QLocalSocket::connected, this, [this] { made_later(); });
        QObject::connect(
            with, &QLocalSocket::errorOccurred, this,
            [this](QLocalSocket::LocalSocketError error) { fail_later(status_of(error)); });
    }

    QLocalSocket *socket;
    QString path;

    void start() override
    {
        socket->connectToServer(path);
    }
};

struct local_server final : listening<QLocalServer> {
    local_server(struct loop *loop, loop_protocol_factory factory, void *factory_arg)
        : listening(loop)
    {
        QLocalServer *server = qt;
        QObject::connect(server, &QLocalServer::newConnection, server, [=] {
            QLocalSocket *socket = server->nextPendingConnection();
            socket->setParent(loop->objects); /* it outlives its server */
            accepted(stream_of(loop, socket, local_end::accepted), factory, factory_arg);
        });
    }

    loop_status name(receiver receive, void *told) const override
    {
        if (!is_serving())
            return LOOP_NOT_FOUND;
        tell_path(qt->fullServerName(), receive, told);
        return LOOP_OK;
    }
};

struct serving_at_path final : serving {
    serving_at_path(struct loop *of, std::unique_ptr<local_server> with, const QString &at,
                    loop_serving tells, void *for_done)
        : serving(of, nullptr, tells, for_done), qt(with->qt), path(at)
    {
        server = std::move(with);
    }

    QLocalServer *qt;
    QString path;

    void start() override
    {
        if (qt->listen(path))
            made_later();
        else
            fail_later(status_of_server(*qt));
    }
};

} // namespace

static loop_status take_over_local(const request &what, loop_fd sock, struct loop_handle **handle)
{
    auto socket = new QLocalSocket(what.loop->objects);
    std::unique_ptr<loop_transport> transport = stream_of(what.loop, socket, local_end::client);
    if (!socket->setSocketDescriptor(sock))
        return status_of(socket->error());
    return (new connecting(what, std::move(transport)))->begin(handle);
}

loop_status qt_create_unix_connection(struct loop *loop,
                                      const struct loop_connection_options *options,
                                      loop_protocol_factory factory, void *factory_arg,
                                      loop_connected done, void *arg, struct loop_handle **handle)
{
    QString path;
    bool has_sock = options->sock != LOOP_NO_FD;
    request what = {loop, factory, factory_arg, done, arg};
    if (loop->closed)
        return LOOP_CLOSED;
    if ((options->remote.path != nullptr) == has_sock)
        return LOOP_VALUE;
    if (options->local != nullptr)
        return LOOP_NOT_IMPLEMENTED;
    if (has_sock)
        return take_over_local(what, options->sock, handle);
    loop_status status = path_of(options->remote, &path);
    if (status != LOOP_OK)
        return status;
    auto socket = new QLocalSocket(loop->objects);
    return (new connecting_to_path(what, socket, path))->begin(handle);
}

loop_status qt_create_unix_server(struct loop *loop, const struct loop_server_options *options,
                                  loop_protocol_factory factory, void *factory_arg,
                                  loop_serving done, void *arg, struct loop_handle **handle)
{
    QString path;
    bool has_sock = options->sock != LOOP_NO_FD;
    if (loop->closed)
        return LOOP_CLOSED;
    if ((options->local.path != nullptr) == has_sock)
        return LOOP_VALUE;
    loop_status status = has_sock ? LOOP_OK : path_of(options->local, &path);
    if (status != LOOP_OK)
        return status;
    auto server = std::make_unique<local_server>(loop, factory, factory_arg);
    if (!has_sock)
        return (new serving_at_path(loop, std::move(server), path, done, arg))->begin(handle);
    status = make_listen(options->sock, backlog_of(options));
    if (status != LOOP_OK)
        return status;
    if (!server->qt->listen(static_cast<qintptr>(options->sock)))
        return status_of_server(*server->qt);
    return (new serving(loop, std::move(server), done, arg))->begin(handle);
}
