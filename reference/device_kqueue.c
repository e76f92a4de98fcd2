/* SPDX-License-Identifier: MIT
 *
 * poll and select call a device without an event of its own ready, or not open; only kqueue says
 * that it has none. */
#include "system.h"

#include <errno.h>
#include <sys/event.h>
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>

bool device_can_wait(loop_fd fd)
{
    struct kevent event;
    int set = kqueue();
    bool refused;

    if (set < 0)
        return true;
    EV_SET(&event, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0, 0, NULL);
    refused = kevent(set, &event, 1, NULL, 0, NULL) < 0 && errno != EBADF;
    close(set);
    return !refused;
}
