/* SPDX-License-Identifier: MIT
 *
 * What may the user ask of a transport? What the kind has no way to do is a LOOP_TYPE. */
#include "transport.h"

loop_status loop_transport_write(struct loop_transport *t, const void *data, size_t length)
{
    if (!t->kind->write || (!data && length > 0))
        return LOOP_TYPE;
    if (t->eof_written)
        return LOOP_RUNTIME;
    if (t->closing || length == 0)
        return LOOP_OK;
    return t->kind->write(t, data, length);
}

loop_status loop_transport_write_eof(struct loop_transport *t)
{
    if (!t->kind->write_eof && !t->kind->eof_closes)
        return LOOP_TYPE;
    if (t->closing || t->eof_written)
        return LOOP_OK;
    t->eof_written = true;
    if (t->kind->eof_closes)
        loop_transport_close(t);
    else if (t->queued == 0)
        t->kind->write_eof(t);
    return LOOP_OK;
}

int loop_transport_can_write_eof(struct loop_transport *t)
{
    return t->kind->write_eof || t->kind->eof_closes;
}

void loop_transport_close(struct loop_transport *t)
{
    if (t->closing)
        return;
    t->closing = true;
    if (t->kind->reads)
        transport_read_or_not(t);
    if (t->kind->close)
        t->kind->close(t);
    else
        transport_flushed(t);
}

void loop_transport_abort(struct loop_transport *t)
{
    if (t->kind->abort)
        t->kind->abort(t);
    else
        transport_lose(t, LOOP_OK);
}

int loop_transport_is_closing(struct loop_transport *t)
{
    return t->closing;
}

void loop_transport_pause_reading(struct loop_transport *t)
{
    t->paused = true;
    if (t->kind->reads)
        transport_read_or_not(t);
}

void loop_transport_resume_reading(struct loop_transport *t)
{
    t->paused = false;
    if (t->kind->reads)
        transport_read_or_not(t);
}

loop_status loop_transport_set_write_buffer_limits(struct loop_transport *t, int64_t high,
                                                   int64_t low)
{
    if (high < -1 || low < -1 || low > INT64_MAX / 4)
        return LOOP_VALUE;
    if (high == -1)
        high = low == -1 ? (int64_t)64 * 1024 : 4 * low;
    if (low == -1)
        low = high / 4;
    if (high < low || (uint64_t)high > SIZE_MAX)
        return LOOP_VALUE;
    t->high = (size_t)high;
    t->low = (size_t)low;
    if (!t->writing_paused)
        transport_flow(t);
    return LOOP_OK;
}

size_t loop_transport_get_write_buffer_size(struct loop_transport *t)
{
    return t->queued;
}

loop_status loop_transport_sendto(struct loop_transport *t, const void *data, size_t length,
                                  const struct loop_address *to)
{
    if (!t->kind->sendto || (!data && length > 0))
        return LOOP_TYPE;
    return t->kind->sendto(t, data, length, to);
}

static loop_status show(const struct loop_transport *t, const struct address *address,
                        void (*receive)(void *arg, const struct loop_address *), void *arg)
{
    if (!t->kind->is_socket)
        return LOOP_NOTSOCK;
    if (address->length == 0)
        return LOOP_NOTCONN;
    address_show(address, receive, arg);
    return LOOP_OK;
}

loop_status loop_transport_get_sockname(struct loop_transport *t,
                                        void (*receive)(void *arg, const struct loop_address *),
                                        void *arg)
{
    return show(t, &t->local, receive, arg);
}

loop_status loop_transport_get_peername(struct loop_transport *t,
                                        void (*receive)(void *arg, const struct loop_address *),
                                        void *arg)
{
    return show(t, &t->remote, receive, arg);
}

loop_fd loop_transport_get_fd(struct loop_transport *t)
{
    return t->fd;
}

void loop_transport_release(struct loop_transport *t)
{
    transport_drop(t);
}
