/* SPDX-License-Identifier: MIT
 *
 * Qt's event loop joined to the ABI: its life, and the table. Qt has two dispatchers on Linux, one
 * of its own and one that stands on GLib, chosen by QT_NO_GLIB when the application begins. */
#include <QtCore/QCoreApplication>
#include <QtNetwork/QNetworkProxy>

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
    QNetworkProxy::setApplicationProxy(QNetworkProxy::NoProxy); /* whatever this machine's are */
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
    kill_children(loop);
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

static int qt_is_running(struct loop *loop)
{
    return loop->running != nullptr && loop->running->isRunning();
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
    o.is_running = qt_is_running;
    o.set_exception_handler = qt_set_exception_handler;
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
    o.create_connection = qt_create_connection;
    o.create_server = qt_create_server;
    o.create_unix_connection = qt_create_unix_connection;
    o.create_unix_server = qt_create_unix_server;
    o.create_datagram_endpoint = qt_create_datagram_endpoint;
    o.subprocess_exec = qt_subprocess_exec;
    o.subprocess_shell = qt_subprocess_shell;
    o.transport_write = qt_transport_write;
    o.transport_write_eof = qt_transport_write_eof;
    o.transport_can_write_eof = qt_transport_can_write_eof;
    o.transport_close = qt_transport_close;
    o.transport_abort = qt_transport_abort;
    o.transport_is_closing = qt_transport_is_closing;
    o.transport_pause_reading = qt_transport_pause_reading;
    o.transport_resume_reading = qt_transport_resume_reading;
    o.transport_get_write_buffer_size = qt_transport_get_write_buffer_size;
    o.transport_sendto = qt_transport_sendto;
    o.transport_get_sockname = qt_transport_get_sockname;
    o.transport_get_peername = qt_transport_get_peername;
    o.transport_get_fd = qt_transport_get_fd;
    o.transport_release = qt_transport_release;
    o.transport_get_pid = qt_transport_get_pid;
    o.transport_get_returncode = qt_transport_get_returncode;
    o.transport_get_pipe_transport = qt_transport_get_pipe_transport;
    o.transport_terminate = qt_transport_terminate;
    o.transport_kill = qt_transport_kill;
    o.server_close = qt_server_close;
    o.server_is_serving = qt_server_is_serving;
    o.server_get_sockname = qt_server_get_sockname;
    o.server_release = qt_server_release;
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
                                        2,          variants,         0};
    return &api;
}
