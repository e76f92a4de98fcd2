/* SPDX-License-Identifier: MIT
 *
 * The operations of the ABI by name. */
#ifndef LOOPCHECK_OPERATIONS_H
#define LOOPCHECK_OPERATIONS_H

#include <stdbool.h>

#include "loop_abi.h"

/* Whether `name` is an operation of the ABI at all. */
bool operations_known(const char *name);

/* Whether the table, of any size, has the operation. */
bool operations_provide(const struct loop_operations *operations, const char *name);

/* The first of the least that can be judged which the table lacks, or NULL. */
const char *operations_missing(const struct loop_operations *operations);

/* A table of this header's size: what the loop's own is too short for is NULL. */
struct loop_operations operations_whole(const struct loop_operations *operations);

#endif
