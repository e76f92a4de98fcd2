/* SPDX-License-Identifier: MIT */
#include "pipes.h"

void pipes_ignore_signal(struct check *c)
{
    /* Windows has none for it. */
    (void)c;
}
