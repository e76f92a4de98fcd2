/* SPDX-License-Identifier: MIT */
#include "system.h"

bool device_can_wait(loop_fd fd)
{
    (void)fd;
    return true;
}
