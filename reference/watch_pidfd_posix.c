/* SPDX-License-Identifier: MIT */
#include "watch.h"

static bool usable(void)
{
    return false;
}

const struct watcher watcher_pidfd = {.usable = usable};
