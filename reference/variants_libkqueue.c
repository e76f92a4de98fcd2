/* SPDX-License-Identifier: MIT
 *
 * The one way to open a loop on Linux by libkqueue. A module of its own: the library starts threads
 * and has handlers of forks, which must not come with any other loop. */
#include "loop.h"

static const struct loop_variant *const variants[] = {
    &host_kqueue.variant,
};

static const struct loop_api api = {
    .size = sizeof api,
    .abi_version = LOOP_ABI_VERSION,
    .name = "libkqueue",
    .version = REFERENCE_VERSION,
    .flags = LOOP_CLAIMS_ASYNCIO,
    .variant_count = sizeof variants / sizeof *variants,
    .variants = variants,
};

const struct loop_api *loop_api_v1(void)
{
    return &api;
}
