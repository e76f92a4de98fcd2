/* SPDX-License-Identifier: MIT
 *
 * What the loop asks of the system's way to wait for descriptors. One file a backend. */
#ifndef REFERENCE_BACKEND_H
#define REFERENCE_BACKEND_H

#include <stdint.h>

#include "loop_abi.h"

enum { WATCH_READ = 1, WATCH_WRITE = 2 };

struct backend {
    /* Makes loop->backend_state; the loop's wakeup is open already and is always watched. */
    loop_status (*open)(struct loop *loop);
    void (*close)(struct loop *loop);

    /* Watches `fd` for `wanted`, WATCH_READ | WATCH_WRITE, where it was watched for `had`; 0 is not
     * at all, and must succeed. The table of descriptors changes after it. */
    loop_status (*watch)(struct loop *loop, loop_fd fd, unsigned had, unsigned wanted);

    /* Waits for events, or `timeout` nanoseconds at most; negative is for ever. Never ends early
     * but for an event or a signal. Calls descriptors_ready for each descriptor that has events. */
    loop_status (*wait)(struct loop *loop, int64_t timeout);
};

extern const struct backend backend_epoll;
extern const struct backend backend_kqueue;
extern const struct backend backend_poll;
extern const struct backend backend_select;
extern const struct backend backend_iocp;

#endif
