/* SPDX-License-Identifier: MIT */
#include "streams_wire.h"

#include <stdlib.h>
#include <string.h>

const struct loop_operations *wire_inner;
struct wire *wire_first;

static struct wire_operation *operations;
static const struct wire_hooks *hooks;
static int servers;

/* ---- finding */

struct wire *wire_of(const struct loop_transport *transport)
{
    struct wire *w = wire_first;

    while (w != NULL && (w->transport == NULL || w->transport != transport))
        w = w->next;
    return w;
}

struct wire_operation *wire_operation_of(const struct loop_handle *handle)
{
    struct wire_operation *o = operations;

    while (o != NULL && (o->handle == NULL || o->handle != handle))
        o = o->next;
    return o;
}

struct wire_operation *wire_server(const struct loop_server *server)
{
    struct wire_operation *o = operations;

    while (o != NULL && (o->server == NULL || o->server != server))
        o = o->next;
    return o;
}

int wire_servers(void)
{
    return servers;
}

loop_fd wire_fd(const struct wire *w)
{
    return wire_inner->transport_get_fd(w->transport);
}

size_t wire_buffered(const struct wire *w)
{
    return wire_inner->transport_get_write_buffer_size(w->transport);
}

/* ---- passing on */

void wire_connected(struct wire_operation *o, loop_status status, struct loop_transport *transport)
{
    o->connected(o->arg, status, transport);
}

void wire_serving(struct wire_operation *o, loop_status status, struct loop_server *server)
{
    o->serving(o->arg, status, server);
}

void wire_made(struct wire *w)
{
    w->inside = "made";
    w->user.connection_made(w->user.user, w->transport);
    w->inside = NULL;
}

void wire_lost(struct wire *w, loop_status why)
{
    w->user.connection_lost(w->user.user, why);
}

void wire_data(struct wire *w, const void *data, size_t length)
{
    w->inside = "data";
    w->user.data_received(w->user.user, data, length);
    w->inside = NULL;
}

void wire_data_damaged(struct wire *w, size_t where, const void *data, size_t length)
{
    size_t before = w->received - length;
    unsigned char *copy = malloc(length);

    if (copy == NULL)
        abort();
    memcpy(copy, data, length);
    if (before <= where && where < w->received)
        copy[where - before] ^= 1;
    wire_data(w, copy, length);
    free(copy);
}

int wire_eof(struct wire *w)
{
    w->inside = "eof";
    int answer = w->user.eof_received(w->user.user);
    w->inside = NULL;
    return answer;
}

/* ---- callbacks on their way */

static void made(void *user, struct loop_transport *transport)
{
    struct wire *w = user;

    w->transport = transport;
    (hooks->made != NULL ? hooks->made : wire_made)(w);
}

static void lost(void *user, loop_status why)
{
    struct wire *w = user;

    w->lost = true;
    (hooks->lost != NULL ? hooks->lost : wire_lost)(w, why);
}

static void data(void *user, const void *bytes, size_t length)
{
    struct wire *w = user;

    w->received += length;
    w->pieces++;
    (hooks->data != NULL ? hooks->data : wire_data)(w, bytes, length);
}

static int eof(void *user)
{
    return (hooks->eof != NULL ? hooks->eof : wire_eof)(user);
}

static void pause_writing(void *user)
{
    struct wire *w = user;

    w->paused = true;
    w->inside = "pause";
    w->user.pause_writing(w->user.user);
    w->inside = NULL;
}

static void resume_writing(void *user)
{
    struct wire *w = user;

    w->paused = false;
    w->inside = "resume";
    w->user.resume_writing(w->user.user);
    w->inside = NULL;
}

static loop_status factory(void *arg, struct loop_protocol *protocol)
{
    struct wire_operation *o = arg;
    loop_status status = o->factory(o->factory_arg, protocol);
    struct wire *w = status == LOOP_OK ? calloc(1, sizeof *w) : NULL;

    if (w == NULL)
        return status;
    w->loop = o->loop;
    w->operation = o;
    w->user = *protocol;
    w->accepted = o->serving != NULL;
    w->next = wire_first;
    wire_first = w;
    w->number = ++o->accepted;
    protocol->user = w;
    protocol->connection_made = made;
    protocol->connection_lost = lost;
    protocol->data_received = data;
    protocol->eof_received = eof;
    protocol->pause_writing = pause_writing;
    protocol->resume_writing = resume_writing;
    return LOOP_OK;
}

static void connected(void *arg, loop_status status, struct loop_transport *transport)
{
    (hooks->connected != NULL ? hooks->connected : wire_connected)(arg, status, transport);
}

static void serving(void *arg, loop_status status, struct loop_server *server)
{
    struct wire_operation *o = arg;

    o->server = server;
    servers += server != NULL;
    (hooks->serving != NULL ? hooks->serving : wire_serving)(o, status, server);
}

/* ---- operations on their way */

static struct wire_operation *begin(struct loop *loop, loop_protocol_factory make,
                                    void *factory_arg, void *arg, loop_fd sock)
{
    struct wire_operation *o = calloc(1, sizeof *o);

    if (o == NULL)
        abort();
    o->loop = loop;
    o->factory = make;
    o->factory_arg = factory_arg;
    o->arg = arg;
    o->sock = sock;
    o->next = operations;
    operations = o;
    return o;
}

static loop_status create_connection(struct loop *loop,
                                     const struct loop_connection_options *options,
                                     loop_protocol_factory make, void *factory_arg,
                                     loop_connected done, void *arg, struct loop_handle **handle)
{
    struct wire_operation *o = begin(loop, make, factory_arg, arg, options->sock);
    struct loop_connection_options changed = *options;
    loop_status status = LOOP_OK;

    o->connected = done;
    o->by_name = options->remote.host != NULL && strcmp(options->remote.host, "localhost") == 0;
    if (hooks->connect != NULL)
        status = hooks->connect(o, &changed);
    if (status == LOOP_OK)
        status = wire_inner->create_connection(loop, &changed, factory, o, connected, o,
                                               handle != NULL ? &o->handle : NULL);
    if (status == LOOP_OK && handle != NULL)
        *handle = o->handle;
    return status;
}

static loop_status create_server(struct loop *loop, const struct loop_server_options *options,
                                 loop_protocol_factory make, void *factory_arg, loop_serving done,
                                 void *arg, struct loop_handle **handle)
{
    struct wire_operation *o = begin(loop, make, factory_arg, arg, options->sock);
    struct loop_server_options changed = *options;
    loop_status status = hooks->serve != NULL ? hooks->serve(o, &changed) : LOOP_OK;

    o->serving = done;
    if (status == LOOP_OK)
        status = wire_inner->create_server(loop, &changed, factory, o, serving, o,
                                           handle != NULL ? &o->handle : NULL);
    if (status == LOOP_OK && handle != NULL)
        *handle = o->handle;
    return status;
}

static loop_status transport_write(struct loop_transport *transport, const void *bytes,
                                   size_t length)
{
    struct wire *w = wire_of(transport);

    if (w == NULL)
        return wire_inner->transport_write(transport, bytes, length);
    w->writes++;
    w->written += length;
    return hooks->write != NULL ? hooks->write(w, bytes, length)
                                : wire_inner->transport_write(transport, bytes, length);
}

static loop_status transport_write_eof(struct loop_transport *transport)
{
    struct wire *w = wire_of(transport);

    return w != NULL && hooks->write_eof != NULL ? hooks->write_eof(w)
                                                 : wire_inner->transport_write_eof(transport);
}

static void transport_close(struct loop_transport *transport)
{
    struct wire *w = wire_of(transport);

    if (w != NULL && hooks->close != NULL)
        hooks->close(w);
    else
        wire_inner->transport_close(transport);
}

static void transport_abort(struct loop_transport *transport)
{
    struct wire *w = wire_of(transport);

    if (w != NULL && hooks->abort != NULL)
        hooks->abort(w);
    else
        wire_inner->transport_abort(transport);
}

static void transport_pause_reading(struct loop_transport *transport)
{
    struct wire *w = wire_of(transport);

    if (w != NULL)
        w->pauses++;
    if (w != NULL && hooks->pause != NULL)
        hooks->pause(w);
    else
        wire_inner->transport_pause_reading(transport);
}

static void transport_resume_reading(struct loop_transport *transport)
{
    struct wire *w = wire_of(transport);

    if (w != NULL && hooks->resume != NULL)
        hooks->resume(w);
    else
        wire_inner->transport_resume_reading(transport);
}

static void transport_release(struct loop_transport *transport)
{
    struct wire *w = wire_of(transport);

    if (w != NULL)
        w->transport = NULL;
    wire_inner->transport_release(transport);
}

void wire_spoil(struct loop_operations *spoilt, const struct loop_operations *inner,
                const struct wire_hooks *chosen)
{
    wire_inner = inner;
    hooks = chosen;
    spoilt->create_connection = create_connection;
    spoilt->create_server = create_server;
    spoilt->transport_write = transport_write;
    spoilt->transport_write_eof = transport_write_eof;
    spoilt->transport_close = transport_close;
    spoilt->transport_abort = transport_abort;
    spoilt->transport_pause_reading = transport_pause_reading;
    spoilt->transport_resume_reading = transport_resume_reading;
    spoilt->transport_release = transport_release;
}
