/* SPDX-License-Identifier: MIT */
#include <libproc.h>
#include <mach/mach_time.h>

#include "server.h"

/* The kernel counts in ticks of its own, whose length a processor decides. */
int64_t server_cpu_of(int process)
{
    struct proc_taskinfo info;
    mach_timebase_info_data_t tick = {0, 0};
    if (proc_pidinfo(process, PROC_PIDTASKINFO, 0, &info, sizeof info) != (int)sizeof info)
        return 0;
    if (mach_timebase_info(&tick) != 0 || tick.denom == 0)
        return 0;
    return (int64_t)((info.pti_total_user + info.pti_total_system) * tick.numer / tick.denom);
}
