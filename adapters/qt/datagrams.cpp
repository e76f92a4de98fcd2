/* SPDX-License-Identifier: MIT
 *
 * Datagram endpoints: QUdpSocket. Nothing is buffered: a datagram is sent or refused at once, and
 * what is not read makes Qt say no more readyRead until it is. */
#include <QtCore/QPointer>
#include <QtNetwork/QNetworkDatagram>
#include <QtNetwork/QUdpSocket>

#include "adapter.h"

namespace
{

struct datagrams final : loop_transport {
    datagrams(struct loop *of, QUdpSocket *with) : loop_transport(of), socket(with)
    {
        QObject::connect(with, &QUdpSocket::readyRead, with, [this] { read(); });
        QObject::connect(
            with, &QUdpSocket::disconnected, with, [this] { lose(LOOP_OK); }, Qt::QueuedConnection);
    }

    ~datagrams() override
    {
        if (socket.isNull())
            return;
        socket->disconnect();
        socket->abort();
        socket->deleteLater();
    }

    QPointer<QUdpSocket> socket;
    bool paused = false;

    bool is_open() const
    {
        return !socket.isNull() && socket->state() != QAbstractSocket::UnconnectedState &&
               socket->state() != QAbstractSocket::ClosingState;
    }

    void read()
    {
        while (made && !paused && is_open() && socket->hasPendingDatagrams()) {
            QNetworkDatagram datagram = socket->receiveDatagram();
            if (datagram.isValid())
                deliver(datagram);
            else if (protocol.error_received != nullptr)
                protocol.error_received(protocol.user, status_of(socket->error()));
        }
    }

    void deliver(const QNetworkDatagram &datagram)
    {
        struct arrival {
            const loop_protocol *protocol;
            QByteArray data;
        } arrived = {&protocol, datagram.data()};
        if (protocol.datagram_received == nullptr)
            return;
        tell_address(
            datagram.senderAddress(), static_cast<quint16>(datagram.senderPort()),
            [](void *arg, const struct loop_address *from) {
                auto a = static_cast<const arrival *>(arg);
                a->protocol->datagram_received(a->protocol->user, a->data.constData(),
                                               static_cast<size_t>(a->data.size()), from);
            },
            &arrived);
    }

    void look() override
    {
        read();
    }

    void pause(bool paused_now) override
    {
        if (socket.isNull() || paused == paused_now)
            return;
        paused = paused_now;
        if (!paused)
            QMetaObject::invokeMethod(
                socket, [this] { read(); }, Qt::QueuedConnection);
    }

    loop_status send_to(const char *data, size_t length, const loop_address *to) override
    {
        QHostAddress host;
        qint64 size = static_cast<qint64>(length);
        if (!is_open())
            return LOOP_OK;
        loop_status status = to == nullptr ? LOOP_OK : host_of(*to, false, &host);
        if (status != LOOP_OK)
            return status;
        qint64 sent = to == nullptr
                          ? socket->write(data, size)
                          : socket->writeDatagram(data, size, host, static_cast<quint16>(to->port));
        return sent < 0 ? status_of(socket->error()) : LOOP_OK;
    }

    void close() override
    {
        if (!socket.isNull())
            socket->close();
    }

    void abort() override
    {
        if (!socket.isNull())
            socket->abort();
    }

    bool is_closing() const override
    {
        return !is_open();
    }

    size_t unsent() const override
    {
        return socket.isNull() ? 0 : static_cast<size_t>(socket->bytesToWrite());
    }

    loop_status name(bool peer, receiver receive, void *told) const override
    {
        if (!is_open() || (peer && socket->peerPort() == 0))
            return LOOP_NOTCONN;
        if (peer)
            tell_address(socket->peerAddress(), socket->peerPort(), receive, told);
        else
            tell_address(socket->localAddress(), socket->localPort(), receive, told);
        return LOOP_OK;
    }

    loop_fd fd() const override
    {
        return socket.isNull() ? LOOP_NO_FD : socket->socketDescriptor();
    }
};

/* Qt binds what sends to somebody; here it is bound at once, if it is not connected. */
struct opening final : connecting {
    opening(const request &what, QUdpSocket *with)
        : connecting(what, std::make_unique<datagrams>(what.loop, with)), socket(with)
    {
        QObject::connect(with, &QUdpSocket::connected, this, [this] { made_later(); });
        QObject::connect(
            with, &QUdpSocket::errorOccurred, this,
            [this](QAbstractSocket::SocketError error) { fail_later(status_of(error)); });
    }

    QUdpSocket *socket;
    bool bound = true;
    QHostAddress local = {};
    quint16 local_port = 0;
    QAbstractSocket::BindMode mode = QAbstractSocket::DefaultForPlatform;
    QString host = {}; /* empty: it is not connected */
    quint16 port = 0;
    QAbstractSocket::NetworkLayerProtocol protocol = QAbstractSocket::AnyIPProtocol;

    void start() override
    {
        if (bound && !socket->bind(local, local_port, mode))
            fail_later(status_of(socket->error())); /* bind does not always emit it */
        else if (host.isEmpty())
            made_later();
        else
            socket->connectToHost(host, port, QIODevice::ReadWrite, protocol);
    }
};

} // namespace

static loop_status take_over_datagrams(const request &what, loop_fd sock,
                                       struct loop_handle **handle)
{
    auto socket = new QUdpSocket(what.loop->objects);
    auto transport = std::make_unique<datagrams>(what.loop, socket);
    if (!socket->setSocketDescriptor(sock, QAbstractSocket::BoundState))
        return status_of(socket->error());
    return (new connecting(what, std::move(transport)))->begin(handle);
}

static loop_status open(const request &what, const struct loop_datagram_options *options,
                        struct loop_handle **handle)
{
    struct loop_address any = {};
    QHostAddress local;
    any.family = options->family;
    const struct loop_address &at = options->local != nullptr ? *options->local : any;
    loop_status status = host_of(at, true, &local);
    if (status == LOOP_OK && options->remote != nullptr && options->remote->port > 65535)
        status = LOOP_VALUE;
    if (status != LOOP_OK)
        return status;
    auto op = new opening(what, new QUdpSocket(what.loop->objects));
    op->bound = options->local != nullptr || options->remote == nullptr;
    op->local = local;
    op->local_port = static_cast<quint16>(at.port);
    if (options->flags & LOOP_REUSE_PORT)
        op->mode = QAbstractSocket::ShareAddress;
    if (options->remote != nullptr) {
        op->host = name_of(*options->remote, false);
        op->port = static_cast<quint16>(options->remote->port);
        op->protocol = protocol_of(options->remote->family);
    }
    return op->begin(handle);
}

static bool is_path(const struct loop_address *address)
{
    return address != nullptr && address->family == LOOP_ADDRESS_UNIX;
}

/* Every QUdpSocket may broadcast. */
loop_status qt_create_datagram_endpoint(struct loop *loop,
                                        const struct loop_datagram_options *options,
                                        loop_protocol_factory factory, void *factory_arg,
                                        loop_connected done, void *arg, struct loop_handle **handle)
{
    bool has_sock = options->sock != LOOP_NO_FD;
    request what = {loop, factory, factory_arg, done, arg};
    if (loop->closed)
        return LOOP_CLOSED;
    if (has_sock &&
        (options->local != nullptr || options->remote != nullptr || options->flags != 0))
        return LOOP_VALUE;
    if (is_path(options->local) || is_path(options->remote) || options->family == LOOP_ADDRESS_UNIX)
        return LOOP_NOT_IMPLEMENTED;
    return has_sock ? take_over_datagrams(what, options->sock, handle)
                    : open(what, options, handle);
}
