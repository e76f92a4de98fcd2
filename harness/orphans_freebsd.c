/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/procctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

void orphans_adopt(void)
{
    procctl(P_PID, (id_t)getpid(), PROC_REAP_ACQUIRE, NULL);
}

void orphans_end_group(int leader)
{
    (void)leader;
}

static void set_death_signal(int number)
{
    procctl(P_PID, 0, PROC_PDEATHSIG_CTL, &number);
}

void orphans_die_with_parent(int parent)
{
    set_death_signal(SIGKILL);
    /* It may have ended before it was asked for. */
    if (getppid() != parent)
        _exit(1);
}

void orphans_outlive_parent(void)
{
    set_death_signal(0);
}
