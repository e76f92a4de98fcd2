/* SPDX-License-Identifier: MIT */
#include "system.h"

#include <time.h>

static int64_t nanoseconds(struct timespec t)
{
    return (int64_t)t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int64_t clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return nanoseconds(now);
}

int64_t clock_step(void)
{
    struct timespec step;

    clock_getres(CLOCK_MONOTONIC, &step);
    return nanoseconds(step) > 0 ? nanoseconds(step) : 1;
}
