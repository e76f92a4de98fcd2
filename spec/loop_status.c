/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "loop_rules.h"
#include "loop_status_names.h"

const char *loop_status_name(loop_status status)
{
    static _Thread_local char unknown[sizeof "status -2147483648"];
    for (size_t i = 0; i < loop_status_count; i++) {
        if (loop_status_names[i].status == status)
            return loop_status_names[i].name;
    }
    snprintf(unknown, sizeof unknown, "status %" PRId32, status);
    return unknown;
}
