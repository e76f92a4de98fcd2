/* SPDX-License-Identifier: MIT
 *
 * macOS, FreeBSD, OpenBSD. */
#include "system.h"

#include <pthread.h>
#if __has_include(<pthread_np.h>)
#include <pthread_np.h>
#endif

bool in_main_thread(void)
{
    return pthread_main_np() != 0;
}
