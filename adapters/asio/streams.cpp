/* SPDX-License-Identifier: MIT
 *
 * Connections and pipes. Reading is Asio's reactor style, async_wait and read_some, so that a pause
 * leaves the data where they are. Writing is async_write, of which Asio allows one at a time ("the
 * program must ensure that the stream performs no other write operations until this operation
 * completes"): a second one meanwhile is refused with LOOP_AGAIN. An end or a close comes, as in
 * Asio's examples, from the handler of the one that is under way. */
#include "adapter.h"

namespace
{

using socket_type = stream_protocol::socket;
using pipe_type = asio::posix::stream_descriptor;

template <typename Stream> struct stream_transport final : loop_transport {
    stream_transport(struct loop *of, Stream with, bool reads, bool writes)
        : loop_transport(of), stream(std::move(with)), readable(reads), writable(writes)
    {
    }

    static constexpr bool is_socket = std::is_same_v<Stream, socket_type>;
    Stream stream;
    const bool readable;
    const bool writable;
    bool ended = false;       /* the peer's end was read */
    bool eof_written = false; /* write_eof was called */
    bool writing = false;     /* async_write is under way */
    std::vector<char> out;    /* what it writes */
    size_t left = 0;          /* of that */

    std::shared_ptr<stream_transport> self()
    {
        return std::static_pointer_cast<stream_transport>(shared_from_this());
    }

    void shut() override
    {
        error_code ignored;
        stream.close(ignored);
    }

    void wait_readable() override
    {
        if (!readable || ended)
            return;
        stream.async_wait(Stream::wait_read, [t = self()](const error_code &error) {
            t->waiting = false;
            if (!t->closing && !t->paused)
                t->on_readable(error);
        });
    }

    void on_readable(error_code error)
    {
        size_t length = 0;
        if (!error)
            length = stream.read_some(asio::buffer(loop->buffer), error);
        if (error == asio::error::eof)
            on_end();
        else if (error && error != asio::error::would_block)
            lose(status_of(loop, error));
        else if (!error && protocol.data_received != nullptr)
            protocol.data_received(protocol.user, loop->buffer, length);
        read();
    }

    void on_end()
    {
        int keep = 0;
        ended = true;
        if (protocol.eof_received != nullptr)
            keep = protocol.eof_received(protocol.user);
        if (!keep || !writable)
            close();
    }

    /* The completion condition is told how much was written so far. */
    loop_status write(const void *data, size_t length) override
    {
        const char *bytes = static_cast<const char *>(data);
        if (!writable)
            return LOOP_TYPE;
        if (closing)
            return LOOP_OK;
        if (writing)
            return LOOP_AGAIN;
        out.assign(bytes, bytes + length);
        left = length;
        writing = true;
        asio::async_write(
            stream, asio::buffer(out),
            [t = self()](const error_code &error, size_t written) {
                t->left = t->out.size() - written;
                return asio::transfer_all()(error, written);
            },
            [t = self()](const error_code &error, size_t) { t->on_written(error); });
        return LOOP_OK;
    }

    void on_written(const error_code &error)
    {
        writing = false;
        left = 0;
        if (error)
            lose(status_of(loop, error));
        else if (closing)
            lose(LOOP_OK);
        else if (eof_written)
            end_writing();
    }

    /* A pipe that is only written to has no other end than its close. */
    void end_writing()
    {
        if constexpr (is_socket) {
            error_code error;
            stream.shutdown(socket_type::shutdown_send, error);
            if (error)
                lose(status_of(loop, error));
        } else {
            lose(LOOP_OK);
        }
    }

    loop_status write_eof() override
    {
        if (!writable)
            return LOOP_TYPE;
        if (closing)
            return LOOP_OK;
        eof_written = true;
        if (!writing)
            end_writing();
        return LOOP_OK;
    }

    bool can_write_eof() const override
    {
        return writable;
    }

    void close() override
    {
        closing = true;
        if (!writing)
            lose(LOOP_OK);
    }

    size_t unsent() const override
    {
        return left;
    }

    loop_status send_to(const void *, size_t, const loop_address *) override
    {
        return LOOP_TYPE;
    }

    loop_status name(bool peer, receiver receive, void *told) override
    {
        if constexpr (is_socket)
            return peer ? tell_peername(loop, stream, receive, told)
                        : tell_sockname(loop, stream, receive, told);
        else
            return LOOP_NOTSOCK;
    }

    int fd() override
    {
        return stream.native_handle();
    }
};

} // namespace

std::shared_ptr<loop_transport> stream_of(struct loop *loop, socket_type socket)
{
    socket.non_blocking(true);
    return std::make_shared<stream_transport<socket_type>>(loop, std::move(socket), true, true);
}

std::shared_ptr<loop_transport> stream_of(struct loop *loop, pipe_type fd, pipe_end end)
{
    fd.non_blocking(true);
    return std::make_shared<stream_transport<pipe_type>>(loop, std::move(fd), end == pipe_end::read,
                                                         end == pipe_end::write);
}
