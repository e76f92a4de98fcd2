/* SPDX-License-Identifier: MIT
 *
 * What is a child process to the loop? A transport without a descriptor of its own. It has one for
 * each pipe, tells its own protocol what happens to them, and is lost when the child has ended and
 * the last pipe is lost. */
#include "process.h"

#include "pipe.h"
#include "watch.h"

/* The protocol's user of a pipe's transport. */
struct end {
    struct process *process;
    int child_fd;
};

struct process {
    struct loop_transport base;
    struct child child;
    bool ended; /* and was reaped: its number is a stranger's */
    bool told;  /* process_exited was called */
    int code;
    struct watch *watch;
    struct loop_handle *look; /* called when the child may have ended */
    struct loop_transport *pipes[3];
    struct end ends[3];
    int open_pipes;
};

static void lose_when_over(struct process *p)
{
    if (p->told && p->open_pipes == 0)
        transport_lose(&p->base, LOOP_OK);
}

/* ---- the pipes */

static void on_data(void *user, const void *data, size_t length)
{
    const struct end *end = user;
    const struct loop_protocol *to = &end->process->base.protocol;

    if (to->pipe_data_received)
        to->pipe_data_received(to->user, end->child_fd, data, length);
}

static void on_pause(void *user)
{
    const struct loop_protocol *to = &((const struct end *)user)->process->base.protocol;

    if (to->pause_writing)
        to->pause_writing(to->user);
}

static void on_resume(void *user)
{
    const struct loop_protocol *to = &((const struct end *)user)->process->base.protocol;

    if (to->resume_writing)
        to->resume_writing(to->user);
}

static void on_lost(void *user, loop_status why)
{
    const struct end *end = user;
    struct process *p = end->process;
    const struct loop_protocol *to = &p->base.protocol;

    p->open_pipes--;
    if (to->pipe_connection_lost)
        to->pipe_connection_lost(to->user, end->child_fd, why);
    lose_when_over(p);
}

static bool make_pipe(struct process *p, int child_fd, loop_fd fd)
{
    struct loop_protocol protocol = {.size = sizeof protocol,
                                     .user = &p->ends[child_fd],
                                     .data_received = on_data,
                                     .connection_lost = on_lost,
                                     .pause_writing = on_pause,
                                     .resume_writing = on_resume};
    struct loop_transport *pipe;

    p->ends[child_fd] = (struct end){p, child_fd};
    if (pipe_adopt(p->base.loop, fd) != 0)
        return false;
    pipe = (child_fd == 0 ? pipe_writer_make : pipe_reader_make)(p->base.loop, fd, &protocol);
    if (!pipe)
        return false;
    pipe->made = true; /* there is nobody to whom it has to be introduced */
    transport_hold(pipe);
    p->pipes[child_fd] = pipe;
    p->open_pipes++;
    return true;
}

/* ---- the child's end */

/* Someone else has reaped the child: its code will never be known. */
#define LOST_CODE 255

static int reap(struct process *p, bool wait)
{
    int error = child_reap(&p->child, wait, &p->ended, &p->code);

    if (error != 0)
        p->code = LOST_CODE;
    if (p->ended) {
        watch_stop(p->watch);
        p->watch = NULL;
    }
    return error;
}

static void look(void *arg)
{
    struct process *p = arg;
    const struct loop_protocol *to = &p->base.protocol;
    int error;

    if (!p->base.made) { /* its turn is queued already */
        ready_push(p->base.loop, p->look);
        return;
    }
    error = reap(p, false);
    if (!p->ended)
        return;
    if (error != 0)
        loop_report(p->base.loop, loop_fail(p->base.loop, error), "a child's end was missed");
    transport_hold(&p->base);
    p->told = true;
    if (to->process_exited)
        to->process_exited(to->user);
    lose_when_over(p);
    transport_drop(&p->base);
}

/* ---- the kind */

static void start(struct loop_transport *t)
{
    struct process *p = (struct process *)t;

    for (int i = 0; i < 3; i++)
        if (p->pipes[i] && !p->pipes[i]->closing)
            p->pipes[i]->kind->start(p->pipes[i]);
}

/* What is lost is told later: first the pipes, then the child's end, then the transport. */
static void close_child(struct loop_transport *t)
{
    struct process *p = (struct process *)t;

    t->closing = true;
    for (int i = 0; i < 3; i++)
        if (p->pipes[i])
            loop_transport_abort(p->pipes[i]);
    if (!p->ended)
        child_kill(&p->child);
}

static void end(struct loop_transport *t)
{
    struct process *p = (struct process *)t;

    for (int i = 0; i < 3; i++)
        if (p->pipes[i])
            transport_end(p->pipes[i]);
    if (!p->ended) {
        child_kill(&p->child);
        reap(p, true);
    }
    handle_revoke(p->look);
    p->look = NULL;
}

static void forget(struct loop_transport *t)
{
    struct process *p = (struct process *)t;

    for (int i = 0; i < 3; i++)
        transport_drop(p->pipes[i]);
}

static const struct transport_kind kind = {
    .start = start, .close = close_child, .abort = close_child, .end = end, .forget = forget};

loop_status process_make(struct loop *loop, const struct child *child, const loop_fd pipes[3],
                         const struct loop_protocol *protocol, struct loop_transport **transport)
{
    struct process *p =
        (struct process *)transport_make(loop, sizeof *p, &kind, NULL, LOOP_NO_FD, protocol);
    loop_status status = LOOP_NO_MEMORY;
    bool made = true;

    if (!p) {
        bool ended;
        int code;

        child_kill(child);
        child_reap(child, true, &ended, &code);
        return status;
    }
    p->child = *child;
    p->look = handle_make(look, p);
    for (int i = 0; i < 3 && made; i++)
        made = pipes[i] == LOOP_NO_FD || make_pipe(p, i, pipes[i]);
    if (made && p->look)
        status = watch_start(loop, child, p->look, &p->watch);
    if (status == LOOP_OK) {
        *transport = &p->base;
        return status;
    }
    for (int i = 0; i < 3; i++)
        if (p->pipes[i])
            p->pipes[i]->fd = LOOP_NO_FD; /* they stay the caller's */
    transport_end(&p->base);
    return status;
}

/* ---- what may be asked of a child */

static struct process *process_of(struct loop_transport *t)
{
    return t->kind == &kind ? (struct process *)t : NULL;
}

int64_t loop_transport_get_pid(struct loop_transport *t)
{
    struct process *p = process_of(t);

    return p ? p->child.pid : -1;
}

loop_status loop_transport_get_returncode(struct loop_transport *t, int *code)
{
    struct process *p = process_of(t);

    if (!p)
        return LOOP_TYPE;
    if (!p->ended)
        return LOOP_AGAIN;
    *code = p->code;
    return LOOP_OK;
}

struct loop_transport *loop_transport_get_pipe_transport(struct loop_transport *t, int child_fd)
{
    struct process *p = process_of(t);

    return p && child_fd >= 0 && child_fd < 3 ? p->pipes[child_fd] : NULL;
}

/* To a child that has ended nothing is sent; when its transport is over, there is no such process.
 */
static loop_status may_send(struct loop_transport *t, struct process **p)
{
    *p = process_of(t);
    if (!*p)
        return LOOP_TYPE;
    return (*p)->look ? LOOP_OK : LOOP_SRCH;
}

static loop_status sent(struct loop_transport *t, int error)
{
    return error == 0 ? LOOP_OK : loop_fail(t->loop, error);
}

loop_status loop_transport_send_signal(struct loop_transport *t, int signum)
{
    struct process *p;
    loop_status status = may_send(t, &p);

    if (status != LOOP_OK || p->ended)
        return status;
    return sent(t, child_signal(&p->child, signum));
}

loop_status loop_transport_terminate(struct loop_transport *t)
{
    struct process *p;
    loop_status status = may_send(t, &p);

    if (status != LOOP_OK || p->ended)
        return status;
    return sent(t, child_terminate(&p->child));
}

loop_status loop_transport_kill(struct loop_transport *t)
{
    struct process *p;
    loop_status status = may_send(t, &p);

    if (status != LOOP_OK || p->ended)
        return status;
    return sent(t, child_kill(&p->child));
}
