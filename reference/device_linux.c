/* SPDX-License-Identifier: MIT
 *
 * poll and select call a device without a poll operation ready; only epoll says that it has none.
 */
#include "system.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

bool device_can_wait(loop_fd fd)
{
    struct epoll_event event = {.events = EPOLLIN};
    int set = epoll_create1(EPOLL_CLOEXEC);
    bool refused;

    if (set < 0)
        return true;
    refused = epoll_ctl(set, EPOLL_CTL_ADD, (int)fd, &event) < 0 && errno == EPERM;
    close(set);
    return !refused;
}
