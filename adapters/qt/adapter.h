/* SPDX-License-Identifier: MIT
 *
 * What the files of the Qt adapter share. A thread's events are dispatched by one dispatcher, for
 * every QEventLoop that runs in it; a loop is a QObject whose children are what was registered. */
#ifndef LOOPCHECK_ADAPTER_QT_H
#define LOOPCHECK_ADAPTER_QT_H

#include <QtCore/QEventLoop>
#include <QtCore/QHash>
#include <QtCore/QMutex>
#include <QtCore/QObject>
#include <QtCore/QSet>
#include <QtCore/QSocketNotifier>

#include "loop_abi.h"

/* The callbacks of one descriptor, by QSocketNotifier::Type. */
struct notifiers {
    QSocketNotifier *of[2] = {nullptr, nullptr};
};

struct loop {
    QObject *objects;       /* deleted by close, with its children and what was posted to them */
    QMutex lock;            /* guards `posted` and `closed` against threads that post */
    QSet<QObject *> posted; /* by other threads, which cannot make a child of `objects` */
    QEventLoop *running = nullptr;
    QHash<int, notifiers> descriptors;
    bool closed = false;
};

/* callbacks.cpp */
int64_t qt_time(struct loop *loop);
loop_status qt_call_soon(struct loop *loop, loop_callback callback, void *arg,
                         struct loop_handle **handle);
loop_status qt_call_soon_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                    struct loop_handle **handle);
loop_status qt_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                          struct loop_handle **handle);
void qt_handle_cancel(struct loop *loop, struct loop_handle *handle);
void qt_handle_release(struct loop *loop, struct loop_handle *handle);

/* descriptors.cpp */
loop_status qt_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status qt_remove_reader(struct loop *loop, loop_fd fd);
loop_status qt_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status qt_remove_writer(struct loop *loop, loop_fd fd);

#endif
