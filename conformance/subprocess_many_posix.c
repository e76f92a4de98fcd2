/* SPDX-License-Identifier: MIT
 *
 * Many children, the children of others, several loops, and what is given back. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scene.h"
#include "scene_child.h"

enum { PIPE = LOOP_STDIO_PIPE, NOTHING = LOOP_STDIO_NULL };

/* ---- a hundred at once */

enum { CHILDREN = 100 };

static bool all_lost(void *arg)
{
    struct endpoint *const *children = arg;

    for (int i = 0; i < CHILDREN; i++) {
        if (children[i]->lost == 0)
            return false;
    }
    return true;
}

/* They all wait for the end of their input, so that they are there together and end together. */
static void hundred(struct check *c)
{
    struct endpoint *children[CHILDREN];
    char script[64], text[16];

    scene_need_descriptors(c, 600);
    for (int i = 0; i < CHILDREN; i++) {
        snprintf(script, sizeof script, "read line; echo %d; exit %d", i, i);
        children[i] = child_script(c, script, PIPE, PIPE, NOTHING);
    }
    for (int i = 0; i < CHILDREN; i++)
        child_end_input(children[i]);
    RUN_UNTIL(c, all_lost, children, "the end of a hundred children");
    for (int i = 0; i < CHILDREN; i++) {
        snprintf(text, sizeof text, "%d\n", i);
        child_expect_output(children[i], 1, text);
        EXPECT_INT(c, "calls of process_exited", children[i]->exits, 1);
        child_expect_code(children[i], i);
    }
    EXPECT(c, !child_any_left(), "a child has ended and is still there");
}

/* ---- nothing is left of them */

static void no_zombie(struct check *c)
{
    for (int i = 0; i < 10; i++) {
        struct endpoint *e = child_script(c, "exit 0", PIPE, NOTHING, NOTHING);

        child_await_end(e);
        EXPECT(c, !child_any_left(), "child %d has ended and is still there", i + 1);
    }
}

static void gives_back_descriptors(struct check *c)
{
    int first = 0, last;

    for (int i = 0; i < 20; i++) {
        struct endpoint *e = child_script(c, "cat", PIPE, PIPE, PIPE);

        child_end_input(e);
        child_await_end(e);
        endpoint_release(e);
        RUN_ITERATIONS(c, 3);
        if (i == 0)
            first = child_descriptors();
    }
    last = child_descriptors();
    EXPECT(c, last <= first, "%d descriptors are open after 20 children, and %d after the first",
           last, first);
}

/* ---- children of others */

static pid_t fork_one(struct check *c, int code)
{
    pid_t pid = fork();

    EXPECT(c, pid >= 0, "fork: %s", strerror(errno));
    if (pid == 0)
        _exit(code);
    return pid;
}

static void expect_unreaped(struct check *c, pid_t pid, int code)
{
    int status = 0;

    EXPECT(c, waitpid(pid, &status, 0) == pid, "a child that the loop did not start: waitpid: %s",
           strerror(errno));
    EXPECT_INT(c, "its exit code", WIFEXITED(status) ? WEXITSTATUS(status) : -1, code);
}

static void others_before_and_after(struct check *c)
{
    pid_t before = fork_one(c, 9);
    struct endpoint *e = child_script(c, "exit 4", NOTHING, NOTHING, NOTHING);
    pid_t after = fork_one(c, 10);

    child_await_end(e);
    child_expect_code(e, 4);
    RUN_IDLE(c, MILLISECONDS(30));
    e = child_script(c, "exit 5", NOTHING, NOTHING, NOTHING);
    child_await_end(e);
    child_expect_code(e, 5);
    expect_unreaped(c, before, 9);
    expect_unreaped(c, after, 10);
}

/* ---- several loops */

enum { ROUNDS = 10 };

/* A loop in a thread of its own, which runs one child after the other. */
struct runner {
    struct check *check;
    struct loop *loop;
    struct endpoint *children[ROUNDS];
    int done, code;
    loop_status refused;
};

static void start_next(struct runner *r);

static void next_child(struct endpoint *e)
{
    struct runner *r = e->user;

    if (++r->done < ROUNDS)
        start_next(r);
    else
        r->check->ops->stop(r->loop);
}

static void completed(struct endpoint *e)
{
    struct runner *r = e->user;

    if (e->status != LOOP_OK) {
        r->refused = e->status;
        r->check->ops->stop(r->loop);
    }
}

static void start_next(struct runner *r)
{
    char script[32];

    snprintf(script, sizeof script, "echo hello; exit %d", r->code);
    r->refused = child_begin_for(r->children[r->done], script, NOTHING, PIPE, NOTHING);
    if (r->refused != LOOP_OK)
        r->check->ops->stop(r->loop);
}

static void prepare(struct check *c, struct runner *r, struct loop *loop, int code)
{
    *r = (struct runner){.check = c, .loop = loop, .code = code};
    for (int i = 0; i < ROUNDS; i++) {
        struct endpoint *e = endpoint_new(c, "the child");

        e->loop = loop;
        e->user = r;
        e->on_lost = next_child;
        e->on_completion = completed;
        r->children[i] = e;
    }
}

static void run(void *arg)
{
    struct runner *r = arg;

    start_next(r);
    r->check->ops->run_forever(r->loop);
}

static void expect_done(struct check *c, struct runner *r)
{
    NEED_OK(c, "subprocess_exec", r->refused);
    EXPECT_INT(c, "children that a loop ran one after the other", r->done, ROUNDS);
    for (int i = 0; i < ROUNDS; i++) {
        child_expect_output(r->children[i], 1, "hello\n");
        EXPECT_INT(c, "calls of process_exited", r->children[i]->exits, 1);
        child_expect_code(r->children[i], r->code);
    }
}

/* No condition: the second loop runs in a thread, and this one until it has had its children. */
static void two_threads(struct check *c)
{
    struct runner here, there;
    struct scene_thread *thread;

    prepare(c, &here, c->loop, 21);
    prepare(c, &there, check_open_loop(c), 22);
    thread = scene_start(c, run, &there);
    start_next(&here);
    EXPECT_STATUS(c, "run_forever", RUN(c, "the end of ten children"), LOOP_OK);
    scene_join(c, thread);
    expect_done(c, &here);
    expect_done(c, &there);
}

static void two_loops_in_turn(struct check *c)
{
    struct loop *first = c->loop;
    struct endpoint *e = child_script(c, "read line; exit 12", PIPE, NOTHING, NOTHING);
    struct endpoint *other;

    c->loop = check_open_loop(c);
    other = child_script(c, "exit 13", NOTHING, NOTHING, NOTHING);
    child_await_end(other);
    child_expect_code(other, 13);
    c->loop = first;
    child_end_input(e);
    child_await_end(e);
    child_expect_code(e, 12);
}

static void closed_with_child(struct check *c)
{
    struct endpoint *e = child_script(c, "exec sleep 60", PIPE, PIPE, NOTHING);
    int64_t pid = c->ops->transport_get_pid(e->transport);

    EXPECT_STATUS(c, "close of a loop that has a child", c->ops->close(c->loop), LOOP_OK);
    EXPECT_INT(c, "calls of connection_lost in close", e->lost, 0);
    endpoints_release_all(c);
    check_free_loop(c, c->loop);
    child_kill_stray(c, pid);
}

/* ---- each way to watch children */

static void watch_with(struct check *c, uint32_t watcher)
{
    loop_status status = c->ops->set_child_watcher(c->loop, watcher);
    struct endpoint *quick, *slow;
    pid_t other;

    if (status == LOOP_NOT_IMPLEMENTED && check_rule(c, "windows.no-child-watcher") == NULL)
        check_skip(c, "the loop has no such watcher");
    NEED_OK(c, "set_child_watcher", status);
    other = fork_one(c, 33);
    quick = child_script(c, "echo quick; exit 77", NOTHING, PIPE, NOTHING);
    slow = child_script(c, "read line; kill -9 $$", PIPE, PIPE, NOTHING);
    child_await_end(quick);
    child_expect_code(quick, 77);
    child_end_input(slow);
    child_await_end(slow);
    child_expect_code(slow, -SIGKILL);
    expect_unreaped(c, other, 33);
    EXPECT(c, !child_any_left(), "a child has ended and is still there");
}

static void watcher_default(struct check *c)
{
    watch_with(c, LOOP_WATCHER_DEFAULT);
}

static void watcher_pidfd(struct check *c)
{
    watch_with(c, LOOP_WATCHER_PIDFD);
}

static void watcher_thread(struct check *c)
{
    watch_with(c, LOOP_WATCHER_THREAD);
}

static void watcher_signal(struct check *c)
{
    watch_with(c, LOOP_WATCHER_SIGCHLD);
}

/* Each of them waits in its own way when the loop is closed. */
static void closed_with_watchers(struct check *c)
{
    static const uint32_t watchers[] = {LOOP_WATCHER_SIGCHLD, LOOP_WATCHER_THREAD,
                                        LOOP_WATCHER_PIDFD};
    struct endpoint *children[3];
    int64_t pids[3];

    for (int i = 0; i < 3; i++) {
        loop_status status = c->ops->set_child_watcher(c->loop, watchers[i]);

        if (status != LOOP_NOT_IMPLEMENTED)
            NEED_OK(c, "set_child_watcher", status);
        children[i] = child_script(c, "exec sleep 60", PIPE, PIPE, NOTHING);
        pids[i] = c->ops->transport_get_pid(children[i]->transport);
    }
    EXPECT_STATUS(c, "close of a loop that has children", c->ops->close(c->loop), LOOP_OK);
    endpoints_release_all(c);
    check_free_loop(c, c->loop);
    for (int i = 0; i < 3; i++) {
        EXPECT_INT(c, "calls of connection_lost in close", children[i]->lost, 0);
        child_kill_stray(c, pids[i]);
    }
}

/* The running children of one watcher are not lost when another is chosen. */
static void watcher_changed(struct check *c)
{
    static const uint32_t watchers[] = {LOOP_WATCHER_SIGCHLD, LOOP_WATCHER_THREAD,
                                        LOOP_WATCHER_PIDFD, LOOP_WATCHER_DEFAULT};
    struct endpoint *children[4];

    for (int i = 0; i < 4; i++) {
        loop_status status = c->ops->set_child_watcher(c->loop, watchers[i]);

        if (status != LOOP_NOT_IMPLEMENTED)
            NEED_OK(c, "set_child_watcher", status);
        children[i] = child_script(c, "read line; exit 8", PIPE, NOTHING, NOTHING);
    }
    for (int i = 0; i < 4; i++)
        child_end_input(children[i]);
    for (int i = 0; i < 4; i++) {
        child_await_end(children[i]);
        child_expect_code(children[i], 8);
    }
}

#define STARTS "subprocess_exec", "transport_get_returncode", "transport_release"
#define WRITES "transport_get_pipe_transport", "transport_write_eof"

static const struct check_definition definitions[] = {
    {.id = "subprocess.hundred",
     .run = hundred,
     .rules = {"subprocess.hundred"},
     .needs = {STARTS, WRITES},
     .flags = CHECK_BUSY},
    {.id = "subprocess.no-zombie",
     .run = no_zombie,
     .rules = {"subprocess.no-zombie"},
     .needs = {STARTS}},
    {.id = "subprocess.gives-back-descriptors",
     .run = gives_back_descriptors,
     .rules = {"subprocess.gives-back-descriptors"},
     .needs = {STARTS, WRITES}},
    {.id = "subprocess.others-unreaped",
     .run = others_before_and_after,
     .rules = {"subprocess.others-unreaped"},
     .needs = {STARTS, "call_later"}},
    {.id = "subprocess.two-threads",
     .run = two_threads,
     .rules = {"subprocess.two-threads"},
     .needs = {STARTS},
     .flags = CHECK_BUSY},
    {.id = "subprocess.two-loops",
     .run = two_loops_in_turn,
     .rules = {"subprocess.two-loops"},
     .needs = {STARTS, WRITES}},
    {.id = "subprocess.closed-with-child",
     .run = closed_with_child,
     .rules = {"subprocess.closed-with-child"},
     .needs = {STARTS, "transport_get_pid"}},
    {.id = "subprocess.watcher-default",
     .run = watcher_default,
     .rules = {"subprocess.watcher-default"},
     .needs = {STARTS, WRITES, "set_child_watcher"}},
    {.id = "subprocess.watcher-pidfd",
     .run = watcher_pidfd,
     .rules = {"subprocess.watcher-pidfd"},
     .needs = {STARTS, WRITES, "set_child_watcher"}},
    {.id = "subprocess.watcher-thread",
     .run = watcher_thread,
     .rules = {"subprocess.watcher-thread"},
     .needs = {STARTS, WRITES, "set_child_watcher"}},
    {.id = "subprocess.watcher-signal",
     .run = watcher_signal,
     .rules = {"subprocess.watcher-signal"},
     .needs = {STARTS, WRITES, "set_child_watcher"}},
    {.id = "subprocess.closed-with-watchers",
     .run = closed_with_watchers,
     .rules = {"subprocess.closed-with-child"},
     .needs = {STARTS, "transport_get_pid", "set_child_watcher"}},
    {.id = "subprocess.watcher-changed",
     .run = watcher_changed,
     .rules = {"subprocess.watcher-changed"},
     .needs = {STARTS, WRITES, "set_child_watcher"}},
};

CHECK_AREA_PART(subprocess, many, definitions);
