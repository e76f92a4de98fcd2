/* SPDX-License-Identifier: MIT
 *
 * Children that are not started: by whom it was refused, and nothing is left of the attempt. */
#include "scene_child.h"

enum { PIPE = LOOP_STDIO_PIPE, NOTHING = LOOP_STDIO_NULL };

static void at_completion(struct check *c)
{
    struct attempt a = child_attempt(c, "loopcheck-has-no-such-program", NULL);

    EXPECT(c, !a.at_call, "the failure came at the call, not at the completion");
    EXPECT_INT(c, "calls of the protocol factory", a.e->factories, 1);
    EXPECT_INT(c, "completions", a.e->completions, 1);
}

static void factory_refuses(struct check *c)
{
    struct endpoint *e = endpoint_new(c, "the child");
    loop_status status;

    e->refuses = LOOP_NO_MEMORY;
    status = child_begin_for(e, "exit 0", PIPE, PIPE, PIPE);
    NEED_OK(c, "subprocess_exec", status);
    RUN_UNTIL(c, endpoint_completed, e, "the completion of a start whose factory fails");
    NEED_OK(c, "subprocess_exec", e->status == LOOP_NOT_IMPLEMENTED ? e->status : LOOP_OK);
    EXPECT_STATUS(c, "a start whose factory failed with NO_MEMORY", e->status, LOOP_NO_MEMORY);
    EXPECT_INT(c, "calls of connection_made", e->made, 0);
    RUN_IDLE(c, MILLISECONDS(30));
    EXPECT(c, !child_any_left(), "a process was left of a start whose factory failed");
}

static void cancelled(struct check *c)
{
    struct endpoint *e = endpoint_new(c, "the child");
    struct loop_subprocess_options options = child_options(PIPE, PIPE, PIPE);
    const char *argv[4];

    child_shell_line(c, "exec sleep 60", argv);
    options.argv = argv;
    NEED_OK(c, "subprocess_exec", endpoint_spawn(e, c->ops->subprocess_exec, &options, true));
    c->ops->handle_cancel(c->loop, e->operation);
    RUN_UNTIL(c, endpoint_completed, e, "the completion of a start that was cancelled");
    NEED_OK(c, "subprocess_exec", e->status == LOOP_NOT_IMPLEMENTED ? e->status : LOOP_OK);
    if (e->status == LOOP_OK) { /* it was too late */
        c->ops->transport_kill(e->transport);
        child_await_end(e);
    } else {
        EXPECT_STATUS(c, "a start that was cancelled", e->status, LOOP_CANCELLED);
        RUN_IDLE(c, MILLISECONDS(30));
    }
}

#define STARTS "subprocess_exec", "transport_get_returncode", "transport_release", "call_later"

static const struct check_definition definitions[] = {
    {.id = "subprocess.fails-at-completion",
     .run = at_completion,
     .rules = {"subprocess.fails-at-completion"},
     .needs = {STARTS}},
    {.id = "subprocess.factory-refuses",
     .run = factory_refuses,
     .rules = {"subprocess.factory-refuses"},
     .needs = {STARTS}},
    {.id = "subprocess.cancelled",
     .run = cancelled,
     .rules = {"subprocess.cancelled"},
     .needs = {STARTS, "handle_cancel", "handle_release", "transport_kill"}},
};

CHECK_AREA_PART(subprocess, refused, definitions);
