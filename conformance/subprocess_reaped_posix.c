/* SPDX-License-Identifier: MIT
 *
 * Children that somebody else reaps, and what a watcher shares with others. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "scene.h"
#include "scene_child.h"
#include "signals_common.h"

enum { PIPE = LOOP_STDIO_PIPE, NOTHING = LOOP_STDIO_NULL };

/* A child that we kill and reap while the loop does not run, unless a thread of its own is quicker:
 * then it knows the code. */
static struct endpoint *reap_first(struct check *c, bool *lost_code)
{
    struct endpoint *e = child_script(c, "exec sleep 60", NOTHING, PIPE, NOTHING);
    pid_t pid = (pid_t)c->ops->transport_get_pid(e->transport), reaped;

    EXPECT(c, kill(pid, SIGKILL) == 0, "kill: %s", strerror(errno));
    do
        reaped = waitpid(pid, NULL, 0);
    while (reaped < 0 && errno == EINTR);
    EXPECT(c, reaped == pid || errno == ECHILD, "waitpid: %s", strerror(errno));
    *lost_code = reaped == pid;
    RUN_UNTIL(c, endpoint_exited, e, "process_exited of a child that somebody else has reaped");
    child_await_end(e);
    return e;
}

static void reaped_elsewhere(struct check *c)
{
    bool lost_code;

    reap_first(c, &lost_code);
}

static void code_lost(struct check *c)
{
    bool lost_code;
    struct endpoint *e = reap_first(c, &lost_code);

    child_expect_code(e, lost_code ? 255 : -SIGKILL);
}

static void watcher_unknown(struct check *c)
{
    EXPECT_STATUS(c, "set_child_watcher of one that there is not",
                  c->ops->set_child_watcher(c->loop, 99), LOOP_VALUE);
}

struct choosing {
    struct check *check;
    struct loop *loop;
    loop_status status;
};

static void choose(void *arg)
{
    struct choosing *choosing = arg;

    choosing->status =
        choosing->check->ops->set_child_watcher(choosing->loop, LOOP_WATCHER_SIGCHLD);
}

static void watcher_in_thread(struct check *c)
{
    struct choosing choosing = {.check = c, .loop = check_open_loop(c)};

    scene_join(c, scene_start(c, choose, &choosing));
    EXPECT_STATUS(c, "set_child_watcher of SIGCHLD outside the main thread", choosing.status,
                  LOOP_RUNTIME);
}

static void end_and_expect(struct endpoint *e, struct counter *calls)
{
    if (calls != NULL)
        calls->target = calls->calls + 1;
    child_end_input(e);
    child_await_end(e);
    child_expect_code(e, 8);
    if (calls != NULL)
        RUN_UNTIL(e->check, counter_reached, calls, "the handler of SIGCHLD to be called");
}

static struct endpoint *waiting(struct check *c)
{
    return child_script(c, "read line; exit 8", PIPE, NOTHING, NOTHING);
}

/* Either comes first, and either goes first. */
static void watcher_beside_handler(struct check *c)
{
    loop_status status = c->ops->set_child_watcher(c->loop, LOOP_WATCHER_SIGCHLD);
    struct counter *calls;
    struct endpoint *e;

    if (status == LOOP_NOT_IMPLEMENTED && check_rule(c, "windows.no-child-watcher") == NULL)
        check_skip(c, "the loop has no such watcher");
    NEED_OK(c, "set_child_watcher", status);
    calls = signals_count(c, SIGCHLD);
    end_and_expect(waiting(c), calls);
    e = waiting(c);
    signals_remove(c, SIGCHLD);
    end_and_expect(e, NULL);
    e = waiting(c);
    calls = signals_count(c, SIGCHLD);
    end_and_expect(e, calls);
    signals_expect_call(c, SIGCHLD, calls);
}

#define REAPED                                                                                     \
    "subprocess_exec", "transport_get_returncode", "transport_get_pid", "transport_release"

static const struct check_definition definitions[] = {
    {.id = "subprocess.reaped-elsewhere",
     .run = reaped_elsewhere,
     .rules = {"subprocess.reaped-elsewhere"},
     .needs = {REAPED}},
    {.id = "subprocess.code-lost",
     .run = code_lost,
     .rules = {"subprocess.code-lost"},
     .needs = {REAPED}},
    {.id = "subprocess.watcher-beside-handler",
     .run = watcher_beside_handler,
     .rules = {"subprocess.watcher-beside-handler"},
     .needs = {"subprocess_exec", "transport_get_returncode", "transport_release",
               "transport_get_pipe_transport", "transport_write_eof", "set_child_watcher",
               "add_signal_handler", "remove_signal_handler"}},
    {.id = "subprocess.watcher-unknown",
     .run = watcher_unknown,
     .rules = {"subprocess.watcher-unknown"},
     .needs = {"set_child_watcher"}},
    {.id = "subprocess.watcher-in-thread",
     .run = watcher_in_thread,
     .rules = {"subprocess.watcher-in-thread"},
     .needs = {"set_child_watcher"}},
};

CHECK_AREA_PART(subprocess, reaped, definitions);
