/* SPDX-License-Identifier: MIT
 *
 * Pipes to a child's first three descriptors. */
#include <string.h>

#include "pipes.h"
#include "scene.h"
#include "scene_child.h"

enum { PIPE = LOOP_STDIO_PIPE, NOTHING = LOOP_STDIO_NULL };

static void output(struct check *c)
{
    struct endpoint *e = child_script(c, "printf abc; printf def", NOTHING, PIPE, NOTHING);

    child_await_end(e);
    child_expect_output(e, 1, "abcdef");
    EXPECT_STATUS(c, "pipe_connection_lost", e->pipe[1].why, LOOP_OK);
    EXPECT_INT(c, "bytes of stderr", e->pipe[2].bytes, 0);
}

static void errors(struct check *c)
{
    struct endpoint *e = child_script(c, "printf out; printf error >&2", NOTHING, PIPE, PIPE);

    child_await_end(e);
    child_expect_output(e, 1, "out");
    child_expect_output(e, 2, "error");
}

static void input(struct check *c)
{
    struct endpoint *e = child_script(c, "cat; echo end", PIPE, PIPE, NOTHING);

    child_write(e, "one,");
    child_await_output(e, 1, 4);
    child_write(e, "two,");
    child_write(e, "three,");
    child_end_input(e);
    child_await_end(e);
    child_expect_output(e, 1, "one,two,three,end\n");
    EXPECT_INT(c, "calls of pipe_connection_lost for stdin", e->pipe[0].losses, 1);
}

static void input_closed(struct check *c)
{
    struct endpoint *e = child_script(c, "cat; echo end", PIPE, PIPE, NOTHING);

    child_write(e, "all of it,");
    c->ops->transport_close(child_pipe(e, 0));
    child_await_end(e);
    child_expect_output(e, 1, "all of it,end\n");
    EXPECT_INT(c, "calls of pipe_connection_lost for stdin", e->pipe[0].losses, 1);
}

static void megabytes(struct check *c)
{
    enum { LENGTH = 3000000 };
    struct endpoint *e = child_script(c, "cat", PIPE, PIPE, NOTHING);
    const struct kept_pipe *pipe = &e->pipe[1];

    EXPECT_STATUS(c, "transport_write of megabytes",
                  c->ops->transport_write(child_pipe(e, 0), pattern_new(c, LENGTH), LENGTH),
                  LOOP_OK);
    child_end_input(e);
    child_await_end(e);
    EXPECT_INT(c, "bytes that came back", pipe->bytes, LENGTH);
    EXPECT_INT(c, "bytes that came back as they were sent",
               pattern_mismatch(pipe->data, pipe->bytes), LENGTH);
}

/* All of it, though the child is gone before the loop has read anything. */
static void output_of_the_dead(struct check *c)
{
    struct endpoint *e = child_script(c, child_prints_20000, NOTHING, PIPE, NOTHING);

    check_block(MILLISECONDS(100));
    child_await_end(e);
    EXPECT_INT(c, "bytes of a child that has ended", e->pipe[1].bytes, 20000);
}

static void pause_output(struct check *c)
{
    struct endpoint *e = child_script(c, "read line; echo $line", PIPE, PIPE, NOTHING);

    c->ops->transport_pause_reading(child_pipe(e, 1));
    child_write(e, "later\n");
    RUN_UNTIL(c, endpoint_exited, e, "process_exited while a pipe is paused");
    RUN_IDLE(c, MILLISECONDS(50));
    EXPECT_INT(c, "bytes received while paused", e->pipe[1].bytes, 0);
    EXPECT_INT(c, "calls of connection_lost while a pipe is paused", e->lost, 0);
    c->ops->transport_resume_reading(child_pipe(e, 1));
    child_await_end(e);
    child_expect_output(e, 1, "later\n");
}

static void merged(struct check *c)
{
    struct endpoint *e = child_script(c, "printf 1; printf 2 >&2; printf 3; printf 4 >&2", NOTHING,
                                      PIPE, LOOP_STDIO_STDOUT);

    EXPECT(c, c->ops->transport_get_pipe_transport(e->transport, 2) == NULL,
           "stderr has a transport, though it goes where stdout goes");
    child_await_end(e);
    child_expect_output(e, 1, "1234");
    EXPECT_INT(c, "bytes of stderr", e->pipe[2].bytes, 0);
    EXPECT_INT(c, "calls of pipe_connection_lost for stderr", e->pipe[2].losses, 0);
}

static void closes_input(struct check *c)
{
    struct endpoint *e =
        child_script(c, "exec 0<&-; echo closed; exec sleep 60", PIPE, PIPE, NOTHING);

    child_await_output(e, 1, 7);
    RUN_UNTIL(c, child_pipe_lost, &e->pipe[0], "pipe_connection_lost of a stdin that was closed");
    EXPECT_INT(c, "calls of process_exited before the exit", e->exits, 0);
    EXPECT_STATUS(c, "transport_kill", c->ops->transport_kill(e->transport), LOOP_OK);
    child_await_end(e);
}

static void broken_input(struct check *c)
{
    enum { LENGTH = 1000000 };
    struct endpoint *e = child_script(c, "exec 0<&-; exit 8", PIPE, NOTHING, NOTHING);

    pipes_ignore_signal(c);
    EXPECT_STATUS(c, "transport_write to a child that does not read",
                  c->ops->transport_write(child_pipe(e, 0), pattern_new(c, LENGTH), LENGTH),
                  LOOP_OK);
    child_await_end(e);
    EXPECT_INT(c, "calls of pipe_connection_lost for stdin", e->pipe[0].losses, 1);
    child_expect_code(e, 8);
}

#define STARTS "subprocess_exec", "transport_release"
#define WRITES "transport_get_pipe_transport", "transport_write", "transport_write_eof"

static const struct check_definition definitions[] = {
    {.id = "subprocess.output", .run = output, .rules = {"subprocess.output"}, .needs = {STARTS}},
    {.id = "subprocess.errors", .run = errors, .rules = {"subprocess.errors"}, .needs = {STARTS}},
    {.id = "subprocess.input",
     .run = input,
     .rules = {"subprocess.input"},
     .needs = {STARTS, WRITES}},
    {.id = "subprocess.input-closed",
     .run = input_closed,
     .rules = {"subprocess.input-closed"},
     .needs = {STARTS, "transport_get_pipe_transport", "transport_write", "transport_close"}},
    {.id = "subprocess.megabytes",
     .run = megabytes,
     .rules = {"subprocess.megabytes"},
     .needs = {STARTS, WRITES}},
    {.id = "subprocess.output-of-the-dead",
     .run = output_of_the_dead,
     .rules = {"subprocess.output-of-the-dead"},
     .needs = {STARTS}},
    {.id = "subprocess.pause-output",
     .run = pause_output,
     .rules = {"subprocess.pause-output"},
     .needs = {STARTS, "transport_get_pipe_transport", "transport_write", "transport_pause_reading",
               "transport_resume_reading", "call_later"}},
    {.id = "subprocess.merged",
     .run = merged,
     .rules = {"subprocess.merged"},
     .needs = {STARTS, "transport_get_pipe_transport"}},
    {.id = "subprocess.closes-input",
     .run = closes_input,
     .rules = {"subprocess.closes-input"},
     .needs = {STARTS, "transport_kill"}},
    {.id = "subprocess.broken-input",
     .run = broken_input,
     .rules = {"subprocess.broken-input"},
     .needs = {STARTS, "transport_get_pipe_transport", "transport_write",
               "transport_get_returncode"}},
};

CHECK_AREA_PART(subprocess, stdio, definitions);
