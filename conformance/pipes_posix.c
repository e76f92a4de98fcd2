/* SPDX-License-Identifier: MIT */
#include <signal.h>

#include "pipes.h"

static void restore_signal(void *arg)
{
    (void)arg;
    signal(SIGPIPE, SIG_DFL);
}

void pipes_ignore_signal(struct check *c)
{
    signal(SIGPIPE, SIG_IGN);
    check_at_end(c, restore_signal, NULL);
}
