/* SPDX-License-Identifier: MIT
 *
 * Where the process itself runs without some of its first three descriptors, the system gives their
 * numbers to whatever is opened next. What is meant for a child is moved away from there. */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* On failure it is closed, and *fd is negative. */
static int move_up(int *fd)
{
    int moved, error = 0;

    if (*fd > 2) {
        fcntl(*fd, F_SETFD, FD_CLOEXEC);
        return 0;
    }
    moved = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
    if (moved < 0)
        error = errno;
    close(*fd);
    *fd = moved;
    return error;
}

int stdio_pipe(bool child_reads, loop_fd *ours, loop_fd *childs)
{
    int ends[2], error, other, mine = child_reads;

    if (pipe(ends) < 0)
        return errno;
    error = move_up(&ends[0]);
    other = move_up(&ends[1]);
    if (error == 0)
        error = other;
    if (error != 0) {
        for (int i = 0; i < 2; i++)
            if (ends[i] >= 0)
                close(ends[i]);
        return error;
    }
    *ours = ends[mine];
    *childs = ends[1 - mine];
    return 0;
}

int stdio_null(loop_fd *fd)
{
    int opened = open("/dev/null", O_RDWR | O_CLOEXEC);
    int error = opened < 0 ? errno : move_up(&opened);

    if (error == 0)
        *fd = opened;
    return error;
}

int stdio_copy(loop_fd of, loop_fd *fd)
{
    int copy = fcntl((int)of, F_DUPFD_CLOEXEC, 3);

    if (copy < 0)
        return errno;
    *fd = copy;
    return 0;
}
