/* SPDX-License-Identifier: MIT
 *
 * Children: uv_spawn. libuv tells of the exit and of each pipe by itself; connection_lost, which it
 * does not have, comes when all of these were told, as the ABI orders them. */
#include <signal.h>
#include <stdlib.h>

#include "adapter.h"

struct child {
    struct loop_transport transport;
    struct loop_transport *pipes[3]; /* each holds a reference to the child until it is closed */
    int open_pipes;
    int discarded; /* nobody is to be told */
    int exited;
    int told;
    int code;
    uv_file merged; /* what the child gets as its stdout and stderr, or -1 */
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
    if (c->open_pipes == 0)
        transport_lose(&c->transport, LOOP_OK);
}

static void on_exit_of(uv_process_t *process, int64_t code, int signum)
{
    struct child *c = process->data;
    c->exited = 1;
    c->code = signum != 0 ? -signum : (int)code;
    tell(c);
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
    if (!c->exited)
        uv_process_kill(&t->uv.process, SIGKILL);
    tell(c);
}

void process_free(struct loop_transport *t)
{
    struct child *c = (struct child *)t;
    for (int i = 0; i < 3; i++)
        if (c->pipes[i] != NULL)
            transport_drop(c->pipes[i]);
}

/* ---- its beginning */

static struct loop_transport *make_pipe(struct child *c, int fd)
{
    struct loop_transport *pipe = transport_make(c->transport.loop, sizeof *pipe, CHILD_PIPE);
    if (pipe == NULL)
        return NULL;
    uv_pipe_init(&c->transport.loop->uv, &pipe->uv.pipe, 0);
    pipe->child = c;
    pipe->child_fd = fd;
    pipe->references++;
    c->pipes[fd] = pipe;
    c->open_pipes++;
    c->transport.references++;
    return pipe;
}

/* Two descriptors of a child share a pipe of libuv's only if libuv does not make it in uv_spawn. */
static int make_merged(struct child *c, struct loop_transport *pipe)
{
    uv_file ends[2];
    int error = uv_pipe(ends, UV_NONBLOCK_PIPE, 0);
    if (error < 0)
        return error;
    c->merged = ends[1];
    error = uv_pipe_open(&pipe->uv.pipe, ends[0]);
    if (error < 0)
        close_file(ends[0]);
    return error;
}

static int is_merged(const struct loop_subprocess_options *options)
{
    return options->std[1].how == LOOP_STDIO_PIPE && options->std[2].how == LOOP_STDIO_STDOUT;
}

/* stdin is open both ways, as node has it: the reading tells when the child closes it. */
static loop_status arrange_pipe(struct child *c, int fd, int merged, uv_stdio_container_t *std)
{
    struct loop_transport *pipe = make_pipe(c, fd);
    if (pipe == NULL)
        return LOOP_NO_MEMORY;
    std->flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
    if (fd == 0)
        std->flags |= UV_READABLE_PIPE;
    std->data.stream = &pipe->uv.stream;
    if (!merged)
        return LOOP_OK;
    int error = make_merged(c, pipe);
    std->flags = UV_INHERIT_FD;
    std->data.fd = c->merged;
    return status_of(c->transport.loop, error);
}

static loop_status arrange(struct child *c, const struct loop_subprocess_options *options,
                           uv_stdio_container_t std[3])
{
    for (int i = 0; i < 3; i++) {
        const struct loop_stdio *wanted = &options->std[i];
        loop_status status = LOOP_OK;

        std[i].flags = UV_INHERIT_FD;
        std[i].data.fd = wanted->how == LOOP_STDIO_FD ? (int)wanted->fd : i;
        if (wanted->how == LOOP_STDIO_NULL)
            std[i].flags = UV_IGNORE;
        else if (wanted->how == LOOP_STDIO_PIPE)
            status = arrange_pipe(c, i, i == 1 && is_merged(options), &std[i]);
        else if (wanted->how == LOOP_STDIO_STDOUT && i == 2)
            std[2] = std[1];
        else if (wanted->how != LOOP_STDIO_INHERIT && wanted->how != LOOP_STDIO_FD)
            status = LOOP_VALUE;
        if (status != LOOP_OK)
            return status;
    }
    return LOOP_OK;
}

static loop_status start(struct child *c, const struct loop_subprocess_options *options,
                         const char *const *argv)
{
    struct loop *loop = c->transport.loop;
    uv_stdio_container_t std[3];
    uv_process_options_t how = {
        .exit_cb = on_exit_of,
        .file = argv[0],
        .args = (char **)(uintptr_t)argv,
        .env = (char **)(uintptr_t)options->env,
        .cwd = options->cwd,
        .flags = options->flags & LOOP_START_NEW_SESSION ? UV_PROCESS_DETACHED : 0,
        .stdio_count = 3,
        .stdio = std,
    };
    loop_status status = arrange(c, options, std);
    if (status == LOOP_OK)
        status = status_of(loop, uv_spawn(&loop->uv, &c->transport.uv.process, &how));
    if (c->merged >= 0)
        close_file(c->merged);
    return status;
}

/* No child: a uv_process_t that uv_spawn has failed with is closed all the same. */
static void undo(struct child *c)
{
    for (int i = 0; i < 3; i++)
        if (c->pipes[i] != NULL)
            transport_lose(c->pipes[i], LOOP_OK);
    if (uv_handle_get_type(&c->transport.uv.any) == UV_PROCESS)
        transport_lose(&c->transport, LOOP_OK);
    else
        transport_drop(&c->transport);
}

static loop_status spawn(struct loop *loop, const struct loop_subprocess_options *options,
                         const char *const *argv, loop_protocol_factory factory, void *factory_arg,
                         loop_connected done, void *arg, struct loop_handle **operation)
{
    if (loop->closed)
        return LOOP_CLOSED;
    struct operation *op = operation_make(loop, factory, factory_arg, arg, operation != NULL);
    if (op == NULL)
        return LOOP_NO_MEMORY;
    op->connected = done;
    struct child *c = (struct child *)transport_make(loop, sizeof *c, CHILD);
    if (c == NULL)
        return operation_discard(op, LOOP_NO_MEMORY);
    c->merged = -1;
    loop_status status = start(c, options, argv);
    if (status != LOOP_OK) {
        undo(c);
        return operation_discard(op, status);
    }
    op->transport = &c->transport;
    return operation_begin(op, operation_made, operation);
}

loop_status libuv_subprocess_exec(struct loop *loop, const struct loop_subprocess_options *options,
                                  loop_protocol_factory factory, void *factory_arg,
                                  loop_connected done, void *arg, struct loop_handle **operation)
{
    if (options->argv == NULL || options->argv[0] == NULL)
        return LOOP_VALUE;
    return spawn(loop, options, options->argv, factory, factory_arg, done, arg, operation);
}

loop_status libuv_subprocess_shell(struct loop *loop, const struct loop_subprocess_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **operation)
{
    const char *const argv[] = {"/bin/sh", "-c", options->command, NULL};
    if (options->command == NULL)
        return LOOP_VALUE;
    return spawn(loop, options, argv, factory, factory_arg, done, arg, operation);
}

/* ---- while it lives */

int64_t libuv_transport_get_pid(struct loop_transport *t)
{
    return t->kind == CHILD ? uv_process_get_pid(&t->uv.process) : -1;
}

loop_status libuv_transport_get_returncode(struct loop_transport *t, int *code)
{
    const struct child *c = (const struct child *)t;
    if (t->kind != CHILD)
        return LOOP_TYPE;
    if (!c->exited)
        return LOOP_AGAIN;
    *code = c->code;
    return LOOP_OK;
}

struct loop_transport *libuv_transport_get_pipe_transport(struct loop_transport *t, int child_fd)
{
    const struct child *c = (const struct child *)t;
    return t->kind == CHILD && child_fd >= 0 && child_fd < 3 ? c->pipes[child_fd] : NULL;
}

/* Its pid may be another's once libuv has reaped it. */
loop_status libuv_transport_send_signal(struct loop_transport *t, int signum)
{
    const struct child *c = (const struct child *)t;
    if (t->kind != CHILD)
        return LOOP_TYPE;
    return c->exited ? LOOP_SRCH : status_of(t->loop, uv_process_kill(&t->uv.process, signum));
}

loop_status libuv_transport_terminate(struct loop_transport *t)
{
    return libuv_transport_send_signal(t, SIGTERM);
}

loop_status libuv_transport_kill(struct loop_transport *t)
{
    return libuv_transport_send_signal(t, SIGKILL);
}
