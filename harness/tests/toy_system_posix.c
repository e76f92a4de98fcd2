/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <time.h>

#include "toy_system.h"

int64_t toy_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int toy_wait(struct toy_watch *watches, size_t count, int milliseconds)
{
    struct pollfd polled[TOY_READERS];
    for (size_t i = 0; i < count; i++)
        polled[i] = (struct pollfd){.fd = (int)watches[i].fd, .events = POLLIN};
    int ready = poll(polled, (nfds_t)count, milliseconds);
    for (size_t i = 0; i < count; i++)
        watches[i].ready = ready > 0 && polled[i].revents != 0;
    return ready >= 0 || errno == EINTR;
}
