/* SPDX-License-Identifier: MIT
 *
 * The ways to open a loop on a BSD. */
#include "loop.h"

static const struct loop_variant *const variants[] = {
    &host_kqueue.variant,       &host_poll.variant,         &host_select.variant,
    &windows_selector.variant,  &windows_proactor.variant,  &macos_kqueue.variant,
    &macos_10_8_kqueue.variant, &macos_10_8_select.variant, &macos_10_8_poll.variant,
};

static const struct loop_api api = {
    .size = sizeof api,
    .abi_version = LOOP_ABI_VERSION,
    .name = "reference",
    .version = REFERENCE_VERSION,
    .flags = LOOP_CLAIMS_ASYNCIO,
    .variant_count = sizeof variants / sizeof *variants,
    .variants = variants,
};

const struct loop_api *loop_api_v1(void)
{
    return &api;
}
