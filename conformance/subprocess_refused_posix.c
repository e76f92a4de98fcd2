/* SPDX-License-Identifier: MIT
 *
 * Children that cannot be started: the status says why, and nothing is left of the attempt. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scene.h"
#include "scene_child.h"

enum { PIPE = LOOP_STDIO_PIPE, NOTHING = LOOP_STDIO_NULL };

/* What became of an attempt to start `program` in `cwd`; it may fail at once or at completion. */
struct attempt {
    struct endpoint *e;
    loop_status status;
    bool at_call;
};

static struct attempt try(struct check *c, const char *program, const char *cwd)
{
    const char *const argv[] = {program, NULL};
    struct loop_subprocess_options options = child_options(PIPE, PIPE, PIPE);
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

static void expect_nothing_left(struct check *c, const struct attempt *a)
{
    EXPECT_INT(c, "calls of connection_made", a->e->made, 0);
    RUN_IDLE(c, MILLISECONDS(20));
    EXPECT(c, !child_any_left(), "a process was left of a start that failed");
    struct endpoint *e = child_script(c, "exit 2", NOTHING, NOTHING, NOTHING);
    child_await_end(e);
    child_expect_code(e, 2);
}

static const char *make_file(struct check *c, mode_t mode)
{
    char *path = check_alloc(c, strlen(c->directory) + 16);
    FILE *file;

    sprintf(path, "%s/program", c->directory);
    file = fopen(path, "we");
    EXPECT(c, file != NULL, "fopen: %s", strerror(errno));
    fputs("#!/bin/sh\nexit 0\n", file);
    fclose(file);
    chmod(path, mode);
    return path;
}

static void missing_program(struct check *c)
{
    struct attempt a = try(c, "loopcheck-has-no-such-program", NULL);

    EXPECT_STATUS(c, "the start of a program that is not there", a.status, LOOP_NOENT);
    expect_nothing_left(c, &a);
}

static void missing_path(struct check *c)
{
    struct attempt a = try(c, "/loopcheck/has/no/such/program", NULL);

    EXPECT_STATUS(c, "the start of a program that is not there", a.status, LOOP_NOENT);
    expect_nothing_left(c, &a);
}

static void not_executable(struct check *c)
{
    const char *path = make_file(c, 0600);
    struct attempt a = try(c, path, NULL);

    unlink(path);
    EXPECT_STATUS(c, "the start of a file that is not executable", a.status, LOOP_ACCES);
    expect_nothing_left(c, &a);
}

static void a_directory(struct check *c)
{
    struct attempt a = try(c, c->directory, NULL);

    EXPECT_STATUS(c, "the start of a directory", a.status, LOOP_ACCES);
    expect_nothing_left(c, &a);
}

static void missing_directory(struct check *c)
{
    struct attempt a = try(c, "/bin/sh", "/loopcheck/has/no/such/directory");

    EXPECT_STATUS(c, "the start in a directory that is not there", a.status, LOOP_NOENT);
    expect_nothing_left(c, &a);
}

static void at_completion(struct check *c)
{
    struct attempt a = try(c, "loopcheck-has-no-such-program", NULL);

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
    const char *const argv[] = {"/bin/sh", "-c", "exec sleep 60", NULL};
    struct loop_subprocess_options options = child_options(PIPE, PIPE, PIPE);

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
    {.id = "subprocess.missing-program",
     .run = missing_program,
     .rules = {"subprocess.missing-program"},
     .needs = {STARTS}},
    {.id = "subprocess.missing-path",
     .run = missing_path,
     .rules = {"subprocess.missing-path"},
     .needs = {STARTS}},
    {.id = "subprocess.not-executable",
     .run = not_executable,
     .rules = {"subprocess.not-executable"},
     .needs = {STARTS}},
    {.id = "subprocess.a-directory",
     .run = a_directory,
     .rules = {"subprocess.a-directory"},
     .needs = {STARTS}},
    {.id = "subprocess.missing-directory",
     .run = missing_directory,
     .rules = {"subprocess.missing-directory"},
     .needs = {STARTS}},
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
