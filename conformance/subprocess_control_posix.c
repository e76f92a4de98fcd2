/* SPDX-License-Identifier: MIT
 *
 * Signals to a child, closing its transport, children that stop, and what they leave behind. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scene.h"
#include "scene_child.h"
#include "scene_descriptors.h"

enum { PIPE = LOOP_STDIO_PIPE, NOTHING = LOOP_STDIO_NULL };

/* A child that says so when it runs, and then waits for ever. */
static struct endpoint *sleeper(struct check *c)
{
    struct endpoint *e = child_script(c, "echo up; exec sleep 60", NOTHING, PIPE, NOTHING);

    child_await_output(e, 1, 3);
    return e;
}

static void kills(struct check *c)
{
    struct endpoint *e = sleeper(c);

    EXPECT_STATUS(c, "transport_kill", c->ops->transport_kill(e->transport), LOOP_OK);
    child_await_end(e);
    child_expect_code(e, -SIGKILL);
}

static void terminates(struct check *c)
{
    struct endpoint *e = sleeper(c);

    EXPECT_STATUS(c, "transport_terminate", c->ops->transport_terminate(e->transport), LOOP_OK);
    child_await_end(e);
    child_expect_code(e, -SIGTERM);
}

/* The line comes after the signal: a shell that is just about to read would wait with the trap. */
static void sends_signal(struct check *c)
{
    struct endpoint *e = child_script(
        c, "trap 'echo got it; exit 11' USR2; echo up; read line; exit 12", PIPE, PIPE, NOTHING);

    child_await_output(e, 1, 3);
    EXPECT_STATUS(c, "transport_send_signal", c->ops->transport_send_signal(e->transport, SIGUSR2),
                  LOOP_OK);
    child_write(e, "\n");
    child_await_end(e);
    child_expect_output(e, 1, "up\ngot it\n");
    child_expect_code(e, 11);
}

static void signal_after_loss(struct check *c)
{
    struct endpoint *e = child_script(c, "exit 0", NOTHING, NOTHING, NOTHING);

    child_await_end(e);
    EXPECT_STATUS(c, "transport_kill after connection_lost", c->ops->transport_kill(e->transport),
                  LOOP_SRCH);
    EXPECT_STATUS(c, "transport_terminate after connection_lost",
                  c->ops->transport_terminate(e->transport), LOOP_SRCH);
    EXPECT_STATUS(c, "transport_send_signal after connection_lost",
                  c->ops->transport_send_signal(e->transport, SIGUSR1), LOOP_SRCH);
}

/* A grandchild that ends when `in` does; descriptor 0 of a background command would be the null
 * device. */
static struct endpoint *with_grandchild(struct check *c, loop_fd in, int code)
{
    static char script[64];
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    struct loop_subprocess_options options = child_options(LOOP_STDIO_FD, PIPE, NOTHING);

    scene_set_blocking(c, in, true);
    snprintf(script, sizeof script, "exec 3<&0; cat <&3 & exec 3<&-; exit %d", code);
    options.std[0].fd = in;
    options.argv = argv;
    return child_exec(c, &options);
}

static void grandchild(struct check *c)
{
    struct scene_pair in = scene_pipe(c);
    struct endpoint *e = with_grandchild(c, in.end, 5);

    RUN_UNTIL(c, endpoint_exited, e, "process_exited while a grandchild holds the pipe");
    child_expect_code(e, 5);
    RUN_IDLE(c, MILLISECONDS(50));
    EXPECT_INT(c, "calls of connection_lost while a pipe is open", e->lost, 0);
    scene_send(c, in.peer, "from the grandchild");
    child_await_output(e, 1, strlen("from the grandchild"));
    scene_close(c, in.peer);
    child_await_end(e);
    child_expect_output(e, 1, "from the grandchild");
}

static void signal_after_exit(struct check *c)
{
    struct scene_pair in = scene_pipe(c);
    struct endpoint *e = with_grandchild(c, in.end, 0);

    RUN_UNTIL(c, endpoint_exited, e, "process_exited while a grandchild holds the pipe");
    EXPECT_STATUS(c, "transport_kill between the exit and connection_lost",
                  c->ops->transport_kill(e->transport), LOOP_OK);
    scene_close(c, in.peer);
    child_await_end(e);
    child_expect_code(e, 0);
}

static void stopped(struct check *c)
{
    struct endpoint *e =
        child_script(c, "echo up; read line; echo $line; exit 6", PIPE, PIPE, NOTHING);

    child_await_output(e, 1, 3);
    EXPECT_STATUS(c, "transport_send_signal of SIGSTOP",
                  c->ops->transport_send_signal(e->transport, SIGSTOP), LOOP_OK);
    child_write(e, "on\n");
    RUN_IDLE(c, MILLISECONDS(100));
    EXPECT_INT(c, "calls of process_exited for a child that was stopped", e->exits, 0);
    EXPECT_INT(c, "bytes from a child that was stopped", e->pipe[1].bytes, 3);
    EXPECT_STATUS(c, "transport_send_signal of SIGCONT",
                  c->ops->transport_send_signal(e->transport, SIGCONT), LOOP_OK);
    child_await_end(e);
    child_expect_output(e, 1, "up\non\n");
    child_expect_code(e, 6);
}

static void close_kills(struct check *c)
{
    struct endpoint *e = child_script(c, "exec sleep 60", PIPE, PIPE, PIPE);

    c->ops->transport_close(e->transport);
    EXPECT(c, c->ops->transport_is_closing(e->transport), "a closed child's transport is open");
    child_await_end(e);
    child_expect_code(e, -SIGKILL);
    EXPECT(c, !child_any_left(), "a child whose transport was closed is still there");
}

static void close_finished(struct check *c)
{
    struct scene_pair in = scene_pipe(c);
    struct endpoint *e = with_grandchild(c, in.end, 3);

    RUN_UNTIL(c, endpoint_exited, e, "process_exited while a grandchild holds the pipe");
    c->ops->transport_close(e->transport);
    child_await_end(e);
    child_expect_code(e, 3);
}

static void close_in_made(struct endpoint *e)
{
    e->check->ops->transport_close(e->transport);
}

static void close_at_once(struct check *c)
{
    struct endpoint *e = endpoint_new(c, "the child");

    e->on_made = close_in_made;
    NEED_OK(c, "subprocess_exec", child_begin_for(e, "exec sleep 60", PIPE, PIPE, PIPE));
    RUN_UNTIL(c, endpoint_completed, e, "the completion of a start");
    NEED_OK(c, "subprocess_exec", e->status == LOOP_NOT_IMPLEMENTED ? e->status : LOOP_OK);
    RUN_UNTIL(c, endpoint_lost, e, "connection_lost after a close in connection_made");
    EXPECT(c, !child_any_left(), "a child whose transport was closed is still there");
}

#define STARTS "subprocess_exec", "transport_get_returncode", "transport_release"

static const struct check_definition definitions[] = {
    {.id = "subprocess.kill",
     .run = kills,
     .rules = {"subprocess.kill"},
     .needs = {STARTS, "transport_kill"}},
    {.id = "subprocess.terminate",
     .run = terminates,
     .rules = {"subprocess.terminate"},
     .needs = {STARTS, "transport_terminate"}},
    {.id = "subprocess.send-signal",
     .run = sends_signal,
     .rules = {"subprocess.send-signal"},
     .needs = {STARTS, "transport_send_signal", "transport_get_pipe_transport",
               "transport_write"}},
    {.id = "subprocess.signal-after-loss",
     .run = signal_after_loss,
     .rules = {"subprocess.signal-after-loss"},
     .needs = {STARTS, "transport_kill", "transport_terminate", "transport_send_signal"}},
    {.id = "subprocess.signal-after-exit",
     .run = signal_after_exit,
     .rules = {"subprocess.signal-after-exit"},
     .needs = {STARTS, "transport_kill"}},
    {.id = "subprocess.grandchild",
     .run = grandchild,
     .rules = {"subprocess.grandchild"},
     .needs = {STARTS, "call_later"}},
    {.id = "subprocess.stopped",
     .run = stopped,
     .rules = {"subprocess.stopped"},
     .needs = {STARTS, "transport_get_pipe_transport", "transport_write", "transport_send_signal",
               "call_later"}},
    {.id = "subprocess.close-kills",
     .run = close_kills,
     .rules = {"subprocess.close-kills"},
     .needs = {STARTS, "transport_close", "transport_is_closing"}},
    {.id = "subprocess.close-finished",
     .run = close_finished,
     .rules = {"subprocess.close-finished"},
     .needs = {STARTS, "transport_close"}},
    {.id = "subprocess.close-at-once",
     .run = close_at_once,
     .rules = {"subprocess.close-at-once"},
     .needs = {STARTS, "transport_close"}},
};

CHECK_AREA_PART(subprocess, control, definitions);
