/* SPDX-License-Identifier: MIT
 *
 * What goes through a channel. Tcl writes what it has buffered by itself, and calls a handler for
 * TCL_WRITABLE when it has, or has failed. */
#include <limits.h>

#include "adapter.h"

static void ended(struct loop_transport *t)
{
    const struct loop_protocol *p = &t->protocol;
    t->ended = 1;
    int keep = p->eof_received != NULL && p->eof_received(p->user);
    if (!keep || t->kind == READ_PIPE)
        tcl_transport_close(t);
}

static void read_some(struct loop_transport *t)
{
    int count = Tcl_Read(t->channel, t->loop->buffer, sizeof t->loop->buffer);

    if (count < 0)
        transport_lose(t, failure(t->loop, Tcl_GetErrno()));
    else if (count == 0 && Tcl_Eof(t->channel))
        ended(t);
    else if (count > 0 && t->protocol.data_received != NULL)
        t->protocol.data_received(t->protocol.user, t->loop->buffer, (size_t)count);
}

/* A failure in the background is kept for the next call of the channel's; behind an EOF there is
 * none but reading. */
static void written(struct loop_transport *t)
{
    if (!t->eof_written && Tcl_Flush(t->channel) != TCL_OK)
        transport_lose(t, failure(t->loop, Tcl_GetErrno()));
}

/* Either may close the channel. */
void channel_ready(ClientData transport, int mask)
{
    struct loop_transport *t = transport;
    if (mask & TCL_READABLE)
        read_some(t);
    if (mask & TCL_WRITABLE && t->channel != NULL)
        written(t);
    transport_watch(t);
}

/* A failure at once is told as one in the background is. */
loop_status tcl_transport_write(struct loop_transport *t, const void *data, size_t length)
{
    if (t->kind == READ_PIPE)
        return LOOP_TYPE;
    if (t->eof_written)
        return LOOP_RUNTIME;
    if (t->channel == NULL || length == 0)
        return LOOP_OK;
    if (length > INT_MAX)
        return LOOP_VALUE;
    if (Tcl_Write(t->channel, data, (int)length) < 0)
        transport_lose(t, failure(t->loop, Tcl_GetErrno()));
    transport_watch(t);
    return LOOP_OK;
}

/* A channel that is only written to has no other end than its close. */
loop_status tcl_transport_write_eof(struct loop_transport *t)
{
    if (t->kind == READ_PIPE)
        return LOOP_TYPE;
    if (t->channel == NULL || t->eof_written)
        return LOOP_OK;
    t->eof_written = 1;
    if (t->kind == WRITE_PIPE)
        tcl_transport_close(t);
    else if (Tcl_CloseEx(interpreter(t->loop), t->channel, TCL_CLOSE_WRITE) != TCL_OK)
        transport_lose(t, failure(t->loop, Tcl_GetErrno()));
    return LOOP_OK;
}

int tcl_transport_can_write_eof(struct loop_transport *t)
{
    return t->kind != READ_PIPE;
}

size_t tcl_transport_get_write_buffer_size(struct loop_transport *t)
{
    return t->channel == NULL ? 0 : (size_t)Tcl_OutputBuffered(t->channel);
}
