/* SPDX-License-Identifier: MIT */
#include "valgrind.h"

#include <valgrind/memcheck.h>

int64_t valgrind_slowness(void)
{
    return RUNNING_ON_VALGRIND ? 20 : 1;
}

void valgrind_look_for_leaks(void)
{
    VALGRIND_DO_LEAK_CHECK;
}

int32_t valgrind_errors(void)
{
    return (int32_t)VALGRIND_COUNT_ERRORS;
}
