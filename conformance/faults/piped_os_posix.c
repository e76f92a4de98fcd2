/* SPDX-License-Identifier: MIT
 *
 * What the faults of pipes and children need of the OS. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "piped.h"

void piped_reap_strangers(void)
{
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
}

void piped_leave_zombie(void)
{
    pid_t pid = fork();
    siginfo_t ended;

    if (pid == 0)
        _exit(0);
    waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOWAIT);
}

/* A pipe and a FIFO are told apart by where they live. */
static bool is_fifo(const struct stat *status)
{
    int fds[2];
    struct stat pipes;
    bool other = false;

    if (pipe(fds) != 0)
        return false;
    other = fstat(fds[0], &pipes) == 0 && pipes.st_dev != status->st_dev;
    close(fds[0]);
    close(fds[1]);
    return other;
}

char piped_kind(loop_fd fd)
{
    struct stat status;

    if (fstat((int)fd, &status) != 0)
        return '-';
    if (S_ISFIFO(status.st_mode))
        return is_fifo(&status) ? 'f' : 'p';
    return S_ISSOCK(status.st_mode)  ? 's'
           : S_ISCHR(status.st_mode) ? 'c'
           : S_ISDIR(status.st_mode) ? 'd'
                                     : 'r';
}

size_t piped_read(loop_fd fd, void *data, size_t size)
{
    ssize_t got = read((int)fd, data, size);

    return got > 0 ? (size_t)got : 0;
}

void piped_occupy(loop_fd fd)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null >= 0 && null != (int)fd) {
        dup2(null, (int)fd);
        close(null);
    }
}

loop_fd piped_hidden_copy(loop_fd fd)
{
    return fcntl((int)fd, F_DUPFD_CLOEXEC, 700);
}

void piped_unset_nonblocking(loop_fd fd)
{
    fcntl((int)fd, F_SETFL, fcntl((int)fd, F_GETFL) & ~O_NONBLOCK);
}

void piped_break_pipe(void)
{
    raise(SIGPIPE);
}

bool piped_has_no_reader(loop_fd fd)
{
    struct pollfd entry = {.fd = (int)fd};

    return poll(&entry, 1, 0) > 0 && (entry.revents & POLLERR) != 0;
}

int64_t piped_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
