/* SPDX-License-Identifier: MIT
 *
 * Readers and writers are QSocketNotifiers, one of each type a descriptor. */
#include "adapter.h"

/* It may be the one that calls: disabled now, deleted later. */
static void drop(QSocketNotifier *notifier)
{
    notifier->setEnabled(false);
    notifier->disconnect();
    notifier->deleteLater();
}

static loop_status remove(struct loop *loop, loop_fd fd, QSocketNotifier::Type type)
{
    auto found = loop->descriptors.find(static_cast<int>(fd));
    if (loop->closed || found == loop->descriptors.end() || found->of[type] == nullptr)
        return LOOP_NOT_FOUND;
    drop(found->of[type]);
    found->of[type] = nullptr;
    if (found->of[!type] == nullptr)
        loop->descriptors.erase(found);
    return LOOP_OK;
}

static loop_status add(struct loop *loop, loop_fd fd, QSocketNotifier::Type type,
                       loop_callback callback, void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    remove(loop, fd, type);
    auto notifier = new QSocketNotifier(fd, type, loop->objects);
    QObject::connect(notifier, &QSocketNotifier::activated, notifier, [=] { callback(arg); });
    loop->descriptors[static_cast<int>(fd)].of[type] = notifier;
    return LOOP_OK;
}

loop_status qt_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, QSocketNotifier::Read, callback, arg);
}

loop_status qt_remove_reader(struct loop *loop, loop_fd fd)
{
    return remove(loop, fd, QSocketNotifier::Read);
}

loop_status qt_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, QSocketNotifier::Write, callback, arg);
}

loop_status qt_remove_writer(struct loop *loop, loop_fd fd)
{
    return remove(loop, fd, QSocketNotifier::Write);
}
