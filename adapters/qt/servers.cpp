/* SPDX-License-Identifier: MIT
 *
 * Servers: QTcpServer, which listens at one address; a name is looked up by QHostInfo. After an
 * error it pauses accepting and emits acceptError: nothing resumes it here. Qt knows nothing of a
 * server's connections, so there is no server_wait_closed. */
#include <QtNetwork/QHostInfo>
#include <QtNetwork/QTcpServer>
#include <sys/socket.h>

#include "listening.h"
#include "loop_errno.h"

void accepted(std::unique_ptr<loop_transport> transport, loop_protocol_factory factory,
              void *factory_arg)
{
    if (transport->begin(factory, factory_arg) == LOOP_OK)
        transport.release()->look();
}

int backlog_of(const struct loop_server_options *options)
{
    return options->backlog == 0 ? 100 : static_cast<int>(options->backlog);
}

loop_status make_listen(loop_fd sock, int backlog)
{
    return ::listen(static_cast<int>(sock), backlog) < 0 ? loop_status_of_errno(errno) : LOOP_OK;
}

namespace
{

struct tcp_server final : listening<QTcpServer> {
    tcp_server(struct loop *loop, loop_protocol_factory factory, void *factory_arg)
        : listening(loop)
    {
        QTcpServer *server = qt;
        QObject::connect(server, &QTcpServer::newConnection, server, [=] {
            QTcpSocket *socket = server->nextPendingConnection();
            socket->setParent(loop->objects); /* it outlives its server */
            accepted(stream_of(loop, socket), factory, factory_arg);
        });
        QObject::connect(server, &QTcpServer::acceptError, server,
                         [=](QAbstractSocket::SocketError error) {
                             report(loop, status_of(error), server->errorString());
                         });
    }

    loop_status name(receiver receive, void *told) const override
    {
        if (!is_serving())
            return LOOP_NOT_FOUND;
        tell_address(qt->serverAddress(), qt->serverPort(), receive, told);
        return LOOP_OK;
    }
};

struct serving_at final : serving {
    serving_at(struct loop *of, std::unique_ptr<tcp_server> with, loop_serving tells,
               void *for_done)
        : serving(of, nullptr, tells, for_done), qt(with->qt)
    {
        server = std::move(with);
    }

    QTcpServer *qt;
    QHostAddress host = {}; /* or a name */
    QString name = {};
    QAbstractSocket::NetworkLayerProtocol protocol = QAbstractSocket::AnyIPProtocol;
    quint16 port = 0;
    int backlog = 0;
    int lookup = -1;

    void start() override
    {
        if (name.isEmpty())
            listen(host);
        else
            lookup = QHostInfo::lookupHost(name, this, [this](const QHostInfo &i) { found(i); });
    }

    void found(const QHostInfo &info)
    {
        for (const QHostAddress &each : info.addresses())
            if (protocol == QAbstractSocket::AnyIPProtocol || each.protocol() == protocol)
                return listen(each);
        fail_later(LOOP_NAME_NOT_RESOLVED);
    }

    void listen(const QHostAddress &at)
    {
        if (over)
            return;
#if QT_VERSION >= QT_VERSION_CHECK(6, 3, 0)
        qt->setListenBacklogSize(backlog);
#endif
        if (qt->listen(at, port))
            made_later();
        else
            fail_later(status_of(qt->serverError()));
    }

    void undo() override
    {
        if (lookup != -1)
            QHostInfo::abortHostLookup(lookup);
        serving::undo();
    }
};

} // namespace

static loop_status take_over_bound(struct loop *loop, std::unique_ptr<tcp_server> server,
                                   const struct loop_server_options *options, loop_serving done,
                                   void *arg, struct loop_handle **handle)
{
    loop_status status = make_listen(options->sock, backlog_of(options));
    if (status != LOOP_OK)
        return status;
    if (!server->qt->setSocketDescriptor(options->sock))
        return status_of(server->qt->serverError());
    return (new serving(loop, std::move(server), done, arg))->begin(handle);
}

/* Qt's ShareAddress is SO_REUSEADDR on Unix, which a QTcpServer has anyway. */
loop_status qt_create_server(struct loop *loop, const struct loop_server_options *options,
                             loop_protocol_factory factory, void *factory_arg, loop_serving done,
                             void *arg, struct loop_handle **handle)
{
    QHostAddress host;
    bool has_sock = options->sock != LOOP_NO_FD;
    if (loop->closed)
        return LOOP_CLOSED;
    if (has_sock && address_is_given(options->local))
        return LOOP_VALUE;
    if (options->flags & LOOP_REUSE_PORT)
        return LOOP_NOT_IMPLEMENTED;
    loop_status status = host_of(options->local, true, &host);
    if (status != LOOP_OK && status != LOOP_NAME_NOT_RESOLVED)
        return status;
    auto server = std::make_unique<tcp_server>(loop, factory, factory_arg);
    if (has_sock)
        return take_over_bound(loop, std::move(server), options, done, arg, handle);
    auto op = new serving_at(loop, std::move(server), done, arg);
    op->host = host;
    if (status == LOOP_NAME_NOT_RESOLVED)
        op->name = name_of(options->local, true);
    op->protocol = protocol_of(options->local.family);
    op->port = static_cast<quint16>(options->local.port);
    op->backlog = backlog_of(options);
    return op->begin(handle);
}

void qt_server_close(struct loop_server *server)
{
    server->close();
}

int qt_server_is_serving(struct loop_server *server)
{
    return server->is_serving();
}

loop_status qt_server_get_sockname(struct loop_server *server, size_t index, receiver receive,
                                   void *arg)
{
    return index > 0 ? LOOP_NOT_FOUND : server->name(receive, arg);
}

void qt_server_release(struct loop_server *server)
{
    delete server;
}
