/* SPDX-License-Identifier: MIT
 *
 * A transport is a channel that does not block and translates nothing. Tcl_Close writes in the
 * background what is buffered, and lets the user know no more of it; Tcl cannot drop what is
 * buffered, so there is no abort. */
#include <stdlib.h>

#include "adapter.h"

static void drop(struct loop_transport *t)
{
    if (--t->references == 0)
        free(t);
}

loop_status transport_make(struct loop *loop, Tcl_Channel channel, enum kind kind,
                           struct loop_transport **made)
{
    struct loop_transport *t = calloc(1, sizeof *t);
    loop_status status = t == NULL ? LOOP_NO_MEMORY : LOOP_OK;

    if (t != NULL && Tcl_SetChannelOption(NULL, channel, "-blocking", "0") != TCL_OK)
        status = failure(loop, Tcl_GetErrno());
    if (status != LOOP_OK) {
        Tcl_Close(NULL, channel);
        free(t);
        return status;
    }
    Tcl_SetChannelOption(NULL, channel, "-translation", "binary");
    Tcl_SetChannelOption(NULL, channel, "-buffering", "none");
    t->loop = loop;
    t->channel = channel;
    t->kind = kind;
    t->references = 1;
    LIST_INSERT_HEAD(&loop->transports, t, entries);
    *made = t;
    return LOOP_OK;
}

loop_status transport_begin(struct loop_transport *t, loop_protocol_factory factory,
                            void *factory_arg)
{
    t->protocol.size = sizeof t->protocol;
    loop_status status = factory(factory_arg, &t->protocol);
    if (status != LOOP_OK)
        return status;
    t->made = 1;
    t->references++;
    if (t->protocol.connection_made != NULL)
        t->protocol.connection_made(t->protocol.user, t);
    transport_watch(t);
    return LOOP_OK;
}

void transport_watch(struct loop_transport *t)
{
    int mask = 0;

    if (t->channel == NULL || !t->made)
        return;
    if (t->kind != WRITE_PIPE && !t->paused && !t->ended)
        mask |= TCL_READABLE;
    if (Tcl_OutputBuffered(t->channel) > 0)
        mask |= TCL_WRITABLE;
    Tcl_CreateChannelHandler(t->channel, mask, channel_ready, t);
}

/* The last that is said of it; what the user holds lives on. */
static void on_loss(void *arg)
{
    struct loop_transport *t = arg;
    LIST_REMOVE(t, entries);
    if (t->made && t->protocol.connection_lost != NULL)
        t->protocol.connection_lost(t->protocol.user, t->why);
    drop(t);
}

void transport_lose(struct loop_transport *t, loop_status why)
{
    Tcl_Channel channel = t->channel;
    if (channel == NULL)
        return;
    t->why = why;
    t->channel = NULL;
    Tcl_Close(NULL, channel);
    call_in_turn(t->loop, on_loss, t);
}

void discard_transports(struct loop *loop)
{
    struct loop_transport *t;
    while ((t = LIST_FIRST(&loop->transports)) != NULL) {
        LIST_REMOVE(t, entries);
        if (t->channel != NULL)
            Tcl_Close(NULL, t->channel);
        t->channel = NULL;
        drop(t);
    }
}

void tcl_transport_close(struct loop_transport *t)
{
    transport_lose(t, LOOP_OK);
}

int tcl_transport_is_closing(struct loop_transport *t)
{
    return t->channel == NULL;
}

void tcl_transport_pause_reading(struct loop_transport *t)
{
    t->paused = 1;
    transport_watch(t);
}

void tcl_transport_resume_reading(struct loop_transport *t)
{
    t->paused = 0;
    transport_watch(t);
}

static loop_status name(struct loop_transport *t, const char *option,
                        void (*receive)(void *, const struct loop_address *), void *arg)
{
    if (t->channel == NULL)
        return t->kind == CONNECTION ? LOOP_NOTCONN : LOOP_NOTSOCK;
    return address_tell(t->loop, t->channel, option, 0, receive, arg);
}

loop_status tcl_transport_get_sockname(struct loop_transport *t,
                                       void (*receive)(void *arg, const struct loop_address *),
                                       void *arg)
{
    return name(t, "-sockname", receive, arg);
}

loop_status tcl_transport_get_peername(struct loop_transport *t,
                                       void (*receive)(void *arg, const struct loop_address *),
                                       void *arg)
{
    return name(t, "-peername", receive, arg);
}

loop_fd tcl_transport_get_fd(struct loop_transport *t)
{
    ClientData handle;
    int direction = t->kind == WRITE_PIPE ? TCL_WRITABLE : TCL_READABLE;
    if (t->channel == NULL || Tcl_GetChannelHandle(t->channel, direction, &handle) != TCL_OK)
        return LOOP_NO_FD;
    return (loop_fd)handle;
}

void tcl_transport_release(struct loop_transport *t)
{
    drop(t);
}
