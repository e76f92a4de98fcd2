/* SPDX-License-Identifier: MIT
 *
 * How does a program start? By fork and exec. Other threads may have held any lock at the fork, so
 * that the child calls nothing but what a signal handler may; all else is made ready before. */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child works with. */
struct plan {
    const struct spawn *spawn;
    const char *const *argv;
    char **paths; /* to be tried in this order; ends with NULL */
    char *const *env;
    int report; /* where errors are written; closed by a successful exec */
};

/* ---- where the program may be */

static const char *search_path(char *const *env)
{
    for (; *env; env++)
        if (strncmp(*env, "PATH=", 5) == 0)
            return *env + 5;
    return "/bin:/usr/bin";
}

/* One block: the pointers, then what they point to. */
static char **paths_of(const char *program, const char *path)
{
    bool is_path = strchr(program, '/') || *program == '\0';
    size_t count = 1, length = strlen(program), used = 0;
    char **paths, *text;

    for (const char *p = path; *p; p++)
        count += *p == ':';
    paths = malloc((count + 1) * sizeof *paths + strlen(path) + count * (length + 3));
    if (!paths)
        return NULL;
    text = (char *)(paths + count + 1);
    if (is_path) {
        paths[used++] = memcpy(text, program, length + 1);
        path = NULL;
    }
    while (path) {
        const char *end = strchr(path, ':');
        size_t part = end ? (size_t)(end - path) : strlen(path);

        paths[used++] = text;
        if (part == 0) /* the working directory */
            *text++ = '.';
        memcpy(text, path, part);
        text[part] = '/';
        memcpy(text + part + 1, program, length + 1);
        text += part + length + 2;
        path = end ? end + 1 : NULL;
    }
    paths[used] = NULL;
    return paths;
}

/* ---- in the child */

static void reset_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t none;

    sigemptyset(&action.sa_mask);
    for (int signum = 1; signum < NSIG; signum++)
        sigaction(signum, &action, NULL); /* some cannot be changed, and were not */
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
}

static int place_stdio(const loop_fd *std)
{
    for (int i = 0; i < 3; i++) {
        int from = std[i] == SPAWN_MERGE ? 1 : (int)std[i];

        if (from >= 0 && dup2(from, i) < 0)
            return errno;
    }
    return 0;
}

/* As execvp does: a place without the program is passed over, one where it may not be run too,
 * unless there is no better. */
static int execute(const struct plan *plan)
{
    int why = ENOENT;

    for (char **path = plan->paths; *path; path++) {
        execve(*path, (char *const *)plan->argv, plan->env);
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
            return errno;
        if (errno == EACCES || !plan->paths[1])
            why = errno;
    }
    return why;
}

static int become(const struct plan *plan)
{
    const struct spawn *spawn = plan->spawn;
    int error;

    if (spawn->new_session)
        setsid();
    error = place_stdio(spawn->std);
    if (error != 0)
        return error;
    if (spawn->cwd && chdir(spawn->cwd) < 0)
        return errno;
    inherit_only_stdio();
    reset_signals();
    return execute(plan);
}

static _Noreturn void run_child(const struct plan *plan)
{
    int error = become(plan);
    ssize_t written;

    do
        written = write(plan->report, &error, sizeof error);
    while (written < 0 && errno == EINTR);
    _exit(127);
}

/* ---- in the parent */

/* No handler of ours is to run in the child before it has been taken away. */
static int fork_child(const struct plan *plan, pid_t *pid)
{
    sigset_t all, before;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    *pid = fork();
    if (*pid == 0)
        run_child(plan);
    error = *pid < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

/* Waits until the program runs, or why not is known. */
static int hear(int report)
{
    int error = 0;
    ssize_t got;

    do
        got = read(report, &error, sizeof error);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof error ? error : 0;
}

static int start(struct plan *plan, struct child *child)
{
    loop_fd report, told;
    int error = stdio_pipe(false, &report, &told), code;
    pid_t pid = -1;
    bool ended;

    if (error != 0)
        return error;
    plan->report = (int)told;
    error = fork_child(plan, &pid);
    close((int)told);
    *child = (struct child){.pid = pid, .process = LOOP_NO_FD};
    if (error == 0) {
        error = hear((int)report);
        if (error != 0)
            child_reap(child, true, &ended, &code);
    }
    close((int)report);
    return error;
}

int spawn(const struct spawn *spawn, struct child *child)
{
    const char *const shell[] = {"/bin/sh", "-c", spawn->argv[0], NULL};
    struct plan plan = {.spawn = spawn,
                        .argv = spawn->shell ? shell : spawn->argv,
                        .env = spawn->env ? (char *const *)spawn->env : inherited_environment()};
    int error;

    plan.paths = paths_of(plan.argv[0], search_path(plan.env));
    if (!plan.paths)
        return ENOMEM;
    error = start(&plan, child);
    free(plan.paths);
    return error;
}

/* ---- a child's later life */

int child_signal(const struct child *child, int signum)
{
    return kill((pid_t)child->pid, signum) < 0 ? errno : 0;
}

int child_terminate(const struct child *child)
{
    return child_signal(child, SIGTERM);
}

int child_kill(const struct child *child)
{
    return child_signal(child, SIGKILL);
}

int child_reap(const struct child *child, bool wait, bool *ended, int *code)
{
    int status = 0;
    pid_t reaped;

    do
        reaped = waitpid((pid_t)child->pid, &status, wait ? 0 : WNOHANG);
    while (reaped < 0 && errno == EINTR);
    *ended = reaped != 0;
    if (reaped < 0)
        return errno;
    if (reaped > 0)
        *code = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    return 0;
}

void child_await(const struct child *child)
{
    siginfo_t info;
    int result;

    do
        result = waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT);
    while (result < 0 && errno == EINTR);
}
