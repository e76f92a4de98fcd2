/* SPDX-License-Identifier: MIT
 *
 * What faults need of the OS. */
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "fault.h"

void fault_close_descriptor(loop_fd fd)
{
    close((int)fd);
}

int fault_descriptor_is_open(loop_fd fd)
{
    return fcntl((int)fd, F_GETFD) >= 0;
}

void fault_inherit_descriptors(void)
{
    for (int fd = 3; fd < 256; fd++) {
        int flags = fcntl(fd, F_GETFD);

        if (flags >= 0)
            fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
    }
}

void fault_at_fork(void (*in_parent)(void), void (*in_child)(void))
{
    pthread_atfork(NULL, in_parent, in_child);
}
