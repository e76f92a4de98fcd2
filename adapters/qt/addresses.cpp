/* SPDX-License-Identifier: MIT
 *
 * The ABI's addresses and Qt's. */
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtNetwork/QNetworkInterface>

#include "adapter.h"

bool address_is_given(const struct loop_address &address)
{
    return address.host != nullptr || address.path != nullptr || address.port != 0 ||
           address.family != LOOP_ADDRESS_ANY;
}

QAbstractSocket::NetworkLayerProtocol protocol_of(uint32_t family)
{
    if (family == LOOP_ADDRESS_INET)
        return QAbstractSocket::IPv4Protocol;
    return family == LOOP_ADDRESS_INET6 ? QAbstractSocket::IPv6Protocol
                                        : QAbstractSocket::AnyIPProtocol;
}

static QHostAddress unnamed(uint32_t family, bool passive)
{
    if (family == LOOP_ADDRESS_INET6)
        return QHostAddress(passive ? QHostAddress::AnyIPv6 : QHostAddress::LocalHostIPv6);
    if (family == LOOP_ADDRESS_INET)
        return QHostAddress(passive ? QHostAddress::AnyIPv4 : QHostAddress::LocalHost);
    return QHostAddress(passive ? QHostAddress::Any : QHostAddress::LocalHost);
}

loop_status host_of(const struct loop_address &address, bool passive, QHostAddress *host)
{
    if (address.port > 65535 || address.family == LOOP_ADDRESS_UNIX)
        return LOOP_VALUE;
    *host = unnamed(address.family, passive);
    if (address.host != nullptr && !host->setAddress(QString::fromUtf8(address.host)))
        return LOOP_NAME_NOT_RESOLVED;
    if (address.scope_id != 0 && host->protocol() == QAbstractSocket::IPv6Protocol)
        host->setScopeId(QString::number(address.scope_id));
    return LOOP_OK;
}

QString name_of(const struct loop_address &address, bool passive)
{
    QHostAddress host;
    return host_of(address, passive, &host) == LOOP_OK ? host.toString()
                                                       : QString::fromUtf8(address.host);
}

/* Qt takes a name that is no whole path for one in its folder of temporary files. */
loop_status path_of(const struct loop_address &address, QString *path)
{
    if (address.path == nullptr || address.path_length == 0)
        return LOOP_VALUE;
    if (address.path[0] == '\0')
        return LOOP_NOT_IMPLEMENTED;
    *path = QDir::current().absoluteFilePath(
        QFile::decodeName(QByteArray(address.path, static_cast<int>(address.path_length))));
    return LOOP_OK;
}

void tell_address(const QHostAddress &host, quint16 port, receiver receive, void *arg)
{
    bool is_v4 = host.protocol() == QAbstractSocket::IPv4Protocol;
    QHostAddress bare = host;
    if (!is_v4)
        bare.setScopeId(QString());
    QByteArray text = bare.toString().toUtf8();
    struct loop_address told = {};
    told.size = sizeof told;
    told.family = is_v4 ? LOOP_ADDRESS_INET : LOOP_ADDRESS_INET6;
    told.host = text.constData();
    told.port = port;
    told.scope_id =
        static_cast<uint32_t>(QNetworkInterface::interfaceIndexFromName(host.scopeId()));
    receive(arg, &told);
}

void tell_path(const QString &path, receiver receive, void *arg)
{
    QByteArray bytes = QFile::encodeName(path);
    struct loop_address told = {};
    told.size = sizeof told;
    told.family = LOOP_ADDRESS_UNIX;
    told.path = bytes.isEmpty() ? nullptr : bytes.constData();
    told.path_length = static_cast<size_t>(bytes.size());
    receive(arg, &told);
}
