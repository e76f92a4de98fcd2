/* SPDX-License-Identifier: MIT
 *
 * The names of the status values, taken from loop_abi.h by the build. */
#ifndef LOOPCHECK_LOOP_STATUS_NAMES_H
#define LOOPCHECK_LOOP_STATUS_NAMES_H

#include "loop_abi.h"

struct loop_status_entry {
    loop_status status;
    const char *name; /* without LOOP_ */
};

extern const struct loop_status_entry loop_status_names[];
extern const size_t loop_status_count;

#endif
