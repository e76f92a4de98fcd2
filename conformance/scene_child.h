/* SPDX-License-Identifier: MIT
 *
 * Child processes of the loop under test. What must be seen inside a child is told by a small
 * program of our own, loopcheck-child, which lies beside the runner or where LOOPCHECK_CHILD
 * says. */
#ifndef LOOPCHECK_SCENE_CHILD_H
#define LOOPCHECK_SCENE_CHILD_H

#include "endpoint.h"

/* Nothing but what becomes of the three descriptors: LOOP_STDIO_*. */
struct loop_subprocess_options child_options(uint32_t in, uint32_t out, uint32_t err);

/* Starts it and waits for the completion, which must be LOOP_OK; a refusal that a rule demands
 * skips the check. */
struct endpoint *child_exec(struct check *c, const struct loop_subprocess_options *options);
struct endpoint *child_shell(struct check *c, const struct loop_subprocess_options *options);
/* child_exec of /bin/sh -c script; on Windows loopcheck-child reads the script, and knows no more
 * than "exit N", "echo WORD", "printf WORD", either with >&2, "cat", "read line", $line, $$,
 * "exec sleep N" and "exec 0<&-", with "; " between. */
struct endpoint *child_script(struct check *c, const char *script, uint32_t in, uint32_t out,
                              uint32_t err);
/* The same, without the waiting, for `c->loop`. */
struct endpoint *child_begin(struct check *c, const char *script, uint32_t in, uint32_t out,
                             uint32_t err);
/* The same for an endpoint and a loop of one's own; the status of the call. */
loop_status child_begin_for(struct endpoint *e, const char *script, uint32_t in, uint32_t out,
                            uint32_t err);

/* The arguments of such a child. */
void child_shell_line(struct check *c, const char *script, const char *argv[4]);
extern const char child_prints_20000[]; /* a script that does so and ends */

/* What became of an attempt to start `program` in `cwd`; it may fail at once or at completion. */
struct attempt {
    struct endpoint *e;
    loop_status status;
    bool at_call;
};

/* Ends the check as NEED_OK does if that is refused by a rule. */
struct attempt child_attempt(struct check *c, const char *program, const char *cwd);

/* The transport of a LOOP_STDIO_PIPE, which must be there. */
struct loop_transport *child_pipe(struct endpoint *e, int fd);
void child_write(struct endpoint *e, const char *text); /* to its standard input */
void child_end_input(struct endpoint *e);

bool child_pipe_lost(void *arg); /* a condition; `arg` is a struct kept_pipe */
void child_await_output(struct endpoint *e, int fd, size_t bytes);
/* Waits for connection_lost, which must say LOOP_OK and come after process_exited. */
void child_await_end(struct endpoint *e);
void child_expect_code(struct endpoint *e, int code);
void child_expect_output(struct endpoint *e, int fd, const char *text);

/* Runs loopcheck-child with the `count` further arguments, and waits for its end. `options` says
 * all but what is run. The lines that it wrote: "arg 3 [a b]", "env [NAME=value]", "cwd [/]",
 * "fd 1 DEVICE INODE", "session SID PID", "blocked 10", "ignored 13". */
const char *child_report(struct check *c, const struct loop_subprocess_options *options,
                         const char *const *arguments, size_t count);
bool report_has(const char *report, const char *line);  /* the whole line */
int report_count(const char *report, const char *word); /* lines that begin with the word */
/* Whether descriptor `child_fd` of the child is the same open thing as our `fd`. */
bool report_same(struct check *c, const char *report, int child_fd, loop_fd fd);

/* Puts these three at our own descriptors 0, 1 and 2; LOOP_NO_FD closes the number. child_restore
 * puts back what was there; at the end of the check at the latest. */
void child_replace_standard(struct check *c, const loop_fd fds[3]);
void child_restore_standard(struct check *c);

/* Whether the process has a child, alive or ended and not yet reaped. */
bool child_any_left(void);
/* Runs the loop until there is none: for what the loop ends by itself. */
void child_await_none(struct check *c);
void child_kill_stray(struct check *c, int64_t pid); /* and reaps it, unless the loop does */
int child_descriptors(void);                   /* how many this process has open */

#endif
