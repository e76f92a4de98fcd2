/* SPDX-License-Identifier: MIT
 *
 * connect_read_pipe and connect_write_pipe: a posix::stream_descriptor. */
#include "adapter.h"

static loop_status connect_pipe(struct loop *loop, loop_fd fd, pipe_end end,
                                loop_protocol_factory factory, void *factory_arg,
                                loop_connected done, void *arg, struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    return answer(loop, [=]() -> loop_status {
        error_code error;
        asio::posix::stream_descriptor descriptor(loop->context);
        descriptor.assign(static_cast<int>(fd), error);
        if (error)
            return status_of(loop, error);
        post_made(stream_of(loop, std::move(descriptor), end), factory, factory_arg, done, arg);
        return give(std::make_shared<operation>(loop, nullptr), handle);
    });
}

loop_status asio_connect_read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                   void *factory_arg, loop_connected done, void *arg,
                                   struct loop_handle **handle)
{
    return connect_pipe(loop, fd, pipe_end::read, factory, factory_arg, done, arg, handle);
}

loop_status asio_connect_write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                    void *factory_arg, loop_connected done, void *arg,
                                    struct loop_handle **handle)
{
    return connect_pipe(loop, fd, pipe_end::write, factory, factory_arg, done, arg, handle);
}
