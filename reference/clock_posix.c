/* SPDX-License-Identifier: MIT */
#include "system.h"

#include <time.h>

static int64_t nanoseconds(struct timespec t)
{
    return (int64_t)t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int64_t clock_now(uint32_t profile)
{
    struct timespec now;

    (void)profile; /* it has been the same in all of them */
    clock_gettime(CLOCK_MONOTONIC, &now);
    return nanoseconds(now);
}

int64_t clock_step(uint32_t profile)
{
    struct timespec step;

    (void)profile;
    clock_getres(CLOCK_MONOTONIC, &step);
    return nanoseconds(step) > 0 ? nanoseconds(step) : 1;
}
