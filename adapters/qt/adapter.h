/* SPDX-License-Identifier: MIT
 *
 * What the files of the Qt adapter share. A thread's events are dispatched by one dispatcher, for
 * every QEventLoop that runs in it; a loop is a QObject whose children are what was registered. */
#ifndef LOOPCHECK_ADAPTER_QT_H
#define LOOPCHECK_ADAPTER_QT_H

#include <QtCore/QByteArray>
#include <QtCore/QEventLoop>
#include <QtCore/QHash>
#include <QtCore/QMutex>
#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QProcess>
#include <QtCore/QSet>
#include <QtCore/QSocketNotifier>
#include <QtNetwork/QHostAddress>
#include <QtNetwork/QLocalSocket>
#include <QtNetwork/QTcpSocket>
#include <functional>
#include <memory>

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
    loop_exception_handler handler = nullptr;
    void *handler_arg = nullptr;
    bool closed = false;
};

using receiver = void (*)(void *arg, const struct loop_address *);

/* The user's, from connection_made until transport_release. What Qt has for it is a child of
 * `objects`, and may be gone before. */
struct loop_transport {
    explicit loop_transport(struct loop *of) : loop(of)
    {
    }
    loop_transport(const loop_transport &) = delete;
    loop_transport &operator=(const loop_transport &) = delete;
    virtual ~loop_transport() = default;

    struct loop *loop;
    struct loop_protocol protocol = {};
    bool made = false;
    bool lost = false;

    /* Calls the factory and connection_made; if that is LOOP_OK, it is the user's from then on. */
    loop_status begin(loop_protocol_factory factory, void *factory_arg);
    void lose(loop_status why); /* connection_lost, once; it may be gone afterwards */

    virtual void close() = 0;
    virtual void abort() = 0;
    virtual bool is_closing() const = 0;

    /* These answer for a kind that has no such thing. */
    virtual void look(); /* tells what Qt had to tell before it was made */
    virtual void pause(bool paused);
    virtual loop_status write(const char *data, size_t length);
    virtual loop_status write_eof();
    virtual bool can_write_eof() const;
    virtual size_t unsent() const; /* bytes */
    virtual loop_status send_to(const char *data, size_t length, const loop_address *to);
    virtual loop_status name(bool peer, receiver receive, void *told) const;
    virtual loop_fd fd() const;
};

struct loop_server {
    virtual ~loop_server() = default;
    virtual void close() = 0;
    virtual bool is_serving() const = 0;
    virtual loop_status name(receiver receive, void *told) const = 0;
};

/* What the caller has of a callback or an operation. */
struct loop_handle {
    QPointer<QObject> object; /* null when it was called, was cancelled, or its loop was closed */
};
void give(QObject *object, struct loop_handle **handle);

/* What is under way. Qt emits some of its signals from inside the call that asks for it, where nobody
 * may be called back: of these, and of what Qt does at once, the loop tells later. */
struct operation : QObject {
    explicit operation(struct loop *of);

    loop_status begin(struct loop_handle **handle); /* starts it; LOOP_OK */
    void made_later();
    void fail_later(loop_status status);
    void cancel();

    void fail(loop_status status); /* in the loop */
    void ended();                  /* nothing more comes; it is deleted later */

    struct loop *loop;
    bool over = false;

    virtual void start() = 0;
    virtual void undo() = 0; /* makes Qt give up what it does */
    virtual void made() = 0;
    virtual void tell(loop_status failure) = 0;
};

/* What a transport is made for. */
struct request {
    struct loop *loop;
    loop_protocol_factory factory;
    void *factory_arg;
    loop_connected done;
    void *arg;
};

struct connecting : operation {
    connecting(const request &what, std::unique_ptr<loop_transport> with);

    void start() override; /* there is nothing to wait for */
    void made() override;
    void undo() override;
    void tell(loop_status failure) override;

    request wanted;
    std::unique_ptr<loop_transport> transport;
};

struct serving : operation {
    serving(struct loop *of, std::unique_ptr<loop_server> with, loop_serving done, void *arg);

    void start() override; /* it listens already */
    void made() override;
    void undo() override;
    void tell(loop_status failure) override;

    std::unique_ptr<loop_server> server;
    loop_serving done;
    void *arg;
};

/* status.cpp */
loop_status status_of(QAbstractSocket::SocketError error);
loop_status status_of(QLocalSocket::LocalSocketError error);
loop_status status_of(QProcess::ProcessError error);

/* Of what Qt tells its user, only a server's errors have no other way. */
loop_status qt_set_exception_handler(struct loop *loop, loop_exception_handler handler, void *arg);
void report(struct loop *loop, loop_status status, const QString &message);

/* addresses.cpp */
bool address_is_given(const struct loop_address &address);
QAbstractSocket::NetworkLayerProtocol protocol_of(uint32_t family); /* LOOP_ADDRESS_* */
/* LOOP_NAME_NOT_RESOLVED means that the host is a name. `passive` is a server's. */
loop_status host_of(const struct loop_address &address, bool passive, QHostAddress *host);
QString name_of(const struct loop_address &address, bool passive); /* the host, in words */
/* Qt's name for a Unix address; LOOP_NOT_IMPLEMENTED for an abstract one, which Qt 5 has not. */
loop_status path_of(const struct loop_address &address, QString *path);
void tell_address(const QHostAddress &host, quint16 port, receiver receive, void *arg);
void tell_path(const QString &path, receiver receive, void *arg); /* empty: unnamed */

/* streams.cpp */
std::unique_ptr<loop_transport> stream_of(struct loop *loop, QTcpSocket *socket);
enum class local_end { client, accepted };
std::unique_ptr<loop_transport> stream_of(struct loop *loop, QLocalSocket *socket, local_end end);

/* servers.cpp */
int backlog_of(const struct loop_server_options *options);
/* Qt wants a socket that listens already, where the ABI has one that is bound. */
loop_status make_listen(loop_fd sock, int backlog);
/* Tells the protocol of a connection that a server has accepted. */
void accepted(std::unique_ptr<loop_transport> transport, loop_protocol_factory factory,
              void *factory_arg);

/* processes.cpp */
void kill_children(struct loop *loop);

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

/* connect.cpp, servers.cpp, local.cpp, datagrams.cpp, spawn.cpp, processes.cpp */
loop_status qt_create_connection(struct loop *loop, const struct loop_connection_options *options,
                                 loop_protocol_factory factory, void *factory_arg,
                                 loop_connected done, void *arg, struct loop_handle **handle);
loop_status qt_create_unix_connection(struct loop *loop,
                                      const struct loop_connection_options *options,
                                      loop_protocol_factory factory, void *factory_arg,
                                      loop_connected done, void *arg, struct loop_handle **handle);
loop_status qt_create_server(struct loop *loop, const struct loop_server_options *options,
                             loop_protocol_factory factory, void *factory_arg, loop_serving done,
                             void *arg, struct loop_handle **handle);
loop_status qt_create_unix_server(struct loop *loop, const struct loop_server_options *options,
                                  loop_protocol_factory factory, void *factory_arg,
                                  loop_serving done, void *arg, struct loop_handle **handle);
loop_status qt_create_datagram_endpoint(struct loop *loop,
                                        const struct loop_datagram_options *options,
                                        loop_protocol_factory factory, void *factory_arg,
                                        loop_connected done, void *arg,
                                        struct loop_handle **handle);
loop_status qt_subprocess_exec(struct loop *loop, const struct loop_subprocess_options *options,
                               loop_protocol_factory factory, void *factory_arg,
                               loop_connected done, void *arg, struct loop_handle **handle);
loop_status qt_subprocess_shell(struct loop *loop, const struct loop_subprocess_options *options,
                                loop_protocol_factory factory, void *factory_arg,
                                loop_connected done, void *arg, struct loop_handle **handle);
int64_t qt_transport_get_pid(struct loop_transport *transport);
loop_status qt_transport_get_returncode(struct loop_transport *transport, int *code);
struct loop_transport *qt_transport_get_pipe_transport(struct loop_transport *transport,
                                                       int child_fd);
loop_status qt_transport_terminate(struct loop_transport *transport);
loop_status qt_transport_kill(struct loop_transport *transport);

/* transports.cpp */
loop_status qt_transport_write(struct loop_transport *transport, const void *data, size_t length);
loop_status qt_transport_write_eof(struct loop_transport *transport);
int qt_transport_can_write_eof(struct loop_transport *transport);
void qt_transport_close(struct loop_transport *transport);
void qt_transport_abort(struct loop_transport *transport);
int qt_transport_is_closing(struct loop_transport *transport);
void qt_transport_pause_reading(struct loop_transport *transport);
void qt_transport_resume_reading(struct loop_transport *transport);
size_t qt_transport_get_write_buffer_size(struct loop_transport *transport);
loop_status qt_transport_sendto(struct loop_transport *transport, const void *data, size_t length,
                                const struct loop_address *to);
loop_status qt_transport_get_sockname(struct loop_transport *transport, receiver receive,
                                      void *arg);
loop_status qt_transport_get_peername(struct loop_transport *transport, receiver receive,
                                      void *arg);
loop_fd qt_transport_get_fd(struct loop_transport *transport);
void qt_transport_release(struct loop_transport *transport);

/* servers.cpp */
void qt_server_close(struct loop_server *server);
int qt_server_is_serving(struct loop_server *server);
loop_status qt_server_get_sockname(struct loop_server *server, size_t index, receiver receive,
                                   void *arg);
void qt_server_release(struct loop_server *server);

#endif
