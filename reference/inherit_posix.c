/* SPDX-License-Identifier: MIT */
#include "spawn.h"

#include <fcntl.h>
#include <unistd.h>

/* They are closed by exec: the one that tells of its failure is among them. */
void inherit_only_stdio(void)
{
    int count = getdtablesize();

    for (int fd = 3; fd < count; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
}
