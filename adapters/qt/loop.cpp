/* SPDX-License-Identifier: MIT
 *
 * Qt's event loop joined to the ABI: its life, and the table. Qt has two dispatchers on Linux, one
 * of its own and one that stands on GLib, chosen by QT_NO_GLIB when the application begins. */
#include <QtCore/QCoreApplication>

#include "adapter.h"

/* A process has one application; it stands while there is a loop. */
static QMutex lock;
static int loops;
static QCoreApplication *application;

static void begin_application(bool with_glib)
{
    static int argc = 1;
    static char name[] = "loopcheck", *argv[] = {name, nullptr};
    QMutexLocker locked(&lock);

    if (loops++ > 0)
        return;
    if (with_glib)
        qunsetenv("QT_NO_GLIB");
    else
        qputenv("QT_NO_GLIB", "1");
    application = new QCoreApplication(argc, argv);
}

static void end_application()
{
    QMutexLocker locked(&lock);
    if (--loops == 0)
        delete application;
}

static loop_status qt_open(const struct loop_variant *variant, const struct loop_open_options *,
                           struct loop **opened)
{
    begin_application(variant->flags & LOOP_VARIANT_DEFAULT);
    *opened = new struct loop;
    (*opened)->objects = new QObject;
    return LOOP_OK;
}

static loop_status qt_close(struct loop *loop)
{
    if (loop->running != nullptr)
        return LOOP_RUNTIME;
    QMutexLocker locked(&loop->lock);
    if (loop->closed)
        return LOOP_OK;
    loop->closed = true;
    locked.unlock();
    const QSet<QObject *> posted = loop->posted;
    qDeleteAll(posted);
    delete loop->objects;
    end_application();
    return LOOP_OK;
}

static void qt_free(struct loop *loop)
{
    delete loop;
}

static loop_status qt_run_forever(struct loop *loop)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->running != nullptr)
        return LOOP_RUNTIME;
    QEventLoop events;
    loop->running = &events;
    events.exec();
    loop->running = nullptr;
    return LOOP_OK;
}

/* Qt stops nothing that does not run. */
static void qt_stop(struct loop *loop)
{
    if (loop->running != nullptr)
        loop->running->quit();
}

static int64_t qt_clock_resolution(struct loop *)
{
    return 1;
}

static struct loop_operations make_operations()
{
    struct loop_operations o = {};
    o.size = sizeof o;
    o.open = qt_open;
    o.close = qt_close;
    o.free = qt_free;
    o.run_forever = qt_run_forever;
    o.stop = qt_stop;
    o.time = qt_time;
    o.clock_resolution = qt_clock_resolution;
    o.call_soon = qt_call_soon;
    o.call_soon_threadsafe = qt_call_soon_threadsafe;
    o.call_later = qt_call_later;
    o.handle_cancel = qt_handle_cancel;
    o.handle_release = qt_handle_release;
    o.add_reader = qt_add_reader;
    o.remove_reader = qt_remove_reader;
    o.add_writer = qt_add_writer;
    o.remove_writer = qt_remove_writer;
    return o;
}

static const struct loop_operations operations = make_operations();

static const struct loop_variant with_glib = {
    sizeof with_glib, LOOP_VARIANT_DEFAULT, "linux-glib", "selector", "poll", "linux",
    nullptr,          &operations};

static const struct loop_variant without_glib = {
    sizeof without_glib, 0, "linux-poll", "selector", "poll", "linux", nullptr, &operations};

static const struct loop_variant *const variants[] = {&with_glib, &without_glib};

const struct loop_api *loop_api_v1(void)
{
    static const struct loop_api api = {sizeof api, LOOP_ABI_VERSION, "qt", qVersion(), 0,
                                        2,          variants, 0};
    return &api;
}
