/* SPDX-License-Identifier: MIT
 *
 * Children: a GSubprocess. GIO tells of the exit and of the end of each output by itself;
 * connection_lost, which it does not have, comes when all of these were told, as the ABI orders
 * them. That its input is read no more GIO does not tell: it is closed when the child has exited.
 * There is no shell: GSubprocess "has no API that accepts shell-style space-separated strings". */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "adapter.h"

struct child {
    struct loop_transport transport;
    GSubprocess *process;
    struct loop_transport *pipes[3]; /* each holds a reference to the child until it is closed */
    int open_pipes;
    int discarded; /* nobody is to be told */
    int exited;
    int told;
    int code;
    int64_t pid; /* a GSubprocess forgets it */
};

/* ---- what becomes of it */

static void tell(struct child *c)
{
    const struct loop_protocol *p = &c->transport.protocol;

    if (!c->exited || c->transport.loop->closed || (!c->transport.made && !c->discarded))
        return;
    if (!c->told && !c->discarded && p->process_exited != NULL) {
        c->told = 1;
        p->process_exited(p->user);
    }
    if (c->pipes[0] != NULL)
        transport_lose(c->pipes[0], LOOP_OK);
    if (c->open_pipes == 0)
        transport_lose(&c->transport, LOOP_OK);
}

static void on_exit_of(GObject *process, GAsyncResult *result, gpointer data)
{
    struct child *c = data;
    if (g_subprocess_wait_finish(G_SUBPROCESS(process), result, NULL)) {
        c->exited = 1;
        c->code = g_subprocess_get_if_signaled(c->process)
                      ? -g_subprocess_get_term_sig(c->process)
                      : g_subprocess_get_exit_status(c->process);
        tell(c);
    }
    transport_drop(&c->transport);
}

void process_pipe_lost(struct loop_transport *pipe)
{
    struct child *c = pipe->child;
    const struct loop_protocol *p = &pipe->protocol;

    c->open_pipes--;
    if (pipe->made && !pipe->loop->closed && p->pipe_connection_lost != NULL)
        p->pipe_connection_lost(p->user, pipe->child_fd, pipe->why);
    tell(c);
    transport_drop(&c->transport);
}

void process_begin(struct loop_transport *t)
{
    struct child *c = (struct child *)t;
    for (int i = 0; i < 3; i++) {
        if (c->pipes[i] == NULL)
            continue;
        c->pipes[i]->protocol = t->protocol;
        c->pipes[i]->made = 1;
        transport_read_or_not(c->pipes[i]);
    }
    tell(c);
}

/* As in asyncio: a child that still runs is killed. */
void process_close(struct loop_transport *t)
{
    struct child *c = (struct child *)t;
    t->closing = 1;
    c->discarded = c->discarded || !t->made;
    for (int i = 0; i < 3; i++)
        if (c->pipes[i] != NULL)
            transport_lose(c->pipes[i], LOOP_OK);
    g_subprocess_force_exit(c->process);
    tell(c);
}

void process_free(struct loop_transport *t)
{
    struct child *c = (struct child *)t;
    for (int i = 0; i < 3; i++)
        if (c->pipes[i] != NULL)
            transport_drop(c->pipes[i]);
    g_clear_object(&c->process);
}

/* ---- its beginning */

static void make_pipe(struct child *c, int fd, GInputStream *in, GOutputStream *out)
{
    if (in == NULL && out == NULL)
        return;
    struct loop_transport *pipe =
        transport_hold(transport_make(c->transport.loop, sizeof *pipe, CHILD_PIPE));
    pipe->in = in != NULL ? g_object_ref(in) : NULL;
    pipe->out = out != NULL ? g_object_ref(out) : NULL;
    pipe->child = c;
    pipe->child_fd = fd;
    c->pipes[fd] = pipe;
    c->open_pipes++;
    transport_hold(&c->transport);
}

/* By descriptor, and by what is asked for. With none of them stdin is the null device, and the
 * others are inherited. */
static const GSubprocessFlags flags[3][4] = {
    {[LOOP_STDIO_INHERIT] = G_SUBPROCESS_FLAGS_STDIN_INHERIT,
     [LOOP_STDIO_PIPE] = G_SUBPROCESS_FLAGS_STDIN_PIPE},
    {[LOOP_STDIO_PIPE] = G_SUBPROCESS_FLAGS_STDOUT_PIPE,
     [LOOP_STDIO_NULL] = G_SUBPROCESS_FLAGS_STDOUT_SILENCE},
    {[LOOP_STDIO_PIPE] = G_SUBPROCESS_FLAGS_STDERR_PIPE,
     [LOOP_STDIO_NULL] = G_SUBPROCESS_FLAGS_STDERR_SILENCE,
     [LOOP_STDIO_STDOUT] = G_SUBPROCESS_FLAGS_STDERR_MERGE},
};

/* GIO closes what it takes, which here stays the caller's. */
static loop_status give(GSubprocessLauncher *launcher, int child_fd, loop_fd fd)
{
    int twin = fcntl((int)fd, F_DUPFD_CLOEXEC, 3);
    if (twin < 0)
        return errno == EMFILE ? LOOP_MFILE : LOOP_BADF;
    if (child_fd == 0)
        g_subprocess_launcher_take_stdin_fd(launcher, twin);
    else if (child_fd == 1)
        g_subprocess_launcher_take_stdout_fd(launcher, twin);
    else
        g_subprocess_launcher_take_stderr_fd(launcher, twin);
    return LOOP_OK;
}

static loop_status arrange(GSubprocessLauncher *launcher,
                           const struct loop_subprocess_options *options)
{
    GSubprocessFlags all = G_SUBPROCESS_FLAGS_NONE;

    for (int i = 0; i < 3; i++) {
        uint32_t how = options->std[i].how;
        if (how > LOOP_STDIO_FD || (how == LOOP_STDIO_STDOUT && i != 2))
            return LOOP_VALUE;
        if (how != LOOP_STDIO_FD)
            all |= flags[i][how];
    }
    g_subprocess_launcher_set_flags(launcher, all);
    for (int i = 0; i < 3; i++) {
        loop_status status = LOOP_OK;
        if (options->std[i].how == LOOP_STDIO_FD)
            status = give(launcher, i, options->std[i].fd);
        if (status != LOOP_OK)
            return status;
    }
    return LOOP_OK;
}

static void begin_session(gpointer none)
{
    (void)none;
    setsid();
}

static loop_status spawn(struct child *c, const struct loop_subprocess_options *options)
{
    GSubprocessLauncher *launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    GError *error = NULL;
    loop_status status = arrange(launcher, options);

    if (options->env != NULL)
        g_subprocess_launcher_set_environ(launcher, (gchar **)(uintptr_t)options->env);
    if (options->cwd != NULL)
        g_subprocess_launcher_set_cwd(launcher, options->cwd);
    if (options->flags & LOOP_START_NEW_SESSION)
        g_subprocess_launcher_set_child_setup(launcher, begin_session, NULL, NULL);
    if (status == LOOP_OK)
        c->process = g_subprocess_launcher_spawnv(launcher, options->argv, &error);
    g_object_unref(launcher);
    return status == LOOP_OK ? status_of(error) : status;
}

static void start(struct operation *op)
{
    struct child *c = (struct child *)op->transport;
    transport_hold(&c->transport);
    g_subprocess_wait_async(c->process, c->transport.cancellable, on_exit_of, c);
    operation_turn(op, NULL);
}

loop_status glib_subprocess_exec(struct loop *loop, const struct loop_subprocess_options *options,
                                 loop_protocol_factory factory, void *factory_arg,
                                 loop_connected done, void *arg, struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (options->argv == NULL || options->argv[0] == NULL)
        return LOOP_VALUE;
    struct child *c = (struct child *)transport_make(loop, sizeof *c, CHILD);
    loop_status status = spawn(c, options);
    if (status != LOOP_OK) {
        transport_drop(&c->transport);
        return status;
    }
    const char *pid = g_subprocess_get_identifier(c->process);
    c->pid = pid != NULL ? strtoll(pid, NULL, 10) : -1;
    make_pipe(c, 0, NULL, g_subprocess_get_stdin_pipe(c->process));
    make_pipe(c, 1, g_subprocess_get_stdout_pipe(c->process), NULL);
    make_pipe(c, 2, g_subprocess_get_stderr_pipe(c->process), NULL);
    struct operation *op = operation_make(loop, factory, factory_arg, arg);
    op->connected = done;
    op->transport = &c->transport;
    return operation_begin(op, start, handle);
}

/* ---- while it lives */

int64_t glib_transport_get_pid(struct loop_transport *t)
{
    return t->kind == CHILD ? ((const struct child *)t)->pid : -1;
}

loop_status glib_transport_get_returncode(struct loop_transport *t, int *code)
{
    const struct child *c = (const struct child *)t;
    if (t->kind != CHILD)
        return LOOP_TYPE;
    if (!c->exited)
        return LOOP_AGAIN;
    *code = c->code;
    return LOOP_OK;
}

struct loop_transport *glib_transport_get_pipe_transport(struct loop_transport *t, int child_fd)
{
    const struct child *c = (const struct child *)t;
    return t->kind == CHILD && child_fd >= 0 && child_fd < 3 ? c->pipes[child_fd] : NULL;
}

loop_status glib_transport_send_signal(struct loop_transport *t, int signum)
{
    const struct child *c = (const struct child *)t;
    if (t->kind != CHILD)
        return LOOP_TYPE;
    if (g_subprocess_get_identifier(c->process) == NULL)
        return LOOP_SRCH;
    g_subprocess_send_signal(c->process, signum);
    return LOOP_OK;
}

loop_status glib_transport_terminate(struct loop_transport *t)
{
    return glib_transport_send_signal(t, SIGTERM);
}

loop_status glib_transport_kill(struct loop_transport *t)
{
    if (t->kind != CHILD)
        return LOOP_TYPE;
    if (g_subprocess_get_identifier(((const struct child *)t)->process) == NULL)
        return LOOP_SRCH;
    g_subprocess_force_exit(((const struct child *)t)->process);
    return LOOP_OK;
}
