/* SPDX-License-Identifier: MIT
 *
 * Connections: QTcpSocket and QLocalSocket. Qt buffers what is written, and all that it reads until
 * somebody takes it; it knows no half-close, so the peer's end is the connection's.
 *
 * readyRead and readChannelFinished come from the loop alone. `disconnected` is emitted from inside
 * a close or an abort too, so it is queued. */
#include <QtCore/QPointer>

#include "adapter.h"

static loop_status tell_name(const QTcpSocket &socket, local_end, bool peer, receiver receive,
                             void *told)
{
    if (socket.state() != QAbstractSocket::ConnectedState)
        return LOOP_NOTCONN;
    if (peer)
        tell_address(socket.peerAddress(), socket.peerPort(), receive, told);
    else
        tell_address(socket.localAddress(), socket.localPort(), receive, told);
    return LOOP_OK;
}

/* Qt knows the server's name alone, and Qt 5 not even that for a socket that was accepted. */
static loop_status tell_name(const QLocalSocket &socket, local_end end, bool peer, receiver receive,
                             void *told)
{
    bool servers = peer == (end == local_end::client);
    if (socket.state() != QLocalSocket::ConnectedState)
        return LOOP_NOTCONN;
    if (!servers || socket.fullServerName().isEmpty())
        return LOOP_NOT_IMPLEMENTED;
    tell_path(socket.fullServerName(), receive, told);
    return LOOP_OK;
}

static void disconnect_from(QTcpSocket &socket)
{
    socket.disconnectFromHost();
}

static void disconnect_from(QLocalSocket &socket)
{
    socket.disconnectFromServer();
}

static bool ended_by_peer(const QTcpSocket &socket)
{
    return socket.error() == QAbstractSocket::RemoteHostClosedError;
}

static bool ended_by_peer(const QLocalSocket &socket)
{
    return socket.error() == QLocalSocket::PeerClosedError;
}

/* -1: nothing has failed, it was closed. */
template <typename Socket> static loop_status end_of(const Socket &socket)
{
    return static_cast<int>(socket.error()) == -1 || ended_by_peer(socket)
               ? LOOP_OK
               : status_of(socket.error());
}

namespace
{

template <typename Socket> struct stream final : loop_transport {
    stream(struct loop *of, Socket *with, local_end which)
        : loop_transport(of), socket(with), end(which)
    {
        QObject::connect(with, &Socket::readyRead, with, [this] { read(); });
        QObject::connect(with, &Socket::readChannelFinished, with, [this] { on_end(); });
        QObject::connect(
            with, &Socket::disconnected, with, [this] { lose(end_of(*socket)); },
            Qt::QueuedConnection);
    }

    ~stream() override
    {
        if (socket.isNull())
            return;
        socket->disconnect();
        socket->abort();
        socket->deleteLater();
    }

    QPointer<Socket> socket;
    const local_end end;
    bool paused = false;
    bool ended = false; /* the peer's end was told */

    bool is_connected() const
    {
        return !socket.isNull() && socket->state() == Socket::ConnectedState;
    }

    void read()
    {
        if (!made || lost || paused || socket.isNull() || socket->bytesAvailable() == 0)
            return;
        QByteArray data = socket->readAll();
        if (protocol.data_received != nullptr)
            protocol.data_received(protocol.user, data.constData(),
                                   static_cast<size_t>(data.size()));
    }

    void on_end()
    {
        if (!made || lost || ended || loop->closed || !ended_by_peer(*socket))
            return;
        ended = true;
        if (protocol.eof_received != nullptr)
            protocol.eof_received(protocol.user);
    }

    void look() override
    {
        read();
        if (!is_connected())
            on_end();
    }

    /* What Qt does not find place for in its buffer it leaves where it is; 0 is without a limit.
     * Since readyRead was said already, what lies in the buffer is for the reader to fetch. */
    void pause(bool paused_now) override
    {
        if (socket.isNull() || paused == paused_now)
            return;
        paused = paused_now;
        socket->setReadBufferSize(paused ? 1 : 0);
        if (!paused)
            QMetaObject::invokeMethod(
                socket, [this] { read(); }, Qt::QueuedConnection);
    }

    loop_status write(const char *data, size_t length) override
    {
        if (is_connected() && socket->write(data, static_cast<qint64>(length)) < 0)
            return status_of(socket->error());
        return LOOP_OK;
    }

    void close() override
    {
        if (!socket.isNull())
            disconnect_from(*socket);
    }

    void abort() override
    {
        if (!socket.isNull())
            socket->abort();
    }

    bool is_closing() const override
    {
        return !is_connected();
    }

    size_t unsent() const override
    {
        return socket.isNull() ? 0 : static_cast<size_t>(socket->bytesToWrite());
    }

    loop_status name(bool peer, receiver receive, void *told) const override
    {
        return socket.isNull() ? LOOP_NOTCONN : tell_name(*socket, end, peer, receive, told);
    }

    loop_fd fd() const override
    {
        return socket.isNull() ? LOOP_NO_FD : socket->socketDescriptor();
    }
};

} // namespace

std::unique_ptr<loop_transport> stream_of(struct loop *loop, QTcpSocket *socket)
{
    return std::make_unique<stream<QTcpSocket>>(loop, socket, local_end::client);
}

std::unique_ptr<loop_transport> stream_of(struct loop *loop, QLocalSocket *socket, local_end end)
{
    return std::make_unique<stream<QLocalSocket>>(loop, socket, end);
}
