/* SPDX-License-Identifier: MIT */
#include "machine.h"

int64_t machine_delay(int64_t process)
{
    (void)process;
    return 0;
}
