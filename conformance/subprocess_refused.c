/* SPDX-License-Identifier: MIT
 *
 * Children that are not started: by whom it was refused, and nothing is left of the attempt. */
#include "kinds.h"
#include "scene.h"
#include "scene_child.h"
#include "scene_descriptors.h"

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
    child_await_none(c);
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
        child_await_none(c);
    }
}

static loop_status outcome(struct check *c, spawn_operation spawn, const char *operation,
                           const struct loop_subprocess_options *options)
{
    struct endpoint *e = endpoint_new(c, "the child");
    loop_status status = endpoint_spawn(e, spawn, options, false);

    if (status == LOOP_OK) {
        RUN_UNTIL(c, endpoint_completed, e, "the completion of a start that fails");
        status = e->status;
    }
    NEED_OK(c, operation, status == LOOP_NOT_IMPLEMENTED ? status : LOOP_OK);
    EXPECT_INT(c, "calls of connection_made", e->made, status == LOOP_OK);
    return status;
}

static loop_status outcome_of_exec(struct check *c, const struct loop_subprocess_options *options)
{
    return outcome(c, c->ops->subprocess_exec, "subprocess_exec", options);
}

/* Alone, it must not be enough that the program writes to nobody. */
static void closed_descriptor(struct check *c)
{
    struct loop_subprocess_options options = child_options(NOTHING, LOOP_STDIO_FD, NOTHING);
    const char *argv[4];

    child_shell_line(c, "exit 0", argv);
    options.argv = argv;
    options.std[1].fd = scene_closed_number(c);
    EXPECT_STATUS(c, "a child that is to get a number that refers to nothing",
                  outcome_of_exec(c, &options), LOOP_BADF);
    child_await_none(c);
}

static void expect_nonsense(struct check *c, const char *what, loop_status status)
{
    EXPECT(c, status == LOOP_VALUE || status == LOOP_TYPE, "%s came to status %d", what,
           (int)status);
    EXPECT(c, !child_any_left(), "%s started a process", what);
}

static void nothing_to_run(struct check *c)
{
    static const char *const no_words[] = {NULL};
    struct loop_subprocess_options options = child_options(NOTHING, NOTHING, NOTHING);

    options.argv = no_words;
    expect_nonsense(c, "a program without a name", outcome_of_exec(c, &options));
    options.argv = NULL;
    expect_nonsense(c, "no program", outcome_of_exec(c, &options));
    expect_nonsense(c, "no command",
                    outcome(c, c->ops->subprocess_shell, "subprocess_shell", &options));
}

static void stdio_nonsense(struct check *c)
{
    struct loop_subprocess_options options = child_options(NOTHING, NOTHING, NOTHING);
    const char *argv[4];

    child_shell_line(c, "exit 0", argv);
    options.argv = argv;
    options.std[0].how = LOOP_STDIO_STDOUT;
    expect_nonsense(c, "an input that goes where the output goes", outcome_of_exec(c, &options));
    options.std[0].how = LOOP_STDIO_FD + 1;
    expect_nonsense(c, "an unknown way to open the input", outcome_of_exec(c, &options));
}

static void other_calls(struct check *c)
{
    struct endpoint *e = child_script(c, "exit 0", NOTHING, NOTHING, NOTHING);

    kinds_expect_refused(c, e->transport, KIND_RUNS);
    child_await_end(e);
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
    {.id = "subprocess.closed-descriptor",
     .run = closed_descriptor,
     .rules = {"subprocess.closed-descriptor"},
     .needs = {STARTS}},
    {.id = "subprocess.nothing-to-run",
     .run = nothing_to_run,
     .rules = {"subprocess.nothing-to-run"},
     .needs = {STARTS, "subprocess_shell"}},
    {.id = "subprocess.stdio-nonsense",
     .run = stdio_nonsense,
     .rules = {"subprocess.stdio-nonsense"},
     .needs = {STARTS}},
    {.id = "subprocess.other-calls",
     .run = other_calls,
     .rules = {"subprocess.other-calls"},
     .needs = {STARTS, "transport_write"}},
};

CHECK_AREA_PART(subprocess, refused, definitions);
