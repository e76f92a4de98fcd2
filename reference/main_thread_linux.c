/* SPDX-License-Identifier: MIT */
#include "system.h"

#include <sys/syscall.h>
#include <unistd.h>

bool in_main_thread(void)
{
    return syscall(SYS_gettid) == getpid();
}
