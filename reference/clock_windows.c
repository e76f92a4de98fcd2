/* SPDX-License-Identifier: MIT
 *
 * asyncio read the coarse tick that the scheduler counts, and reads the finest counter there is from
 * Python 3.13 on. */
#include "system.h"

#include <windows.h>

#define READS_COUNTER UINT32_C(0x030d00)
#define SECOND        INT64_C(1000000000)

static bool reads_counter(uint32_t profile)
{
    return profile == 0 || profile >= READS_COUNTER;
}

static int64_t frequency(void)
{
    LARGE_INTEGER counts;

    QueryPerformanceFrequency(&counts); /* cannot fail, nor can the counter */
    return counts.QuadPart;
}

static int64_t counter(void)
{
    int64_t a_second = frequency();
    LARGE_INTEGER counts;

    QueryPerformanceCounter(&counts);
    return counts.QuadPart / a_second * SECOND + counts.QuadPart % a_second * SECOND / a_second;
}

/* Between two ticks, in nanoseconds. */
static int64_t tick(void)
{
    DWORD adjustment, increment; /* of 100 ns */
    BOOL disabled;

    if (!GetSystemTimeAdjustment(&adjustment, &increment, &disabled) || increment == 0)
        increment = 156250;
    return (int64_t)increment * 100;
}

/* GetTickCount64 cuts each tick's time down to a whole millisecond: what it cut off is put back. */
static int64_t ticked(void)
{
    int64_t length = tick();

    return ((int64_t)GetTickCount64() + 1) * 1000000 / length * length;
}

int64_t clock_now(uint32_t profile)
{
    return reads_counter(profile) ? counter() : ticked();
}

int64_t clock_step(uint32_t profile)
{
    int64_t step = reads_counter(profile) ? SECOND / frequency() : tick();

    return step > 0 ? step : 1;
}
