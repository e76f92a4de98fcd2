/* SPDX-License-Identifier: MIT
 *
 * What a check asks of a POSIX system about children. */
#include "scene_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MUST(c, condition, what) EXPECT(c, condition, "%s: %s", (what), strerror(errno))

const char child_prints_20000[] =
    "i=0; while [ $i -lt 1000 ]; do echo 1234567890123456789; i=$((i+1)); done";

void child_shell_line(struct check *c, const char *script, const char *argv[4])
{
    (void)c;
    argv[0] = "/bin/sh";
    argv[1] = "-c";
    argv[2] = script;
    argv[3] = NULL;
}

/* ---- our own standard descriptors */

static int kept_standard[3] = {-1, -1, -1};
static bool replaced;

static void restore_standard(void *arg)
{
    (void)arg;
    for (int i = 0; replaced && i < 3; i++) {
        if (kept_standard[i] >= 0) {
            dup2(kept_standard[i], i);
            close(kept_standard[i]);
        } else {
            close(i);
        }
    }
    replaced = false;
}

void child_replace_standard(struct check *c, const loop_fd fds[3])
{
    EXPECT(c, !replaced, "the standard descriptors are replaced already");
    check_at_end(c, restore_standard, NULL);
    for (int i = 0; i < 3; i++)
        kept_standard[i] = fcntl(i, F_DUPFD_CLOEXEC, 100);
    replaced = true;
    for (int i = 0; i < 3; i++) {
        if (fds[i] == LOOP_NO_FD)
            close(i);
        else
            MUST(c, dup2((int)fds[i], i) == i, "dup2");
    }
}

void child_restore_standard(struct check *c)
{
    (void)c;
    restore_standard(NULL);
}

/* ---- processes */

bool child_any_left(void)
{
    siginfo_t information;

    return waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT) == 0;
}

void child_kill_stray(struct check *c, int64_t pid)
{
    siginfo_t information;

    if (waitid(P_PID, (id_t)pid, &information, WEXITED | WNOHANG | WNOWAIT) != 0)
        return; /* no child of ours, or none any more */
    kill((pid_t)pid, SIGKILL);
    MUST(c, waitpid((pid_t)pid, NULL, 0) == (pid_t)pid || errno == ECHILD, "waitpid");
}

int child_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}
