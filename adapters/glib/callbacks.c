/* SPDX-License-Identifier: MIT
 *
 * Every callback is a GSource of default priority: call_soon an idle source, which may be attached
 * from any thread and wakes the context; call_later and call_at one with a ready time, as
 * g_timeout_source_new makes it, but in microseconds. GLib destroys what is left with the context. */
#include "adapter.h"

struct loop_handle {
    GCancellable *cancellable; /* an operation's, and nothing else */
    struct loop *loop;
    GSource *source;
    loop_callback callback;
    void *arg;
    int pending;  /* neither run nor cancelled */
    int released; /* the caller has given it back, or never wanted it */
};

static gboolean run(gpointer data)
{
    struct loop_handle *h = data;
    if (!h->loop->closed)
        h->callback(h->arg);
    return G_SOURCE_REMOVE;
}

static void destroyed(gpointer data)
{
    struct loop_handle *h = data;
    h->pending = 0;
    if (h->released)
        g_free(h);
}

static gboolean dispatch_timer(GSource *source, GSourceFunc function, gpointer data)
{
    (void)source;
    return function(data);
}

static GSourceFuncs timer_functions = {.dispatch = dispatch_timer};

static loop_status attach(struct loop *loop, GSource *source, loop_callback callback, void *arg,
                          struct loop_handle **handle)
{
    struct loop_handle *h = g_new0(struct loop_handle, 1);
    h->loop = loop;
    h->source = source;
    h->callback = callback;
    h->arg = arg;
    h->pending = 1;
    h->released = handle == NULL;
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, run, h, destroyed);
    g_mutex_lock(&loop->lock);
    int closed = loop->closed;
    if (!closed) {
        if (handle != NULL)
            *handle = h;
        g_source_attach(source, loop->context);
    }
    g_mutex_unlock(&loop->lock);
    if (closed)
        h->released = 1;
    g_source_unref(source);
    return closed ? LOOP_CLOSED : LOOP_OK;
}

loop_status glib_call_soon(struct loop *loop, loop_callback callback, void *arg,
                           struct loop_handle **handle)
{
    return attach(loop, g_idle_source_new(), callback, arg, handle);
}

/* In microseconds of g_get_monotonic_time. */
static loop_status call_at(struct loop *loop, gint64 ready, loop_callback callback, void *arg,
                           struct loop_handle **handle)
{
    GSource *source = g_source_new(&timer_functions, sizeof(GSource));
    g_source_set_ready_time(source, MAX(ready, 0));
    return attach(loop, source, callback, arg, handle);
}

/* Rounding down would ask GLib for less than the caller did. */
static gint64 to_microseconds(int64_t ns)
{
    return ns <= 0 ? 0 : ns / 1000 + (ns % 1000 != 0);
}

loop_status glib_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                            struct loop_handle **handle)
{
    return call_at(loop, g_get_monotonic_time() + to_microseconds(delay), callback, arg, handle);
}

loop_status glib_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                         struct loop_handle **handle)
{
    return call_at(loop, to_microseconds(when), callback, arg, handle);
}

struct loop_handle *handle_of(GCancellable *cancellable)
{
    struct loop_handle *h = g_new0(struct loop_handle, 1);
    h->cancellable = g_object_ref(cancellable);
    return h;
}

void glib_handle_cancel(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    if (handle->cancellable != NULL)
        g_cancellable_cancel(handle->cancellable);
    else if (handle->pending)
        g_source_destroy(handle->source);
}

void glib_handle_release(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    handle->released = 1;
    g_clear_object(&handle->cancellable);
    if (!handle->pending)
        g_free(handle);
}
