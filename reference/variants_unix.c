/* SPDX-License-Identifier: MIT
 *
 * The ways to open a loop on any other Unix. CMake defines HOST_PLATFORM: "macos", "freebsd"... */
#include "loop.h"

static const struct persona unix_poll = {
    .variant = {.size = sizeof(struct loop_variant),
                .flags = LOOP_VARIANT_DEFAULT,
                .name = HOST_PLATFORM "-poll",
                .kind = "selector",
                .selector = "poll",
                .platform = HOST_PLATFORM,
                .operations = &unix_operations},
    .backend = &backend_poll,
};

static const struct persona unix_select = {
    .variant = {.size = sizeof(struct loop_variant),
                .name = HOST_PLATFORM "-select",
                .kind = "selector",
                .selector = "select",
                .platform = HOST_PLATFORM,
                .operations = &unix_operations},
    .backend = &backend_select,
};

static const struct loop_variant *const variants[] = {
    &unix_poll.variant,         &unix_select.variant,     &windows_selector.variant,
    &windows_proactor.variant,  &macos_kqueue.variant,    &macos_10_8_kqueue.variant,
    &macos_10_8_select.variant, &macos_10_8_poll.variant,
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
