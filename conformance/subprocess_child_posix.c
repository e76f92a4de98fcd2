/* SPDX-License-Identifier: MIT
 *
 * What a child finds when it begins: its arguments, environment, directory, session, signals and
 * descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scene.h"
#include "scene_child.h"

enum { PIPE = LOOP_STDIO_PIPE, NOTHING = LOOP_STDIO_NULL };

static struct loop_subprocess_options silent(void)
{
    return child_options(NOTHING, NOTHING, NOTHING);
}

static void arguments(struct check *c)
{
    static const char *const given[] = {"a b", "$HOME", "*",    "'\"`\\",   "",
                                        "-x",  "; :#",  "%s%n", "\xc3\xa9", "a\tb"};
    enum { COUNT = sizeof given / sizeof *given };
    struct loop_subprocess_options options = silent();
    const char *report = child_report(c, &options, given, COUNT);
    char line[64];

    for (size_t i = 0; i < COUNT; i++) {
        snprintf(line, sizeof line, "arg %zu [%s]", strlen(given[i]), given[i]);
        EXPECT(c, report_has(report, line), "the child did not get the argument \"%s\"", given[i]);
    }
    EXPECT_INT(c, "arguments of the child", report_count(report, "arg"), COUNT);
}

static void directory(struct check *c)
{
    struct loop_subprocess_options options = silent();
    char *real = realpath(c->directory, NULL);
    const char *report;
    char line[4200];

    EXPECT(c, real != NULL, "realpath: %s", strerror(errno));
    snprintf(line, sizeof line, "cwd [%s]", real);
    free(real);
    options.cwd = c->directory;
    report = child_report(c, &options, NULL, 0);
    EXPECT(c, report_has(report, line), "the child does not run in the directory it was given");
}

static void directory_inherited(struct check *c)
{
    struct loop_subprocess_options options = silent();
    const char *report = child_report(c, &options, NULL, 0);
    char here[4096], line[4200];

    EXPECT(c, getcwd(here, sizeof here) != NULL, "getcwd: %s", strerror(errno));
    snprintf(line, sizeof line, "cwd [%s]", here);
    EXPECT(c, report_has(report, line), "the child does not run where its parent runs");
}

static void environment(struct check *c)
{
    static const char *const given[] = {"ONLY=these two", "EMPTY=", NULL};
    struct loop_subprocess_options options = silent();
    const char *report;

    options.env = given;
    report = child_report(c, &options, NULL, 0);
    EXPECT(c, report_has(report, "env [ONLY=these two]"), "a variable did not reach the child");
    EXPECT(c, report_has(report, "env [EMPTY=]"), "an empty variable did not reach the child");
    EXPECT_INT(c, "variables of the child", report_count(report, "env"), 2);
}

static void environment_inherited(struct check *c)
{
    struct loop_subprocess_options options = silent();
    const char *report;

    EXPECT(c, setenv("LOOPCHECK_INHERITED", "by the child", 1) == 0, "setenv");
    report = child_report(c, &options, NULL, 0);
    unsetenv("LOOPCHECK_INHERITED");
    EXPECT(c, report_has(report, "env [LOOPCHECK_INHERITED=by the child]"),
           "a variable of the parent did not reach the child");
}

/* What is found there is a script, so that the name alone tells that it was found. */
static void empty_path_entry(struct check *c)
{
    static const char *const argv[] = {"loopcheck-is-here", NULL};
    static const char *const env[] = {"PATH=/loopcheck/nowhere::/loopcheck/nowhere/else", NULL};
    struct loop_subprocess_options options = silent();
    char path[4200];
    FILE *file;
    struct endpoint *e;

    snprintf(path, sizeof path, "%s/%s", c->directory, argv[0]);
    file = fopen(path, "we");
    EXPECT(c, file != NULL, "fopen: %s", strerror(errno));
    fputs("#!/bin/sh\nexit 9\n", file);
    EXPECT(c, fchmod(fileno(file), 0700) == 0, "fchmod: %s", strerror(errno));
    fclose(file);
    options.argv = argv;
    options.env = env;
    options.cwd = c->directory;
    e = child_exec(c, &options);
    child_await_end(e);
    unlink(path);
    child_expect_code(e, 9);
}

static void session(struct check *c)
{
    struct loop_subprocess_options options = silent();
    long its_session = 0, its_pid = 0;
    const char *report, *line;

    options.flags = LOOP_START_NEW_SESSION;
    report = child_report(c, &options, NULL, 0);
    line = strstr(report, "\nsession ");
    EXPECT(c, line != NULL && sscanf(line, " session %ld %ld", &its_session, &its_pid) == 2,
           "the child told no session");
    EXPECT_INT(c, "session of a child that was to start a new one", its_session, its_pid);
}

static void session_inherited(struct check *c)
{
    struct loop_subprocess_options options = silent();
    const char *report = child_report(c, &options, NULL, 0);
    const char *line = strstr(report, "\nsession ");
    long its_session = 0;

    EXPECT(c, line != NULL && sscanf(line, " session %ld", &its_session) == 1,
           "the child told no session");
    EXPECT_INT(c, "session of a child", its_session, getsid(0));
}

static void expect_none(struct check *c, const char *report, const char *word, const char *what)
{
    const char *line = strstr(report, word);

    EXPECT(c, line == NULL, "the child has a signal %s: %.*s", what,
           line == NULL ? 0 : (int)strcspn(line, "\n"), line);
}

static void signals_unblocked(struct check *c)
{
    struct loop_subprocess_options options = silent();
    const char *report = child_report(c, &options, NULL, 0);

    expect_none(c, report, "blocked ", "blocked, which its parent has not");
}

/* Whoever ignores it here, the loop or the programs around it: the child starts without. */
static void broken_pipe_signal(struct check *c)
{
    struct loop_subprocess_options options = silent();
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    const char *report = child_report(c, &options, NULL, 0);
    char line[32];

    signal(SIGPIPE, before);
    snprintf(line, sizeof line, "ignored %d", SIGPIPE);
    EXPECT(c, !report_has(report, line), "the child ignores SIGPIPE because its parent does");
}

/* A handler of the loop is nothing to the child, who dies of the signal as anybody does. */
static void handlers_stay(struct check *c)
{
    struct counter calls = {.check = c, .target = 1};
    struct endpoint *e;

    NEED_OK(c, "add_signal_handler",
            c->ops->add_signal_handler(c->loop, SIGUSR1, counter_call, &calls));
    e = child_script(c, "echo ready; exec sleep 60", NOTHING, PIPE, NOTHING);
    child_await_output(e, 1, 6);
    EXPECT_STATUS(c, "transport_send_signal", c->ops->transport_send_signal(e->transport, SIGUSR1),
                  LOOP_OK);
    child_await_end(e);
    child_expect_code(e, -SIGUSR1);
    RUN_IDLE(c, MILLISECONDS(20));
    EXPECT_INT(c, "calls of the parent's handler for the child's signal", calls.calls, 0);
    EXPECT_STATUS(c, "remove_signal_handler", c->ops->remove_signal_handler(c->loop, SIGUSR1),
                  LOOP_OK);
}

/* The second child must not hold the writing end of the first one's standard input. */
static void pipes_not_inherited(struct check *c)
{
    struct endpoint *first = child_script(c, "exec cat", PIPE, PIPE, NOTHING);
    struct endpoint *second = child_script(c, "exec cat", PIPE, PIPE, NOTHING);

    child_end_input(first);
    child_await_end(first);
    EXPECT_INT(c, "calls of process_exited of the other child", second->exits, 0);
    child_end_input(second);
    child_await_end(second);
}

static void others_closed(struct check *c)
{
    struct loop_subprocess_options options = silent();
    struct scene_pair pair = scene_pipe(c);
    const char *report;

    EXPECT(c, fcntl((int)pair.end, F_SETFD, 0) == 0, "fcntl: %s", strerror(errno));
    EXPECT(c, fcntl((int)pair.peer, F_SETFD, 0) == 0, "fcntl: %s", strerror(errno));
    report = child_report(c, &options, NULL, 0);
    EXPECT_INT(c, "open descriptors of the child", report_count(report, "fd"), 3);
}

/* Which of our descriptors a child would inherit, but for the first three. */
static void list_inheritable(bool inheritable[1024])
{
    for (int fd = 0; fd < 1024; fd++) {
        int flags = fcntl(fd, F_GETFD);

        inheritable[fd] = fd > 2 && flags >= 0 && (flags & FD_CLOEXEC) == 0;
    }
}

/* A second loop, so that what it opens can be told from what was open before. */
static void loops_own_closed(struct check *c)
{
    struct loop_subprocess_options options = silent();
    bool before[1024];
    const char *report;
    int others = 0;

    list_inheritable(before);
    c->loop = check_open_loop(c);
    child_await_end(child_script(c, "exit 0", PIPE, PIPE, PIPE));
    report = child_report(c, &options, NULL, 0);
    for (const char *line = report; (line = strstr(line, "fd ")) != NULL; line++) {
        int fd = (line == report || line[-1] == '\n') ? atoi(line + 3) : 0;

        others += fd > 2 && (fd >= 1024 || !before[fd]);
    }
    EXPECT_INT(c, "descriptors of the loop that the child has", others, 0);
}

#define REPORTS "subprocess_exec", "transport_get_returncode", "transport_release"

static const struct check_definition definitions[] = {
    {.id = "subprocess.arguments",
     .run = arguments,
     .rules = {"subprocess.arguments"},
     .needs = {REPORTS}},
    {.id = "subprocess.directory",
     .run = directory,
     .rules = {"subprocess.directory"},
     .needs = {REPORTS}},
    {.id = "subprocess.directory-inherited",
     .run = directory_inherited,
     .rules = {"subprocess.directory-inherited"},
     .needs = {REPORTS}},
    {.id = "subprocess.environment",
     .run = environment,
     .rules = {"subprocess.environment"},
     .needs = {REPORTS}},
    {.id = "subprocess.environment-inherited",
     .run = environment_inherited,
     .rules = {"subprocess.environment-inherited"},
     .needs = {REPORTS}},
    {.id = "subprocess.empty-path-entry",
     .run = empty_path_entry,
     .rules = {"subprocess.empty-path-entry"},
     .needs = {"subprocess_exec", "transport_get_returncode", "transport_release"}},
    {.id = "subprocess.session",
     .run = session,
     .rules = {"subprocess.session"},
     .needs = {REPORTS}},
    {.id = "subprocess.session-inherited",
     .run = session_inherited,
     .rules = {"subprocess.session-inherited"},
     .needs = {REPORTS}},
    {.id = "subprocess.signals-unblocked",
     .run = signals_unblocked,
     .rules = {"subprocess.signals-unblocked"},
     .needs = {REPORTS}},
    {.id = "subprocess.broken-pipe-signal",
     .run = broken_pipe_signal,
     .rules = {"subprocess.broken-pipe-signal"},
     .needs = {REPORTS}},
    {.id = "subprocess.handlers-stay",
     .run = handlers_stay,
     .rules = {"subprocess.handlers-stay"},
     .needs = {REPORTS, "add_signal_handler", "remove_signal_handler", "transport_send_signal",
               "call_later"}},
    {.id = "subprocess.pipes-not-inherited",
     .run = pipes_not_inherited,
     .rules = {"subprocess.pipes-not-inherited"},
     .needs = {"subprocess_exec", "transport_get_pipe_transport", "transport_write_eof",
               "transport_release"}},
    {.id = "subprocess.others-closed",
     .run = others_closed,
     .rules = {"subprocess.others-closed"},
     .needs = {REPORTS}},
    {.id = "subprocess.loops-own-closed",
     .run = loops_own_closed,
     .rules = {"subprocess.loops-own-closed"},
     .needs = {REPORTS}},
};

CHECK_AREA_PART(subprocess, child, definitions);
