/* SPDX-License-Identifier: MIT
 *
 * What the files of the Asio adapter share. Memory is as Asio's examples have it: an object lives
 * while a handler that was given to Asio holds it, or the user does.
 */
#ifndef LOOPCHECK_ADAPTER_ASIO_H
#define LOOPCHECK_ADAPTER_ASIO_H

#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/generic/datagram_protocol.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <set>
#include <vector>

#include "loop_abi.h"

namespace asio = boost::asio;
using boost::system::error_code;
using stream_protocol = asio::generic::stream_protocol;
using datagram_protocol = asio::generic::datagram_protocol;

struct watcher;

/* What has descriptors of its own, for the loop's closing to find: Asio cannot list them. */
struct owner {
    explicit owner(struct loop *of);
    owner(const owner &) = delete;
    owner &operator=(const owner &) = delete;
    virtual ~owner();
    virtual void shut() = 0;
    struct loop *loop;
};

/* The context lives until free, since what the user still holds refers to it. What handlers hold
 * ends with it, and looks for itself in `owners`. */
struct loop {
    std::set<owner *> owners;
    asio::io_context context;
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::map<int, std::shared_ptr<watcher>> watchers;
    std::map<int, std::shared_ptr<asio::signal_set>> signals;
    std::atomic<bool> closed{false};
    bool running = false;
    error_code last_error;
    loop_exception_handler handler = nullptr;
    void *handler_arg = nullptr;
    char buffer[256 * 1024]; /* what is read lies here while the protocol is called */
};

/* What the caller has of a callback or an operation. Only what Asio can cancel says how. */
struct loop_handle {
    virtual ~loop_handle() = default;
    virtual void cancel()
    {
    }
    virtual loop_status when(int64_t *) const
    {
        return LOOP_TYPE;
    }
};

/* The user's reference is `user`: from connection_made until transport_release. */
struct loop_transport : owner, std::enable_shared_from_this<loop_transport> {
    using owner::owner;
    struct loop_protocol protocol = {};
    std::shared_ptr<loop_transport> user;
    bool made = false;
    bool closing = false; /* close or abort was called, or it broke */
    bool lost = false;
    bool paused = false;
    bool waiting = false; /* async_wait for something to read is under way */

    void read(); /* unless it is paused, closing, or waits already */
    void lose(loop_status why);
    virtual void wait_readable() = 0;
    virtual void close() = 0; /* when what is under way was written */
    virtual loop_status write(const void *data, size_t length) = 0;
    virtual loop_status write_eof() = 0;
    virtual bool can_write_eof() const = 0;
    virtual size_t unsent() const = 0; /* bytes */
    virtual loop_status send_to(const void *data, size_t length, const loop_address *to) = 0;
    virtual loop_status name(bool peer, void (*receive)(void *, const struct loop_address *),
                             void *told) = 0;
    virtual int fd() = 0;
};

using receiver = void (*)(void *arg, const struct loop_address *);

/* status.cpp: what Asio's error means in the ABI; remembers it for last_os_error. */
loop_status status_of(struct loop *loop, const error_code &error);
/* Tells the exception handler, if there is one, of an error of Asio's. */
void report(struct loop *loop, const error_code &error);
loop_status asio_set_exception_handler(struct loop *loop, loop_exception_handler handler,
                                       void *arg);

/* Runs `body`: no exception may cross the ABI. Beside a lack of memory Asio throws where it makes
 * what an io_context has once, such as its resolver. */
template <typename Body> loop_status answer(struct loop *loop, Body body)
{
    try {
        return body();
    } catch (const std::bad_alloc &) {
        return LOOP_NO_MEMORY;
    } catch (const boost::system::system_error &error) {
        return status_of(loop, error.code());
    }
}

/* addresses.cpp */
bool address_is_given(const struct loop_address *address);
/* LOOP_NAME_NOT_RESOLVED means that the host is a name. `passive` is a server's. */
loop_status address_of(const struct loop_address &address, bool passive,
                       asio::ip::tcp::endpoint *at);
loop_status path_of(const struct loop_address &address, asio::local::stream_protocol::endpoint *at);
loop_status family_of(struct loop *loop, int socket, int *family); /* AF_* */
void address_tell(const sockaddr *name, size_t length, receiver receive, void *arg);

template <typename Socket>
loop_status tell_sockname(struct loop *loop, const Socket &socket, receiver receive, void *arg)
{
    error_code error;
    auto at = socket.local_endpoint(error);
    if (!error)
        address_tell(at.data(), at.size(), receive, arg);
    return status_of(loop, error);
}

template <typename Socket>
loop_status tell_peername(struct loop *loop, const Socket &socket, receiver receive, void *arg)
{
    error_code error;
    auto at = socket.remote_endpoint(error);
    if (!error)
        address_tell(at.data(), at.size(), receive, arg);
    return status_of(loop, error);
}

/* operations.cpp: what is under way, and what its handle cancels. */
struct operation : owner, std::enable_shared_from_this<operation> {
    operation(struct loop *of, std::function<void(const error_code &)> if_failed);
    std::function<void(const error_code &)> failed;
    asio::ip::tcp::resolver resolver;
    stream_protocol::socket socket;

    void shut() override;
    void fail(const error_code &error); /* later, from the loop */
};

using endpoints = std::vector<asio::ip::tcp::endpoint>;
/* Calls `then` with what `address` stands for: at once if that is numeric, else from the loop. */
loop_status resolve(const std::shared_ptr<operation> &operation, const struct loop_address &address,
                    bool passive, std::function<void(const endpoints &)> then);
/* Stores a handle of the operation, if one is wanted; LOOP_OK. */
loop_status give(const std::shared_ptr<operation> &operation, struct loop_handle **handle);
/* Tells, from the loop, that `transport` is there. */
void post_made(const std::shared_ptr<loop_transport> &transport, loop_protocol_factory factory,
               void *factory_arg, loop_connected done, void *arg);
void made(const std::shared_ptr<loop_transport> &transport, loop_protocol_factory factory,
          void *factory_arg, loop_connected done, void *arg);

/* transports.cpp: calls the factory, connection_made, and starts to read. */
loop_status transport_begin(const std::shared_ptr<loop_transport> &transport,
                            loop_protocol_factory factory, void *factory_arg);

/* streams.cpp */
std::shared_ptr<loop_transport> stream_of(struct loop *loop, stream_protocol::socket socket);
enum class pipe_end { read, write };
std::shared_ptr<loop_transport> stream_of(struct loop *loop, asio::posix::stream_descriptor fd,
                                          pipe_end end);

/* callbacks.cpp */
loop_status asio_call_soon(struct loop *loop, loop_callback callback, void *arg,
                           struct loop_handle **handle);
loop_status asio_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                            struct loop_handle **handle);
loop_status asio_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                         struct loop_handle **handle);
void asio_handle_cancel(struct loop *loop, struct loop_handle *handle);
loop_status asio_handle_when(struct loop *loop, struct loop_handle *handle, int64_t *when);
void asio_handle_release(struct loop *loop, struct loop_handle *handle);

/* descriptors.cpp */
loop_status asio_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status asio_remove_reader(struct loop *loop, loop_fd fd);
loop_status asio_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status asio_remove_writer(struct loop *loop, loop_fd fd);
void close_watchers(struct loop *loop);

/* signals.cpp */
loop_status asio_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                    void *arg);
loop_status asio_remove_signal_handler(struct loop *loop, int signum);

/* connect.cpp, servers.cpp, datagrams.cpp, pipes.cpp */
loop_status asio_create_connection(struct loop *loop, const struct loop_connection_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **handle);
loop_status asio_create_unix_connection(struct loop *loop,
                                        const struct loop_connection_options *options,
                                        loop_protocol_factory factory, void *factory_arg,
                                        loop_connected done, void *arg,
                                        struct loop_handle **handle);
loop_status asio_create_server(struct loop *loop, const struct loop_server_options *options,
                               loop_protocol_factory factory, void *factory_arg, loop_serving done,
                               void *arg, struct loop_handle **handle);
loop_status asio_create_unix_server(struct loop *loop, const struct loop_server_options *options,
                                    loop_protocol_factory factory, void *factory_arg,
                                    loop_serving done, void *arg, struct loop_handle **handle);
loop_status asio_create_datagram_endpoint(struct loop *loop,
                                          const struct loop_datagram_options *options,
                                          loop_protocol_factory factory, void *factory_arg,
                                          loop_connected done, void *arg,
                                          struct loop_handle **handle);
loop_status asio_connect_read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                   void *factory_arg, loop_connected done, void *arg,
                                   struct loop_handle **handle);
loop_status asio_connect_write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                    void *factory_arg, loop_connected done, void *arg,
                                    struct loop_handle **handle);
void asio_server_close(struct loop_server *server);
int asio_server_is_serving(struct loop_server *server);
loop_status asio_server_get_sockname(struct loop_server *server, size_t index, receiver receive,
                                     void *arg);
void asio_server_release(struct loop_server *server);

/* transports.cpp */
loop_status asio_transport_write(struct loop_transport *transport, const void *data, size_t length);
loop_status asio_transport_write_eof(struct loop_transport *transport);
int asio_transport_can_write_eof(struct loop_transport *transport);
void asio_transport_close(struct loop_transport *transport);
void asio_transport_abort(struct loop_transport *transport);
int asio_transport_is_closing(struct loop_transport *transport);
void asio_transport_pause_reading(struct loop_transport *transport);
void asio_transport_resume_reading(struct loop_transport *transport);
size_t asio_transport_get_write_buffer_size(struct loop_transport *transport);
loop_status asio_transport_sendto(struct loop_transport *transport, const void *data, size_t length,
                                  const struct loop_address *to);
loop_status asio_transport_get_sockname(struct loop_transport *transport, receiver receive,
                                        void *arg);
loop_status asio_transport_get_peername(struct loop_transport *transport, receiver receive,
                                        void *arg);
loop_fd asio_transport_get_fd(struct loop_transport *transport);
void asio_transport_release(struct loop_transport *transport);

#endif
