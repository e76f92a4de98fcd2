/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "check.h"
#include "server.h"

int64_t server_cpu_of(int process)
{
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0)
        return 0;
    return (int64_t)time.tv_sec * SECONDS(1) + time.tv_nsec;
}
