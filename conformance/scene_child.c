/* SPDX-License-Identifier: MIT
 *
 * Children as checks start and watch them. */
#include "scene_child.h"

#include <string.h>

/* ---- starting */

struct loop_subprocess_options child_options(uint32_t in, uint32_t out, uint32_t err)
{
    struct loop_subprocess_options options = {.size = sizeof options};
    uint32_t how[] = {in, out, err};

    for (int i = 0; i < 3; i++)
        options.std[i] =
            (struct loop_stdio){.size = sizeof options.std[i], .how = how[i], .fd = LOOP_NO_FD};
    return options;
}

static struct endpoint *start(struct check *c, spawn_operation spawn, const char *operation,
                              const struct loop_subprocess_options *options)
{
    struct endpoint *e = endpoint_new(c, "the child");

    NEED_OK(c, operation, endpoint_spawn(e, spawn, options, false));
    RUN_UNTIL(c, endpoint_completed, e, "the start of a child to complete");
    NEED_OK(c, operation, e->status);
    return e;
}

struct endpoint *child_exec(struct check *c, const struct loop_subprocess_options *options)
{
    return start(c, c->ops->subprocess_exec, "subprocess_exec", options);
}

struct endpoint *child_shell(struct check *c, const struct loop_subprocess_options *options)
{
    return start(c, c->ops->subprocess_shell, "subprocess_shell", options);
}

loop_status child_begin_for(struct endpoint *e, const char *script, uint32_t in, uint32_t out,
                            uint32_t err)
{
    struct loop_subprocess_options options = child_options(in, out, err);
    const char *argv[4];

    child_shell_line(e->check, script, argv);
    options.argv = argv;
    return endpoint_spawn(e, e->check->ops->subprocess_exec, &options, false);
}

struct endpoint *child_begin(struct check *c, const char *script, uint32_t in, uint32_t out,
                             uint32_t err)
{
    struct endpoint *e = endpoint_new(c, "the child");

    NEED_OK(c, "subprocess_exec", child_begin_for(e, script, in, out, err));
    return e;
}

struct endpoint *child_script(struct check *c, const char *script, uint32_t in, uint32_t out,
                              uint32_t err)
{
    struct endpoint *e = child_begin(c, script, in, out, err);

    RUN_UNTIL(c, endpoint_completed, e, "the start of a child to complete");
    NEED_OK(c, "subprocess_exec", e->status);
    return e;
}

struct attempt child_attempt(struct check *c, const char *program, const char *cwd)
{
    const char *const argv[] = {program, NULL};
    struct loop_subprocess_options options =
        child_options(LOOP_STDIO_PIPE, LOOP_STDIO_PIPE, LOOP_STDIO_PIPE);
    struct attempt a = {.e = endpoint_new(c, "the child")};

    options.argv = argv;
    options.cwd = cwd;
    a.status = endpoint_spawn(a.e, c->ops->subprocess_exec, &options, false);
    a.at_call = a.status != LOOP_OK;
    if (a.status == LOOP_NOT_IMPLEMENTED)
        NEED_OK(c, "subprocess_exec", a.status);
    if (!a.at_call) {
        RUN_UNTIL(c, endpoint_completed, a.e, "the completion of a start that fails");
        a.status = a.e->status;
        NEED_OK(c, "subprocess_exec", a.status == LOOP_NOT_IMPLEMENTED ? a.status : LOOP_OK);
    }
    return a;
}

/* ---- watching */

struct loop_transport *child_pipe(struct endpoint *e, int fd)
{
    struct loop_transport *pipe = e->check->ops->transport_get_pipe_transport(e->transport, fd);

    EXPECT(e->check, pipe != NULL, "the child's pipe %d has no transport", fd);
    return pipe;
}

void child_write(struct endpoint *e, const char *text)
{
    EXPECT_STATUS(e->check, "transport_write to the child",
                  e->check->ops->transport_write(child_pipe(e, 0), text, strlen(text)), LOOP_OK);
}

void child_end_input(struct endpoint *e)
{
    EXPECT_STATUS(e->check, "transport_write_eof to the child",
                  e->check->ops->transport_write_eof(child_pipe(e, 0)), LOOP_OK);
}

struct awaited_output {
    const struct kept_pipe *pipe;
    size_t bytes;
};

static bool output_arrived(void *arg)
{
    const struct awaited_output *awaited = arg;

    return awaited->pipe->bytes >= awaited->bytes;
}

bool child_pipe_lost(void *arg)
{
    return ((const struct kept_pipe *)arg)->losses > 0;
}

void child_await_output(struct endpoint *e, int fd, size_t bytes)
{
    struct awaited_output awaited = {&e->pipe[fd], bytes};

    RUN_UNTIL(e->check, output_arrived, &awaited, "output of the child");
}

void child_await_end(struct endpoint *e)
{
    struct check *c = e->check;

    RUN_UNTIL(c, endpoint_lost, e, "connection_lost of a child that ends");
    EXPECT_INT(c, "calls of process_exited before connection_lost", e->exits, 1);
    EXPECT_STATUS(c, "connection_lost of a child", e->why, LOOP_OK);
}

void child_await_none(struct check *c)
{
    int64_t deadline = check_now() + SECONDS(5);

    while (child_any_left() && check_now() < deadline)
        RUN_IDLE(c, MILLISECONDS(10));
    EXPECT(c, !child_any_left(), "a process is left of a child that the loop has given up");
}

void child_expect_code(struct endpoint *e, int code)
{
    struct check *c = e->check;
    int found = -1000;

    EXPECT_STATUS(c, "get_returncode after the child's end",
                  c->ops->transport_get_returncode(e->transport, &found), LOOP_OK);
    EXPECT_INT(c, "return code", found, code);
}

void child_expect_output(struct endpoint *e, int fd, const char *text)
{
    struct check *c = e->check;
    const struct kept_pipe *pipe = &e->pipe[fd];

    EXPECT(c,
           pipe->bytes == strlen(text) &&
               (pipe->bytes == 0 || memcmp(pipe->data, text, pipe->bytes) == 0),
           "descriptor %d of the child gave \"%.*s\", not \"%s\"", fd,
           (int)(pipe->bytes < 200 ? pipe->bytes : 200),
           pipe->bytes == 0 ? "" : (const char *)pipe->data, text);
}
