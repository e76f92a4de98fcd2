/* SPDX-License-Identifier: MIT
 *
 * call_soon and call_soon_threadsafe are QMetaObject::invokeMethod by a queued connection, to a
 * QObject of their own: deleting that takes back what was posted to it. call_later is a QTimer, of
 * whole milliseconds. */
#include <QtCore/QCoreApplication>
#include <QtCore/QDeadlineTimer>
#include <QtCore/QTimer>
#include <limits>

#include "adapter.h"

void give(QObject *object, struct loop_handle **handle)
{
    if (handle != nullptr)
        *handle = new loop_handle{object};
}

static void post(QObject *object, loop_callback callback, void *arg)
{
    QMetaObject::invokeMethod(
        object,
        [=] {
            object->deleteLater();
            callback(arg);
        },
        Qt::QueuedConnection);
}

loop_status qt_call_soon(struct loop *loop, loop_callback callback, void *arg,
                         struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    auto object = new QObject(loop->objects);
    give(object, handle);
    post(object, callback, arg);
    return LOOP_OK;
}

loop_status qt_call_soon_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                    struct loop_handle **handle)
{
    QMutexLocker locked(&loop->lock);
    if (loop->closed)
        return LOOP_CLOSED;
    auto object = new QObject;
    object->moveToThread(loop->objects->thread());
    loop->posted.insert(object);
    QObject::connect(
        object, &QObject::destroyed, loop->objects,
        [=] {
            QMutexLocker locked_again(&loop->lock);
            loop->posted.remove(object);
        },
        Qt::DirectConnection);
    give(object, handle);
    post(object, callback, arg);
    return LOOP_OK;
}

/* Rounding down would ask Qt for less than the caller did. */
loop_status qt_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                          struct loop_handle **handle)
{
    int64_t milliseconds = delay <= 0 ? 0 : delay / 1000000 + (delay % 1000000 != 0);

    if (loop->closed)
        return LOOP_CLOSED;
    if (milliseconds > std::numeric_limits<int>::max())
        return LOOP_VALUE;
    auto timer = new QTimer(loop->objects);
    timer->setSingleShot(true);
    timer->setTimerType(Qt::PreciseTimer);
    QObject::connect(timer, &QTimer::timeout, timer, [=] {
        timer->deleteLater();
        callback(arg);
    });
    timer->start(static_cast<int>(milliseconds));
    give(timer, handle);
    return LOOP_OK;
}

int64_t qt_time(struct loop *)
{
    return QDeadlineTimer::current(Qt::PreciseTimer).deadlineNSecs();
}

/* In its own callback an object is only marked for deletion: its call is over in either case. */
void qt_handle_cancel(struct loop *, struct loop_handle *handle)
{
    if (handle->object.isNull())
        return;
    QObject *object = handle->object;
    handle->object.clear();
    if (auto under_way = dynamic_cast<operation *>(object)) {
        under_way->cancel();
        return;
    }
    if (auto timer = qobject_cast<QTimer *>(object))
        timer->stop();
    QCoreApplication::removePostedEvents(object);
    object->deleteLater();
}

void qt_handle_release(struct loop *, struct loop_handle *handle)
{
    delete handle;
}
