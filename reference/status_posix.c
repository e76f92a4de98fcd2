/* SPDX-License-Identifier: MIT */
#include "system.h"

#include "loop_errno.h"

/* Who asks has failed, also where the system left no errno. */
loop_status status_of(int os_error)
{
    return os_error == 0 ? LOOP_FAILED : loop_status_of_errno(os_error);
}
