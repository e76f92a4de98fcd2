/* SPDX-License-Identifier: MIT
 *
 * Operations under way. Each is a child of the loop's objects, so closing the loop ends it, and
 * nobody is told. */
#include <QtCore/QCoreApplication>
#include <QtCore/QPointer>

#include "adapter.h"

operation::operation(struct loop *of) : QObject(of->objects), loop(of)
{
}

loop_status operation::begin(struct loop_handle **handle)
{
    give(this, handle);
    start();
    return LOOP_OK;
}

void operation::made_later()
{
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (!over)
                made();
        },
        Qt::QueuedConnection);
}

void operation::fail_later(loop_status status)
{
    QMetaObject::invokeMethod(
        this,
        [=] {
            if (!over)
                fail(status);
        },
        Qt::QueuedConnection);
}

void operation::ended()
{
    over = true;
    deleteLater();
}

void operation::fail(loop_status status)
{
    ended();
    tell(status);
}

void operation::cancel()
{
    if (over)
        return;
    QCoreApplication::removePostedEvents(this);
    over = true; /* what Qt says when it gives up is no failure */
    undo();
    QMetaObject::invokeMethod(
        this, [this] { fail(LOOP_CANCELLED); }, Qt::QueuedConnection);
}

connecting::connecting(const request &what, std::unique_ptr<loop_transport> with)
    : operation(what.loop), wanted(what), transport(std::move(with))
{
}

void connecting::made()
{
    ended();
    loop_status status = transport->begin(wanted.factory, wanted.factory_arg);
    if (status != LOOP_OK) {
        transport.reset();
        tell(status);
        return;
    }
    loop_transport *users = transport.release();
    wanted.done(wanted.arg, LOOP_OK, users);
    users->look();
}

void connecting::start()
{
    made_later();
}

void connecting::undo()
{
    transport->abort();
}

void connecting::tell(loop_status failure)
{
    wanted.done(wanted.arg, failure, nullptr);
}

serving::serving(struct loop *of, std::unique_ptr<loop_server> with, loop_serving tells,
                 void *for_done)
    : operation(of), server(std::move(with)), done(tells), arg(for_done)
{
}

void serving::made()
{
    ended();
    done(arg, LOOP_OK, server.release());
}

void serving::start()
{
    made_later();
}

void serving::undo()
{
    server->close();
}

void serving::tell(loop_status failure)
{
    done(arg, failure, nullptr);
}
