/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "server.h"

void orphans_adopt(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

void orphans_end_group(int leader)
{
    (void)leader;
}

void orphans_die_with_parent(int parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    /* It may have ended before it was asked for. */
    if (getppid() != parent)
        _exit(1);
}

void orphans_outlive_parent(void)
{
    prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
}
