/* SPDX-License-Identifier: MIT */
#include "piped.h"

#include <stdlib.h>
#include <string.h>

const struct loop_operations *piped_inner;
struct piped *piped_newest;

static const struct piped_hooks *hooks;

/* ---- passing on, which the fault may do instead */

void piped_done(struct piped *p, loop_status status)
{
    p->done(p->arg, status, status == LOOP_OK ? p->transport : NULL);
}

void piped_made(struct piped *p)
{
    p->user.connection_made(p->user.user, p->transport);
}

void piped_lost(struct piped *p, loop_status why)
{
    p->lost = true;
    p->user.connection_lost(p->user.user, why);
}

void piped_data(struct piped *p, const void *data, size_t length)
{
    p->received += length;
    p->user.data_received(p->user.user, data, length);
}

int piped_eof(struct piped *p)
{
    return p->user.eof_received(p->user.user);
}

void piped_child_data(struct piped *p, int fd, const void *data, size_t length)
{
    p->received += length;
    p->user.pipe_data_received(p->user.user, fd, data, length);
}

void piped_child_lost(struct piped *p, int fd, loop_status why)
{
    p->user.pipe_connection_lost(p->user.user, fd, why);
}

void piped_exited(struct piped *p)
{
    p->user.process_exited(p->user.user);
}

/* ---- the loop's side */

static void on_made(void *user, struct loop_transport *transport)
{
    struct piped *p = user;

    p->transport = transport;
    (hooks->made != NULL ? hooks->made : piped_made)(p);
}

static void on_lost(void *user, loop_status why)
{
    (hooks->lost != NULL ? hooks->lost : piped_lost)(user, why);
}

static void on_data(void *user, const void *data, size_t length)
{
    (hooks->data != NULL ? hooks->data : piped_data)(user, data, length);
}

static int on_eof(void *user)
{
    return (hooks->eof != NULL ? hooks->eof : piped_eof)(user);
}

static void on_pause(void *user)
{
    struct piped *p = user;

    if (hooks->pause != NULL)
        hooks->pause(p);
    else
        p->user.pause_writing(p->user.user);
}

static void on_resume(void *user)
{
    struct piped *p = user;

    p->user.resume_writing(p->user.user);
}

static void on_child_data(void *user, int fd, const void *data, size_t length)
{
    (hooks->child_data != NULL ? hooks->child_data : piped_child_data)(user, fd, data, length);
}

static void on_child_lost(void *user, int fd, loop_status why)
{
    (hooks->child_lost != NULL ? hooks->child_lost : piped_child_lost)(user, fd, why);
}

static void on_exited(void *user)
{
    struct piped *p = user;

    p->exited = true;
    (hooks->exited != NULL ? hooks->exited : piped_exited)(p);
}

static loop_status on_factory(void *arg, struct loop_protocol *protocol)
{
    struct piped *p = arg;
    loop_status status;

    p->user.size = sizeof p->user;
    status = p->factory(p->factory_arg, &p->user);
    if (status == LOOP_OK)
        *protocol = (struct loop_protocol){
            .size = protocol->size,
            .user = p,
            .connection_made = on_made,
            .connection_lost = on_lost,
            .data_received = on_data,
            .eof_received = on_eof,
            .pause_writing = on_pause,
            .resume_writing = on_resume,
            .pipe_data_received = on_child_data,
            .pipe_connection_lost = on_child_lost,
            .process_exited = on_exited,
        };
    return status;
}

static void on_done(void *arg, loop_status status, struct loop_transport *transport)
{
    (void)transport;
    (hooks->done != NULL ? hooks->done : piped_done)(arg, status);
}

/* ---- the check's side */

static struct piped *record(struct loop *loop, loop_protocol_factory factory, void *factory_arg,
                            loop_connected done, void *arg)
{
    struct piped *p = calloc(1, sizeof *p);

    *p = (struct piped){.loop = loop,
                        .fd = LOOP_NO_FD,
                        .factory = factory,
                        .factory_arg = factory_arg,
                        .done = done,
                        .arg = arg,
                        .number = piped_newest == NULL ? 1 : piped_newest->number + 1,
                        .older = piped_newest};
    piped_newest = p;
    return p;
}

typedef loop_status (*spawn)(struct loop *loop, const struct loop_subprocess_options *options,
                             loop_protocol_factory factory, void *factory_arg, loop_connected done,
                             void *arg, struct loop_handle **operation);

static loop_status start(struct piped *p, spawn inner,
                         const struct loop_subprocess_options *options,
                         struct loop_handle **operation)
{
    struct loop_subprocess_options changed = *options;
    loop_status status;

    p->child = true;
    status = hooks->options != NULL ? hooks->options(p, &changed) : LOOP_OK;
    return status != LOOP_OK ? status
                             : inner(p->loop, &changed, on_factory, p, on_done, p, operation);
}

static loop_status exec(struct loop *loop, const struct loop_subprocess_options *options,
                        loop_protocol_factory factory, void *factory_arg, loop_connected done,
                        void *arg, struct loop_handle **operation)
{
    return start(record(loop, factory, factory_arg, done, arg), piped_inner->subprocess_exec,
                 options, operation);
}

static loop_status shell(struct loop *loop, const struct loop_subprocess_options *options,
                         loop_protocol_factory factory, void *factory_arg, loop_connected done,
                         void *arg, struct loop_handle **operation)
{
    return start(record(loop, factory, factory_arg, done, arg), piped_inner->subprocess_shell,
                 options, operation);
}

static loop_status read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                             void *factory_arg, loop_connected done, void *arg,
                             struct loop_handle **operation)
{
    struct piped *p = record(loop, factory, factory_arg, done, arg);
    loop_status status;

    p->fd = fd;
    status = hooks->pipe != NULL ? hooks->pipe(p, &fd) : LOOP_OK;
    return status != LOOP_OK
               ? status
               : piped_inner->connect_read_pipe(loop, fd, on_factory, p, on_done, p, operation);
}

static loop_status write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                              void *factory_arg, loop_connected done, void *arg,
                              struct loop_handle **operation)
{
    struct piped *p = record(loop, factory, factory_arg, done, arg);
    loop_status status;

    p->fd = fd;
    p->writes = true;
    status = hooks->pipe != NULL ? hooks->pipe(p, &fd) : LOOP_OK;
    return status != LOOP_OK
               ? status
               : piped_inner->connect_write_pipe(loop, fd, on_factory, p, on_done, p, operation);
}

static loop_status write_to(struct loop_transport *transport, const void *data, size_t length)
{
    return hooks->write != NULL ? hooks->write(piped_of(transport), transport, data, length)
                                : piped_inner->transport_write(transport, data, length);
}

static void close_it(struct loop_transport *transport)
{
    struct piped *p = piped_of(transport);

    if (p != NULL)
        p->closed = true;
    piped_inner->transport_close(transport);
}

static void release(struct loop_transport *transport)
{
    struct piped *p = piped_of(transport);

    if (p != NULL)
        p->transport = NULL;
    piped_inner->transport_release(transport);
}

void piped_spoil(struct loop_operations *spoilt, const struct loop_operations *inner,
                 const struct piped_hooks *own)
{
    piped_inner = inner;
    hooks = own;
    spoilt->subprocess_exec = exec;
    spoilt->subprocess_shell = shell;
    spoilt->connect_read_pipe = read_pipe;
    spoilt->connect_write_pipe = write_pipe;
    spoilt->transport_write = write_to;
    spoilt->transport_close = close_it;
    spoilt->transport_release = release;
}

struct piped *piped_of(const struct loop_transport *transport)
{
    struct piped *p = piped_newest;

    while (p != NULL && (p->transport == NULL || p->transport != transport))
        p = p->older;
    return p;
}

int piped_running(void)
{
    int count = 0;

    for (const struct piped *p = piped_newest; p != NULL; p = p->older)
        count += p->child && p->transport != NULL && !p->exited;
    return count;
}

void piped_prologue(struct loop_subprocess_options *options, const char *prologue)
{
    enum { ARGUMENTS = 32, SCRIPT = 500 };
    static char script[SCRIPT];
    static const char *argv[ARGUMENTS];
    size_t count = 0;

    if (options->argv == NULL)
        return;
    script[0] = '\0';
    strncat(script, prologue, SCRIPT - 20);
    strcat(script, "; exec \"$@\"");
    argv[count++] = "/bin/sh";
    argv[count++] = "-c";
    argv[count++] = script;
    argv[count++] = "sh";
    for (const char *const *from = options->argv; *from != NULL && count + 1 < ARGUMENTS; from++)
        argv[count++] = *from;
    argv[count] = NULL;
    options->argv = argv;
}
