/* SPDX-License-Identifier: MIT
 *
 * A reader is a g_unix_fd_source for G_IO_IN, a writer one for G_IO_OUT; hang-ups and errors come to
 * both. */
#include "adapter.h"

static void stop(gpointer data)
{
    struct watch *w = data;
    g_source_destroy(w->source); /* frees `w`, which is its callback's data */
}

GHashTable *watch_table(void)
{
    return g_hash_table_new_full(NULL, NULL, NULL, stop);
}

void watch_start(struct loop *loop, GHashTable *table, int key, GSource *source,
                 GSourceFunc on_event, loop_callback callback, void *arg)
{
    struct watch *w = g_new0(struct watch, 1);
    w->source = source;
    w->callback = callback;
    w->arg = arg;
    g_source_set_callback(source, on_event, w, g_free);
    g_source_attach(source, loop->context);
    g_source_unref(source);
    g_hash_table_insert(table, GINT_TO_POINTER(key), w);
}

gboolean watch_replace(GHashTable *table, int key, loop_callback callback, void *arg)
{
    struct watch *w = g_hash_table_lookup(table, GINT_TO_POINTER(key));
    if (w == NULL)
        return FALSE;
    w->callback = callback;
    w->arg = arg;
    return TRUE;
}

loop_status watch_stop(GHashTable *table, int key)
{
    return g_hash_table_remove(table, GINT_TO_POINTER(key)) ? LOOP_OK : LOOP_NOT_FOUND;
}

static gboolean on_event(gint fd, GIOCondition condition, gpointer data)
{
    struct watch *w = data;
    (void)fd;
    (void)condition;
    w->callback(w->arg);
    return G_SOURCE_CONTINUE;
}

static loop_status add(struct loop *loop, GHashTable *table, loop_fd fd, GIOCondition condition,
                       loop_callback callback, void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (!watch_replace(table, (int)fd, callback, arg))
        watch_start(loop, table, (int)fd,
                    g_unix_fd_source_new((int)fd, condition | G_IO_HUP | G_IO_ERR),
                    G_SOURCE_FUNC(on_event), callback, arg);
    return LOOP_OK;
}

loop_status glib_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, loop->readers, fd, G_IO_IN, callback, arg);
}

loop_status glib_remove_reader(struct loop *loop, loop_fd fd)
{
    return loop->closed ? LOOP_NOT_FOUND : watch_stop(loop->readers, (int)fd);
}

loop_status glib_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, loop->writers, fd, G_IO_OUT, callback, arg);
}

loop_status glib_remove_writer(struct loop *loop, loop_fd fd)
{
    return loop->closed ? LOOP_NOT_FOUND : watch_stop(loop->writers, (int)fd);
}
