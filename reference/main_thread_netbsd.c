/* SPDX-License-Identifier: MIT
 *
 * NetBSD from 10 on: the first thread's number is its process's. */
#include "system.h"

#include <lwp.h>
#include <unistd.h>

bool in_main_thread(void)
{
    return _lwp_self() == (lwpid_t)getpid();
}
