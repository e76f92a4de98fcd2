/* SPDX-License-Identifier: MIT
 *
 * A child's life as its protocol hears of it: how it begins, how it ends, in what order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene_child.h"

enum { PIPE = LOOP_STDIO_PIPE, NOTHING = LOOP_STDIO_NULL };

static void exit_code(struct check *c)
{
    static const int codes[] = {0, 1, 7, 127, 128, 137, 255};
    char script[32];

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        snprintf(script, sizeof script, "exit %d", codes[i]);
        struct endpoint *e = child_script(c, script, NOTHING, NOTHING, NOTHING);
        child_await_end(e);
        child_expect_code(e, codes[i]);
    }
}

static int events(const struct endpoint *e, char event)
{
    int count = 0;

    for (const char *at = e->log; *at != '\0'; at++)
        count += *at == event;
    return count;
}

/* The endpoint itself fails on what comes twice, too early, or after connection_lost. */
static void order(struct check *c)
{
    struct endpoint *e = child_script(c, "echo out; echo err >&2; cat", PIPE, PIPE, PIPE);

    child_end_input(e);
    child_await_end(e);
    EXPECT(c, strncmp(e->log, "FM", 2) == 0, "the events began as %s, not as FM", e->log);
    EXPECT(c,
           strrchr(e->log, 'L') > strrchr(e->log, 'l') &&
               strrchr(e->log, 'L') > strrchr(e->log, 'x'),
           "connection_lost did not come after the loss of each pipe and the exit: %s", e->log);
    EXPECT_INT(c, "calls of pipe_connection_lost", events(e, 'l'), 3);
    RUN_IDLE(c, MILLISECONDS(30));
    EXPECT_INT(c, "calls of connection_lost", events(e, 'L'), 1);
}

static void order_without_pipes(struct check *c)
{
    struct endpoint *e = child_script(c, "exit 0", NOTHING, NOTHING, NOTHING);
    char told[sizeof e->log] = "";
    size_t count = 0;

    child_await_end(e);
    for (const char *at = e->log; *at != '\0'; at++) {
        if (*at != 'C')
            told[count++] = *at;
    }
    EXPECT(c, strcmp(told, "FMxL") == 0, "the events were %s, not FMxL", told);
}

static void keep_code(struct endpoint *e)
{
    int *code = e->user;

    if (e->check->ops->transport_get_returncode(e->transport, code) != LOOP_OK)
        *code = -1000;
}

static void code_at_exit(struct check *c)
{
    int code = -1, early = 55;
    struct endpoint *e = child_script(c, "read line; exit 9", PIPE, NOTHING, NOTHING);

    e->user = &code;
    e->on_exit = keep_code;
    EXPECT_STATUS(c, "get_returncode of a running child",
                  c->ops->transport_get_returncode(e->transport, &early), LOOP_AGAIN);
    EXPECT_INT(c, "what get_returncode stored then", early, 55);
    child_end_input(e);
    child_await_end(e);
    EXPECT_INT(c, "return code in process_exited", code, 9);
}

static void pid(struct check *c)
{
    struct endpoint *e = child_script(c, "echo $$; read line", PIPE, PIPE, NOTHING);
    char text[32];

    snprintf(text, sizeof text, "%lld\n", (long long)c->ops->transport_get_pid(e->transport));
    child_await_output(e, 1, strlen(text));
    child_end_input(e);
    child_await_end(e);
    child_expect_output(e, 1, text);
}

/* The child ends, and fills its pipe, while the loop is in a callback. */
static void busy(struct check *c)
{
    struct endpoint *e = child_script(c, "echo bye; exit 4", NOTHING, PIPE, NOTHING);

    check_block(MILLISECONDS(150));
    child_await_end(e);
    child_expect_output(e, 1, "bye\n");
    child_expect_code(e, 4);
}

static void start_next(struct endpoint *e)
{
    struct endpoint *next = e->user;
    loop_status status = child_begin_for(next, "exit 6", NOTHING, NOTHING, NOTHING);

    EXPECT_STATUS(e->check, "subprocess_exec in connection_lost", status, LOOP_OK);
}

static void from_a_callback(struct check *c)
{
    struct endpoint *first = endpoint_new(c, "the first child");
    struct endpoint *second = endpoint_new(c, "the second child");

    first->user = second;
    first->on_lost = start_next;
    NEED_OK(c, "subprocess_exec", child_begin_for(first, "exit 5", NOTHING, NOTHING, NOTHING));
    RUN_UNTIL(c, endpoint_lost, second, "the end of a child that another's end started");
    child_expect_code(first, 5);
    child_expect_code(second, 6);
}

static void idle(struct check *c)
{
    struct endpoint *e = child_script(c, "cat", PIPE, PIPE, PIPE);

    RUN_IDLE(c, MILLISECONDS(200));
    child_end_input(e);
    child_await_end(e);
    child_expect_code(e, 0);
}

static void on_proactor(struct check *c)
{
    struct loop_subprocess_options options = child_options(PIPE, PIPE, NOTHING);
    struct endpoint *e = endpoint_new(c, "the child");

    EXPECT_STATUS(c, "subprocess_exec", child_begin_for(e, "cat; exit 2", PIPE, PIPE, NOTHING),
                  LOOP_OK);
    RUN_UNTIL(c, endpoint_completed, e, "the start of a child to complete");
    EXPECT_STATUS(c, "the start of a child", e->status, LOOP_OK);
    child_write(e, "to and fro");
    child_end_input(e);
    child_await_end(e);
    child_expect_output(e, 1, "to and fro");
    child_expect_code(e, 2);
    options.command = "exit 3";
    e = child_shell(c, &options);
    child_await_end(e);
    child_expect_code(e, 3);
}

static const struct check_definition definitions[] = {
    {.id = "subprocess.exit-code",
     .run = exit_code,
     .rules = {"subprocess.exit-code"},
     .needs = {"subprocess_exec", "transport_get_returncode", "transport_release"}},
    {.id = "subprocess.order",
     .run = order,
     .rules = {"subprocess.order"},
     .needs = {"subprocess_exec", "transport_get_pipe_transport", "transport_write_eof",
               "transport_release", "call_later"}},
    {.id = "subprocess.order-without-pipes",
     .run = order_without_pipes,
     .rules = {"subprocess.order-without-pipes"},
     .needs = {"subprocess_exec", "transport_release"}},
    {.id = "subprocess.code-at-exit",
     .run = code_at_exit,
     .rules = {"subprocess.code-at-exit"},
     .needs = {"subprocess_exec", "transport_get_pipe_transport", "transport_write_eof",
               "transport_get_returncode", "transport_release"}},
    {.id = "subprocess.pid",
     .run = pid,
     .rules = {"subprocess.pid"},
     .needs = {"subprocess_exec", "transport_get_pid", "transport_get_pipe_transport",
               "transport_write_eof", "transport_release"}},
    {.id = "subprocess.busy",
     .run = busy,
     .rules = {"subprocess.busy"},
     .needs = {"subprocess_exec", "transport_get_returncode", "transport_release"}},
    {.id = "subprocess.from-a-callback",
     .run = from_a_callback,
     .rules = {"subprocess.from-a-callback"},
     .needs = {"subprocess_exec", "transport_get_returncode", "transport_release"}},
    {.id = "subprocess.idle",
     .run = idle,
     .rules = {"subprocess.idle"},
     .needs = {"subprocess_exec", "transport_get_pipe_transport", "transport_write_eof",
               "transport_get_returncode", "transport_release", "call_later"}},
    {.id = "subprocess.on-proactor",
     .run = on_proactor,
     .rules = {"windows.proactor.subprocesses"},
     .needs = {"subprocess_exec", "subprocess_shell", "transport_get_pipe_transport",
               "transport_write", "transport_write_eof", "transport_get_returncode",
               "transport_release"}},
};

CHECK_AREA(subprocess, definitions);
