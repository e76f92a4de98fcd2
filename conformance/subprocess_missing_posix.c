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

static void expect_nothing_left(struct check *c, const struct attempt *a)
{
    EXPECT_INT(c, "calls of connection_made", a->e->made, 0);
    child_await_none(c);
    struct endpoint *e = child_script(c, "exit 2", NOTHING, NOTHING, NOTHING);
    child_await_end(e);
    child_expect_code(e, 2);
}

static const char *make_file(struct check *c, mode_t mode, const char *text)
{
    char *path = check_alloc(c, strlen(c->directory) + 16);
    FILE *file;

    sprintf(path, "%s/program", c->directory);
    file = fopen(path, "we");
    EXPECT(c, file != NULL, "fopen: %s", strerror(errno));
    fputs(text, file);
    fclose(file);
    chmod(path, mode);
    return path;
}

static void missing_program(struct check *c)
{
    struct attempt a = child_attempt(c, "loopcheck-has-no-such-program", NULL);

    EXPECT_STATUS(c, "the start of a program that is not there", a.status, LOOP_NOENT);
    expect_nothing_left(c, &a);
}

static void missing_path(struct check *c)
{
    struct attempt a = child_attempt(c, "/loopcheck/has/no/such/program", NULL);

    EXPECT_STATUS(c, "the start of a program that is not there", a.status, LOOP_NOENT);
    expect_nothing_left(c, &a);
}

static void not_executable(struct check *c)
{
    const char *path = make_file(c, 0600, "#!/bin/sh\nexit 0\n");
    struct attempt a = child_attempt(c, path, NULL);

    unlink(path);
    EXPECT_STATUS(c, "the start of a file that is not executable", a.status, LOOP_ACCES);
    expect_nothing_left(c, &a);
}

/* The kernel knows no such format, and a shell was not asked for. */
static void no_program(struct check *c)
{
    const char *path = make_file(c, 0700, "exit 0\n");
    struct attempt a = child_attempt(c, path, NULL);

    unlink(path);
    EXPECT(c, a.status != LOOP_OK, "a text was started as a program");
    expect_nothing_left(c, &a);
}

static void a_directory(struct check *c)
{
    struct attempt a = child_attempt(c, c->directory, NULL);

    EXPECT_STATUS(c, "the start of a directory", a.status, LOOP_ACCES);
    expect_nothing_left(c, &a);
}

static void missing_directory(struct check *c)
{
    struct attempt a = child_attempt(c, "/bin/sh", "/loopcheck/has/no/such/directory");

    EXPECT_STATUS(c, "the start in a directory that is not there", a.status, LOOP_NOENT);
    expect_nothing_left(c, &a);
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
    {.id = "subprocess.no-program",
     .run = no_program,
     .rules = {"subprocess.no-program"},
     .needs = {STARTS}},
    {.id = "subprocess.a-directory",
     .run = a_directory,
     .rules = {"subprocess.a-directory"},
     .needs = {STARTS}},
    {.id = "subprocess.missing-directory",
     .run = missing_directory,
     .rules = {"subprocess.missing-directory"},
     .needs = {STARTS}},
};

CHECK_AREA_PART(subprocess, missing, definitions);
