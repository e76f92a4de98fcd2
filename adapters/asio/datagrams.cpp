/* SPDX-License-Identifier: MIT
 *
 * Datagram endpoints: async_wait and receive_from, async_send and async_send_to, of which Asio
 * takes as many at a time as one likes. A close that flushes is close() after the last of them. */
#include "adapter.h"

namespace
{

struct datagram_transport final : loop_transport {
    datagram_transport(struct loop *of, datagram_protocol::socket with)
        : loop_transport(of), socket(std::move(with))
    {
    }
    datagram_protocol::socket socket;
    size_t sending = 0; /* datagrams */
    size_t left = 0;    /* bytes of these */

    std::shared_ptr<datagram_transport> self()
    {
        return std::static_pointer_cast<datagram_transport>(shared_from_this());
    }

    void shut() override
    {
        error_code ignored;
        socket.close(ignored);
    }

    void wait_readable() override
    {
        socket.async_wait(datagram_protocol::socket::wait_read,
                          [t = self()](const error_code &error) {
                              t->waiting = false;
                              if (!t->closing && !t->paused)
                                  t->on_readable(error);
                          });
    }

    void on_readable(error_code error)
    {
        datagram_protocol::endpoint from;
        size_t length = 0;
        if (!error)
            length = socket.receive_from(asio::buffer(loop->buffer), from, 0, error);
        if (error && error != asio::error::would_block)
            tell(error);
        else if (!error && protocol.datagram_received != nullptr)
            deliver(length, from);
        read();
    }

    void deliver(size_t length, const datagram_protocol::endpoint &from)
    {
        struct arrival {
            datagram_transport *transport;
            size_t length;
        } arrived = {this, length};
        address_tell(
            from.data(), from.size(),
            [](void *at, const struct loop_address *sender) {
                auto a = static_cast<const arrival *>(at);
                const loop_protocol &p = a->transport->protocol;
                p.datagram_received(p.user, a->transport->loop->buffer, a->length, sender);
            },
            &arrived);
    }

    void tell(const error_code &error)
    {
        loop_status why = status_of(loop, error);
        if (protocol.error_received != nullptr)
            protocol.error_received(protocol.user, why);
    }

    loop_status send_to(const void *data, size_t length, const loop_address *to) override
    {
        const char *bytes = static_cast<const char *>(data);
        datagram_protocol::endpoint peer;
        if (closing)
            return LOOP_OK;
        loop_status status = to == nullptr ? LOOP_OK : peer_of(*to, &peer);
        if (status != LOOP_OK)
            return status;
        auto out = std::make_shared<std::vector<char>>(bytes, bytes + length);
        auto sent = [t = self(), out](const error_code &error, size_t) { t->on_sent(*out, error); };
        sending++;
        left += length;
        if (to == nullptr)
            socket.async_send(asio::buffer(*out), sent);
        else
            socket.async_send_to(asio::buffer(*out), peer, sent);
        return LOOP_OK;
    }

    void on_sent(const std::vector<char> &out, const error_code &error)
    {
        sending--;
        left -= out.size();
        if (error && error != asio::error::operation_aborted && !lost)
            tell(error);
        if (closing && sending == 0)
            lose(LOOP_OK);
    }

    static loop_status peer_of(const loop_address &to, datagram_protocol::endpoint *peer)
    {
        asio::ip::tcp::endpoint ip;
        asio::local::stream_protocol::endpoint path;
        loop_status status =
            to.family == LOOP_ADDRESS_UNIX ? path_of(to, &path) : address_of(to, false, &ip);
        if (to.family == LOOP_ADDRESS_UNIX)
            *peer = datagram_protocol::endpoint(path.data(), path.size());
        else
            *peer = asio::ip::udp::endpoint(ip.address(), ip.port());
        return status;
    }

    void close() override
    {
        closing = true;
        if (sending == 0)
            lose(LOOP_OK);
    }

    loop_status write(const void *, size_t) override
    {
        return LOOP_TYPE;
    }

    loop_status write_eof() override
    {
        return LOOP_TYPE;
    }

    bool can_write_eof() const override
    {
        return false;
    }

    size_t unsent() const override
    {
        return left;
    }

    loop_status name(bool peer, receiver receive, void *told) override
    {
        return peer ? tell_peername(loop, socket, receive, told)
                    : tell_sockname(loop, socket, receive, told);
    }

    int fd() override
    {
        return socket.native_handle();
    }
};

/* What was asked for, while names are looked up. */
struct wanted {
    struct loop *loop;
    loop_protocol_factory factory;
    void *factory_arg;
    loop_connected done;
    void *arg;
    uint32_t flags;
    bool bound = false;
    bool connected = false;
    datagram_protocol protocol = asio::ip::udp::v4();
    datagram_protocol::endpoint local = {};
    datagram_protocol::endpoint remote = {};
};

} // namespace

static void made(const wanted &w, datagram_protocol::socket socket)
{
    socket.non_blocking(true);
    post_made(std::make_shared<datagram_transport>(w.loop, std::move(socket)), w.factory,
              w.factory_arg, w.done, w.arg);
}

static void open(const wanted &w)
{
    error_code error;
    datagram_protocol::socket socket(w.loop->context);
    socket.open(w.protocol, error);
    if (!error && w.flags & LOOP_ALLOW_BROADCAST)
        socket.set_option(asio::socket_base::broadcast(true), error);
    if (!error && w.bound)
        socket.bind(w.local, error);
    if (!error && w.connected)
        socket.connect(w.remote, error);
    if (error)
        asio::post(w.loop->context, [=] { w.done(w.arg, status_of(w.loop, error), nullptr); });
    else
        made(w, std::move(socket));
}

static loop_status take_over(const wanted &w, loop_fd sock)
{
    int family;
    error_code error;
    datagram_protocol::socket socket(w.loop->context);
    loop_status status = family_of(w.loop, static_cast<int>(sock), &family);
    if (status != LOOP_OK)
        return status;
    socket.assign({family, 0}, static_cast<int>(sock), error);
    if (error)
        return status_of(w.loop, error);
    made(w, std::move(socket));
    return LOOP_OK;
}

static loop_status resolve_both(const std::shared_ptr<operation> &op, wanted w,
                                const struct loop_datagram_options *options)
{
    w.bound = options->local != nullptr;
    w.connected = options->remote != nullptr;
    if (w.bound) {
        loop_status status = datagram_transport::peer_of(*options->local, &w.local);
        if (status != LOOP_OK)
            return status;
        w.protocol = w.local.protocol();
    } else if (options->family == LOOP_ADDRESS_INET6) {
        w.protocol = asio::ip::udp::v6();
    }
    if (!w.connected) {
        open(w);
        return LOOP_OK;
    }
    if (options->remote->family == LOOP_ADDRESS_UNIX) {
        loop_status status = datagram_transport::peer_of(*options->remote, &w.remote);
        w.protocol = w.remote.protocol();
        if (status == LOOP_OK)
            open(w);
        return status;
    }
    return resolve(op, *options->remote, false, [w](const endpoints &found) {
        wanted known = w;
        known.remote = asio::ip::udp::endpoint(found.front().address(), found.front().port());
        known.protocol = known.remote.protocol();
        open(known);
    });
}

/* Asio has no name for SO_REUSEPORT. */
loop_status asio_create_datagram_endpoint(struct loop *loop,
                                          const struct loop_datagram_options *options,
                                          loop_protocol_factory factory, void *factory_arg,
                                          loop_connected done, void *arg,
                                          struct loop_handle **handle)
{
    bool has_sock = options->sock != LOOP_NO_FD;
    if (loop->closed)
        return LOOP_CLOSED;
    if (has_sock &&
        (options->local != nullptr || options->remote != nullptr || options->flags != 0))
        return LOOP_VALUE;
    if (options->flags & LOOP_REUSE_PORT)
        return LOOP_NOT_IMPLEMENTED;
    return answer(loop, [=]() -> loop_status {
        wanted w{loop, factory, factory_arg, done, arg, options->flags};
        auto op = std::make_shared<operation>(
            loop, [=](const error_code &error) { done(arg, status_of(loop, error), nullptr); });
        loop_status status = has_sock ? take_over(w, options->sock) : resolve_both(op, w, options);
        return status == LOOP_OK ? give(op, handle) : status;
    });
}
