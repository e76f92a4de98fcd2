/* SPDX-License-Identifier: MIT
 *
 * Connections: connectToHost, by which Qt looks a name up and tries its addresses, or a socket that
 * is connected already. */
#include <QtNetwork/QTcpSocket>

#include "adapter.h"

namespace
{

struct connecting_to_host final : connecting {
    connecting_to_host(const request &what, QTcpSocket *with)
        : connecting(what, stream_of(what.loop, with)), socket(with)
    {
        QObject::connect(with, &QTcpSocket::connected, this, [this] { made_later(); });
        QObject::connect(
            with, &QTcpSocket::errorOccurred, this,
            [this](QAbstractSocket::SocketError error) { fail_later(status_of(error)); });
    }

    QTcpSocket *socket;
    QString host;
    quint16 port = 0;
    QAbstractSocket::NetworkLayerProtocol protocol = QAbstractSocket::AnyIPProtocol;
    bool bound = false;
    QHostAddress local = {};
    quint16 local_port = 0;

    void start() override
    {
        if (!bound || socket->bind(local, local_port))
            socket->connectToHost(host, port, QIODevice::ReadWrite, protocol);
        else
            fail_later(status_of(socket->error())); /* bind does not always emit it */
    }
};

} // namespace

static loop_status take_over(const request &what, loop_fd sock, struct loop_handle **handle)
{
    auto socket = new QTcpSocket(what.loop->objects);
    std::unique_ptr<loop_transport> transport = stream_of(what.loop, socket);
    if (!socket->setSocketDescriptor(sock))
        return status_of(socket->error());
    return (new connecting(what, std::move(transport)))->begin(handle);
}

static loop_status connect_to(const request &what, const struct loop_connection_options *options,
                              struct loop_handle **handle)
{
    QHostAddress local;
    bool bound = options->local != nullptr;
    if (options->remote.port > 65535)
        return LOOP_VALUE;
    loop_status status = bound ? host_of(*options->local, true, &local) : LOOP_OK;
    if (status != LOOP_OK)
        return status;
    auto op = new connecting_to_host(what, new QTcpSocket(what.loop->objects));
    op->host = name_of(options->remote, false);
    op->port = static_cast<quint16>(options->remote.port);
    op->protocol = protocol_of(options->remote.family);
    op->bound = bound;
    if (bound) {
        op->local = local;
        op->local_port = static_cast<quint16>(options->local->port);
    }
    return op->begin(handle);
}

loop_status qt_create_connection(struct loop *loop, const struct loop_connection_options *options,
                                 loop_protocol_factory factory, void *factory_arg,
                                 loop_connected done, void *arg, struct loop_handle **handle)
{
    bool has_sock = options->sock != LOOP_NO_FD;
    request what = {loop, factory, factory_arg, done, arg};
    if (loop->closed)
        return LOOP_CLOSED;
    if (address_is_given(options->remote) == has_sock)
        return LOOP_VALUE;
    return has_sock ? take_over(what, options->sock, handle) : connect_to(what, options, handle);
}
