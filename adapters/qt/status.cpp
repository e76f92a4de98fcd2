/* SPDX-License-Identifier: MIT
 *
 * Qt's errors are fewer than the system's, and it keeps no errno for them. */
#include "adapter.h"

loop_status status_of(QAbstractSocket::SocketError error)
{
    switch (error) {
    case QAbstractSocket::ConnectionRefusedError:
        return LOOP_CONNREFUSED;
    case QAbstractSocket::RemoteHostClosedError:
        return LOOP_CONNRESET;
    case QAbstractSocket::HostNotFoundError:
        return LOOP_NAME_NOT_RESOLVED;
    case QAbstractSocket::SocketAccessError:
        return LOOP_ACCES;
    case QAbstractSocket::SocketResourceError: /* "too many sockets" */
        return LOOP_MFILE;
    case QAbstractSocket::SocketTimeoutError:
        return LOOP_TIMEDOUT;
    case QAbstractSocket::DatagramTooLargeError:
        return LOOP_MSGSIZE;
    case QAbstractSocket::NetworkError:
        return LOOP_NETUNREACH;
    case QAbstractSocket::AddressInUseError:
        return LOOP_ADDRINUSE;
    case QAbstractSocket::SocketAddressNotAvailableError:
        return LOOP_ADDRNOTAVAIL;
    case QAbstractSocket::UnsupportedSocketOperationError:
        return LOOP_NOTSUP;
    case QAbstractSocket::OperationError:
        return LOOP_RUNTIME;
    case QAbstractSocket::TemporaryError:
        return LOOP_AGAIN;
    default:
        return LOOP_FAILED;
    }
}

/* Its values are those of QAbstractSocket; this one has another meaning. */
loop_status status_of(QLocalSocket::LocalSocketError error)
{
    if (error == QLocalSocket::ServerNotFoundError)
        return LOOP_NOENT;
    return status_of(static_cast<QAbstractSocket::SocketError>(error));
}

/* FailedToStart is one word for every reason that there may be. */
loop_status status_of(QProcess::ProcessError error)
{
    switch (error) {
    case QProcess::Timedout:
        return LOOP_TIMEDOUT;
    case QProcess::WriteError:
        return LOOP_PIPE;
    case QProcess::ReadError:
        return LOOP_IO;
    default:
        return LOOP_FAILED;
    }
}

loop_status qt_set_exception_handler(struct loop *loop, loop_exception_handler handler, void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    loop->handler = handler;
    loop->handler_arg = arg;
    return LOOP_OK;
}

void report(struct loop *loop, loop_status status, const QString &message)
{
    QByteArray text = message.toUtf8();
    struct loop_exception_context context = {sizeof context, status, text.constData()};
    if (loop->handler != nullptr)
        loop->handler(loop->handler_arg, &context);
}
