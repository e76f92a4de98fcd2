/* SPDX-License-Identifier: MIT
 *
 * A signal handler is a g_unix_signal_source, which GLib has for six signals: SIGHUP, SIGINT,
 * SIGTERM, SIGUSR1, SIGUSR2 and SIGWINCH. */
#include "adapter.h"

static gboolean on_signal(gpointer data)
{
    struct watch *w = data;
    w->callback(w->arg);
    return G_SOURCE_CONTINUE;
}

loop_status glib_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                    void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (watch_replace(loop->signals, signum, callback, arg))
        return LOOP_OK;
    GSource *source = g_unix_signal_source_new(signum);
    if (source == NULL)
        return LOOP_VALUE;
    watch_start(loop, loop->signals, signum, source, on_signal, callback, arg);
    return LOOP_OK;
}

loop_status glib_remove_signal_handler(struct loop *loop, int signum)
{
    return loop->closed ? LOOP_NOT_FOUND : watch_stop(loop->signals, signum);
}
