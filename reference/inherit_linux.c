/* SPDX-License-Identifier: MIT */
#include "spawn.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

/* They are closed by exec: the one that tells of its failure is among them. */
void inherit_only_stdio(void)
{
    struct rlimit limit;

    if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
        return;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    for (int fd = 3; (rlim_t)fd < limit.rlim_cur; fd++) /* Linux before 5.11 */
        fcntl(fd, F_SETFD, FD_CLOEXEC);
}
