/* SPDX-License-Identifier: MIT
 *
 * What loop-asyncio asks of the bridge, when it has found and loaded a Python. */
#ifndef LOOPCHECK_ADAPTER_ASYNCIO_START_H
#define LOOPCHECK_ADAPTER_ASYNCIO_START_H

#include "loop_abi.h"

/* Starts Python as the program `executable` would, and describes the loop that the environment
 * names. `folder` has the package loopcheck_asyncio. NULL after one line on stderr. */
typedef const struct loop_api *(*start_function)(const char *executable, const char *folder);
#define START_SYMBOL "loopcheck_asyncio_start"
LOOP_EXPORT const struct loop_api *loopcheck_asyncio_start(const char *executable,
                                                           const char *folder);

#endif
