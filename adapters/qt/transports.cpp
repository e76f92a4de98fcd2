/* SPDX-License-Identifier: MIT
 *
 * What all transports share. */
#include "adapter.h"

loop_status loop_transport::begin(loop_protocol_factory factory, void *factory_arg)
{
    protocol.size = sizeof protocol;
    loop_status status = factory(factory_arg, &protocol);
    if (status != LOOP_OK)
        return status;
    made = true;
    if (protocol.connection_made != nullptr)
        protocol.connection_made(protocol.user, this);
    return LOOP_OK;
}

void loop_transport::lose(loop_status why)
{
    if (!made || lost)
        return;
    lost = true;
    if (protocol.connection_lost != nullptr)
        protocol.connection_lost(protocol.user, why);
}

void loop_transport::look()
{
}

void loop_transport::pause(bool)
{
}

loop_status loop_transport::write(const char *, size_t)
{
    return LOOP_TYPE;
}

loop_status loop_transport::write_eof()
{
    return LOOP_TYPE;
}

bool loop_transport::can_write_eof() const
{
    return false;
}

size_t loop_transport::unsent() const
{
    return 0;
}

loop_status loop_transport::send_to(const char *, size_t, const loop_address *)
{
    return LOOP_TYPE;
}

loop_status loop_transport::name(bool, receiver, void *) const
{
    return LOOP_NOTSOCK;
}

loop_fd loop_transport::fd() const
{
    return LOOP_NO_FD;
}

loop_status qt_transport_write(struct loop_transport *t, const void *data, size_t length)
{
    return t->write(static_cast<const char *>(data), length);
}

loop_status qt_transport_write_eof(struct loop_transport *t)
{
    return t->write_eof();
}

int qt_transport_can_write_eof(struct loop_transport *t)
{
    return t->can_write_eof();
}

void qt_transport_close(struct loop_transport *t)
{
    t->close();
}

void qt_transport_abort(struct loop_transport *t)
{
    t->abort();
}

int qt_transport_is_closing(struct loop_transport *t)
{
    return t->is_closing();
}

void qt_transport_pause_reading(struct loop_transport *t)
{
    t->pause(true);
}

void qt_transport_resume_reading(struct loop_transport *t)
{
    t->pause(false);
}

size_t qt_transport_get_write_buffer_size(struct loop_transport *t)
{
    return t->unsent();
}

loop_status qt_transport_sendto(struct loop_transport *t, const void *data, size_t length,
                                const struct loop_address *to)
{
    return t->send_to(static_cast<const char *>(data), length, to);
}

loop_status qt_transport_get_sockname(struct loop_transport *t, receiver receive, void *arg)
{
    return t->name(false, receive, arg);
}

loop_status qt_transport_get_peername(struct loop_transport *t, receiver receive, void *arg)
{
    return t->name(true, receive, arg);
}

loop_fd qt_transport_get_fd(struct loop_transport *t)
{
    return t->fd();
}

void qt_transport_release(struct loop_transport *t)
{
    delete t;
}
