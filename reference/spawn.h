/* SPDX-License-Identifier: MIT
 *
 * A child process, as the system starts, signals and ends it. Functions that return int return 0 or
 * the system's error. */
#ifndef REFERENCE_SPAWN_H
#define REFERENCE_SPAWN_H

#include <stdbool.h>

#include "loop_abi.h"

/* What the child gets for a descriptor, beside a descriptor of ours. */
enum { SPAWN_INHERIT = -1, SPAWN_MERGE = -2 /* stderr goes where stdout goes */ };

struct spawn {
    const char *const *argv; /* argv[0] without a '/' is looked for on the child's PATH */
    bool shell;              /* argv[0] is a command for the system's shell, and all there is */
    const char *const *env;  /* NULL inherits */
    const char *cwd;         /* NULL inherits; argv[0] with a '/' may be relative to it */
    bool new_session;
    loop_fd std[3]; /* above 2, or SPAWN_* */
};

struct child {
    int64_t pid;
    loop_fd process; /* the system's handle, where it has one beside the number */
};

/* When it returns, the program runs, or there is no child and the error is why. It runs with an
 * empty signal mask, every signal at its default, and no descriptor but its first three. */
int spawn(const struct spawn *spawn, struct child *child);

int child_signal(const struct child *child, int signum);
int child_terminate(const struct child *child); /* politely, where there is a way */
int child_kill(const struct child *child);
/* With `wait` until it has ended; else *ended tells. It is no zombie then, its number is free for
 * others, and its handle closed. *code is its exit code, or minus the number of the signal that killed it. */
int child_reap(const struct child *child, bool wait, bool *ended, int *code);
/* Blocks until the child has ended, and leaves it to be reaped. */
void child_await(const struct child *child);

/* ---- stdio_*.c: descriptors for a child, all of them above 2 and not inherited by others */

int stdio_pipe(bool child_reads, loop_fd *ours, loop_fd *childs);
int stdio_null(loop_fd *fd);
int stdio_copy(loop_fd of, loop_fd *fd);

/* ---- environ_*.c */

char *const *inherited_environment(void);

/* ---- inherit_*.c: in the child, between fork and exec */

void inherit_only_stdio(void);

#endif
