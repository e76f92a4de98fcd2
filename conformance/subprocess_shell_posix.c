/* SPDX-License-Identifier: MIT
 *
 * What POSIX alone has of children: ends by a signal, and its shell. */
#include <signal.h>
#include <stdio.h>

#include "scene_child.h"

enum { PIPE = LOOP_STDIO_PIPE, NOTHING = LOOP_STDIO_NULL };

static void signal_code(struct check *c)
{
    static const int signals[] = {SIGKILL, SIGTERM, SIGHUP, SIGUSR1, SIGSEGV};
    char script[64];

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        snprintf(script, sizeof script, "ulimit -c 0; kill -%d $$; exit 3", signals[i]);
        struct endpoint *e = child_script(c, script, NOTHING, NOTHING, NOTHING);
        child_await_end(e);
        child_expect_code(e, -signals[i]);
    }
}

static void shell(struct check *c)
{
    struct loop_subprocess_options options = child_options(NOTHING, PIPE, NOTHING);
    struct endpoint *e;

    options.command = "x='a  b'; printf '%s|' \"$x\" $((40 + 2)) | cat; exit 3";
    e = child_shell(c, &options);
    child_await_end(e);
    child_expect_output(e, 1, "a  b|42|");
    child_expect_code(e, 3);
}

static void shell_missing(struct check *c)
{
    struct loop_subprocess_options options = child_options(NOTHING, NOTHING, NOTHING);
    struct endpoint *e;

    options.command = "loopcheck-has-no-such-program; exit $?";
    e = child_shell(c, &options);
    child_await_end(e);
    child_expect_code(e, 127);
}

static const struct check_definition definitions[] = {
    {.id = "subprocess.signal-code",
     .run = signal_code,
     .rules = {"subprocess.signal-code"},
     .needs = {"subprocess_exec", "transport_get_returncode", "transport_release"}},
    {.id = "subprocess.shell",
     .run = shell,
     .rules = {"subprocess.shell"},
     .needs = {"subprocess_shell", "transport_get_returncode", "transport_release"}},
    {.id = "subprocess.shell-missing",
     .run = shell_missing,
     .rules = {"subprocess.shell-missing"},
     .needs = {"subprocess_shell", "transport_get_returncode", "transport_release"}},
};

CHECK_AREA_PART(subprocess, shell, definitions);
