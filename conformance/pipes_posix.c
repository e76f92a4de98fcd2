/* SPDX-License-Identifier: MIT */
#include <signal.h>

#include "pipes.h"

static void restore_signal(void *before)
{
    sigaction(SIGPIPE, before, NULL);
}

void pipes_ignore_signal(struct check *c)
{
    struct sigaction *before = check_alloc(c, sizeof *before);
    const struct sigaction ignore = {.sa_handler = SIG_IGN};

    sigaction(SIGPIPE, &ignore, before);
    /* What a loop ignores while it is open is the loop's to restore. */
    if (before->sa_handler != SIG_IGN)
        check_at_end(c, restore_signal, before);
}
