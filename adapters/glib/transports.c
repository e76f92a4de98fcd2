/* SPDX-License-Identifier: MIT
 *
 * What all transports share. GIO closes a pipe asynchronously by closing it in a thread; close() of
 * what is polled waits for nothing, so it is called at once, and connection_lost comes from an idle
 * source. */
#include "adapter.h"

static void shut_at_close(struct owner *owner)
{
    transport_discard((struct loop_transport *)owner);
}

struct loop_transport *transport_make(struct loop *loop, size_t size, enum kind kind)
{
    struct loop_transport *t = g_malloc0(size);
    t->loop = loop;
    t->kind = kind;
    t->references = 1;
    t->cancellable = g_cancellable_new();
    own(&t->owner, loop, shut_at_close);
    return t;
}

struct loop_transport *transport_hold(struct loop_transport *t)
{
    t->references++;
    return t;
}

void transport_drop(struct loop_transport *t)
{
    if (--t->references > 0)
        return;
    if (t->kind == CHILD)
        process_free(t);
    disown(&t->owner);
    g_object_unref(t->cancellable);
    g_clear_object(&t->in);
    g_clear_object(&t->out);
    g_clear_object(&t->socket);
    g_clear_object(&t->connection);
    g_free(t);
}

loop_status transport_begin(struct loop_transport *t, loop_protocol_factory factory,
                            void *factory_arg)
{
    t->protocol.size = sizeof t->protocol;
    loop_status status = factory(factory_arg, &t->protocol);
    if (status != LOOP_OK)
        return status;
    t->made = 1;
    transport_hold(t);
    if (t->protocol.connection_made != NULL)
        t->protocol.connection_made(t->protocol.user, t);
    if (t->kind == CHILD)
        process_begin(t);
    else
        transport_read_or_not(t);
    return LOOP_OK;
}

void transport_read_or_not(struct loop_transport *t)
{
    int reads = t->in != NULL || t->kind == DATAGRAMS;
    if (reads && t->made && !t->paused && !t->closing && !t->ended) {
        if (t->reading != NULL)
            return;
        t->reading = t->kind == DATAGRAMS ? datagrams_source(t) : stream_source(t);
        g_source_attach(t->reading, t->loop->context);
    } else if (t->reading != NULL) {
        g_source_destroy(t->reading);
        g_clear_pointer(&t->reading, g_source_unref);
    }
}

static gboolean on_loss(gpointer data)
{
    struct loop_transport *t = data;
    if (t->kind == CHILD_PIPE)
        process_pipe_lost(t);
    else if (t->made && !t->loop->closed && t->protocol.connection_lost != NULL)
        t->protocol.connection_lost(t->protocol.user, t->why);
    transport_drop(t);
    return G_SOURCE_REMOVE;
}

static void close_descriptors(struct loop_transport *t)
{
    if (t->connection != NULL)
        g_io_stream_close(t->connection, NULL, NULL);
    else if (t->socket != NULL)
        g_socket_close(t->socket, NULL);
    else if (t->in != NULL)
        g_input_stream_close(t->in, NULL, NULL);
    else if (t->out != NULL)
        g_output_stream_close(t->out, NULL, NULL);
}

void transport_lose_at_last(struct loop_transport *t)
{
    if (!t->lost || t->shut || t->writes > 0)
        return;
    t->shut = 1;
    close_descriptors(t);
    GSource *loss = g_idle_source_new();
    g_source_set_priority(loss, G_PRIORITY_DEFAULT);
    g_source_set_callback(loss, on_loss, t, NULL);
    g_source_attach(loss, t->loop->context);
    g_source_unref(loss);
}

void transport_lose(struct loop_transport *t, loop_status why)
{
    if (t->lost)
        return;
    t->closing = 1;
    t->lost = 1;
    t->why = why;
    transport_read_or_not(t);
    g_cancellable_cancel(t->cancellable);
    transport_lose_at_last(t);
}

void transport_discard(struct loop_transport *t)
{
    if (t->kind == CHILD && !t->loop->closed)
        process_close(t);
    else
        transport_lose(t, LOOP_OK);
}

void glib_transport_close(struct loop_transport *t)
{
    if (t->closing)
        return;
    t->closing = 1;
    transport_read_or_not(t);
    if (t->kind == CHILD)
        process_close(t);
    else
        stream_flush_and_close(t);
}

void glib_transport_abort(struct loop_transport *t)
{
    if (t->kind == CHILD)
        process_close(t);
    else
        transport_lose(t, LOOP_OK);
}

int glib_transport_is_closing(struct loop_transport *t)
{
    return t->closing;
}

void glib_transport_pause_reading(struct loop_transport *t)
{
    t->paused = 1;
    transport_read_or_not(t);
}

void glib_transport_resume_reading(struct loop_transport *t)
{
    t->paused = 0;
    transport_read_or_not(t);
}

loop_status glib_transport_get_sockname(struct loop_transport *t, receiver receive, void *arg)
{
    return t->socket == NULL ? LOOP_NOTSOCK : tell_sockname(t->socket, receive, arg);
}

loop_status glib_transport_get_peername(struct loop_transport *t, receiver receive, void *arg)
{
    return t->socket == NULL ? LOOP_NOTSOCK : tell_peername(t->socket, receive, arg);
}

loop_fd glib_transport_get_fd(struct loop_transport *t)
{
    if (t->shut || t->kind == CHILD)
        return LOOP_NO_FD;
    if (t->socket != NULL)
        return g_socket_get_fd(t->socket);
    return g_file_descriptor_based_get_fd(t->in != NULL ? G_FILE_DESCRIPTOR_BASED(t->in)
                                                        : G_FILE_DESCRIPTOR_BASED(t->out));
}

void glib_transport_release(struct loop_transport *t)
{
    transport_drop(t);
}
