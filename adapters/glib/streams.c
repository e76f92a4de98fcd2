/* SPDX-License-Identifier: MIT
 *
 * Connections and pipes. Reading is by the source of a GPollableInputStream, which can pause.
 * g_input_stream_read_async, which is made of it, cannot: to cancel it loses what it has read
 * (docs/findings/gio-cancelled-read-loses.md). Writing is g_output_stream_write_all_async, of which
 * GIO allows one at a time: a second one meanwhile is G_IO_ERROR_PENDING, and here LOOP_AGAIN. */
#include <string.h>

#include "adapter.h"

/* One write, and the copy of what it writes. */
struct writing {
    struct loop_transport *transport;
    char data[];
};

struct loop_transport *stream_make(struct loop *loop, GSocketConnection *connection)
{
    struct loop_transport *t = transport_make(loop, sizeof *t, CONNECTION);
    t->connection = G_IO_STREAM(connection);
    t->socket = g_object_ref(g_socket_connection_get_socket(connection));
    t->in = g_object_ref(g_io_stream_get_input_stream(t->connection));
    t->out = g_object_ref(g_io_stream_get_output_stream(t->connection));
    return t;
}

/* GIO has one name for ECONNRESET and EPIPE. */
static void fail(struct loop_transport *t, GError *error)
{
    loop_status status = status_of(error);
    if (status == LOOP_CONNRESET && t->kind != CONNECTION)
        status = LOOP_PIPE;
    transport_lose(t, status);
}

static void received(struct loop_transport *t, size_t length)
{
    const struct loop_protocol *p = &t->protocol;
    if (t->kind == CHILD_PIPE) {
        if (p->pipe_data_received != NULL)
            p->pipe_data_received(p->user, t->child_fd, t->loop->buffer, length);
    } else if (p->data_received != NULL) {
        p->data_received(p->user, t->loop->buffer, length);
    }
}

static void ended(struct loop_transport *t)
{
    const struct loop_protocol *p = &t->protocol;
    int keep = 0;

    t->ended = 1;
    transport_read_or_not(t);
    if (t->kind == CHILD_PIPE) {
        transport_lose(t, LOOP_OK);
        return;
    }
    if (p->eof_received != NULL)
        keep = p->eof_received(p->user);
    if (!keep || t->kind == READ_PIPE)
        glib_transport_close(t);
}

static gboolean on_readable(GObject *stream, gpointer data)
{
    struct loop_transport *t = data;
    GError *error = NULL;
    gssize count = g_pollable_input_stream_read_nonblocking(
        G_POLLABLE_INPUT_STREAM(stream), t->loop->buffer, sizeof t->loop->buffer, NULL, &error);
    if (count > 0)
        received(t, (size_t)count);
    else if (count == 0)
        ended(t);
    else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        g_error_free(error);
    else
        fail(t, error);
    return G_SOURCE_CONTINUE;
}

GSource *stream_source(struct loop_transport *t)
{
    GSource *source = g_pollable_input_stream_create_source(G_POLLABLE_INPUT_STREAM(t->in), NULL);
    g_source_set_callback(source, G_SOURCE_FUNC(on_readable), t, NULL);
    return source;
}

/* A pipe that is only written to has no other end than its close. */
static void end_writing(struct loop_transport *t)
{
    GError *error = NULL;
    if (t->kind != CONNECTION)
        transport_lose(t, LOOP_OK);
    else if (!g_socket_shutdown(t->socket, FALSE, TRUE, &error))
        fail(t, error);
}

static void on_written(GObject *stream, GAsyncResult *result, gpointer data)
{
    struct writing *w = data;
    struct loop_transport *t = w->transport;
    GError *error = NULL;

    g_output_stream_write_all_finish(G_OUTPUT_STREAM(stream), result, NULL, &error);
    g_free(w);
    t->writes--;
    if (t->lost)
        g_clear_error(&error);
    else if (error != NULL)
        fail(t, error);
    else if (t->closing && t->writes == 0)
        transport_lose(t, LOOP_OK);
    else if (t->eof_written && t->writes == 0)
        end_writing(t);
    transport_lose_at_last(t);
    transport_drop(t);
}

loop_status glib_transport_write(struct loop_transport *t, const void *data, size_t length)
{
    if (t->out == NULL)
        return LOOP_TYPE;
    if (t->eof_written)
        return LOOP_RUNTIME;
    if (t->closing)
        return LOOP_OK;
    if (g_output_stream_has_pending(t->out))
        return LOOP_AGAIN;
    struct writing *w = g_malloc(sizeof *w + length);
    w->transport = transport_hold(t);
    if (length > 0)
        memcpy(w->data, data, length);
    t->writes++;
    enter(t->loop);
    g_output_stream_write_all_async(t->out, w->data, length, G_PRIORITY_DEFAULT, t->cancellable,
                                    on_written, w);
    leave(t->loop);
    return LOOP_OK;
}

loop_status glib_transport_write_eof(struct loop_transport *t)
{
    if (t->out == NULL)
        return LOOP_TYPE;
    if (t->closing || t->eof_written)
        return LOOP_OK;
    t->eof_written = 1;
    if (t->writes == 0)
        end_writing(t);
    return LOOP_OK;
}

int glib_transport_can_write_eof(struct loop_transport *t)
{
    return t->out != NULL;
}

void stream_flush_and_close(struct loop_transport *t)
{
    if (t->writes == 0)
        transport_lose(t, LOOP_OK);
}
