/* SPDX-License-Identifier: MIT
 *
 * What QTcpServer and QLocalServer have in common, which have no base of Qt's. */
#ifndef LOOPCHECK_ADAPTER_QT_LISTENING_H
#define LOOPCHECK_ADAPTER_QT_LISTENING_H

#include <QtCore/QPointer>

#include "adapter.h"

template <typename Server> struct listening : loop_server {
    explicit listening(struct loop *loop) : qt(new Server(loop->objects))
    {
    }

    ~listening() override
    {
        listening::close();
        if (!qt.isNull())
            qt->deleteLater();
    }

    QPointer<Server> qt;

    void close() override
    {
        if (!qt.isNull())
            qt->close();
    }

    bool is_serving() const override
    {
        return !qt.isNull() && qt->isListening();
    }
};

#endif
