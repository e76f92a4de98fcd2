/* SPDX-License-Identifier: MIT
 *
 * What all transports share. connection_lost is posted when the descriptor was closed. */
#include "adapter.h"

loop_status transport_begin(const std::shared_ptr<loop_transport> &t, loop_protocol_factory factory,
                            void *factory_arg)
{
    t->protocol.size = sizeof t->protocol;
    loop_status status = factory(factory_arg, &t->protocol);
    if (status != LOOP_OK) {
        t->shut();
        return status;
    }
    t->made = true;
    t->user = t;
    if (t->protocol.connection_made != nullptr)
        t->protocol.connection_made(t->protocol.user, t.get());
    t->read();
    return LOOP_OK;
}

void loop_transport::read()
{
    if (!made || paused || closing || waiting)
        return;
    waiting = true;
    wait_readable();
}

void loop_transport::lose(loop_status why)
{
    closing = true;
    if (lost)
        return;
    lost = true;
    shut();
    asio::post(loop->context, [self = shared_from_this(), why] {
        if (self->made && self->protocol.connection_lost != nullptr)
            self->protocol.connection_lost(self->protocol.user, why);
    });
}

loop_status asio_transport_write(struct loop_transport *t, const void *data, size_t length)
{
    return answer(t->loop, [=]() -> loop_status { return t->write(data, length); });
}

loop_status asio_transport_write_eof(struct loop_transport *t)
{
    return answer(t->loop, [=]() -> loop_status { return t->write_eof(); });
}

int asio_transport_can_write_eof(struct loop_transport *t)
{
    return t->can_write_eof();
}

void asio_transport_close(struct loop_transport *t)
{
    t->close();
}

void asio_transport_abort(struct loop_transport *t)
{
    t->lose(LOOP_OK);
}

int asio_transport_is_closing(struct loop_transport *t)
{
    return t->closing;
}

void asio_transport_pause_reading(struct loop_transport *t)
{
    t->paused = true;
}

void asio_transport_resume_reading(struct loop_transport *t)
{
    t->paused = false;
    t->read();
}

size_t asio_transport_get_write_buffer_size(struct loop_transport *t)
{
    return t->unsent();
}

loop_status asio_transport_sendto(struct loop_transport *t, const void *data, size_t length,
                                  const struct loop_address *to)
{
    return answer(t->loop, [=]() -> loop_status { return t->send_to(data, length, to); });
}

loop_status asio_transport_get_sockname(struct loop_transport *t, receiver receive, void *arg)
{
    return t->name(false, receive, arg);
}

loop_status asio_transport_get_peername(struct loop_transport *t, receiver receive, void *arg)
{
    return t->name(true, receive, arg);
}

loop_fd asio_transport_get_fd(struct loop_transport *t)
{
    return t->fd();
}

void asio_transport_release(struct loop_transport *t)
{
    std::shared_ptr<loop_transport> last = std::move(t->user);
}
