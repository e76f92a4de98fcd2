/* SPDX-License-Identifier: MIT
 *
 * The ways to open a loop on Linux. */
#include "loop.h"

static const struct persona linux_epoll = {
    .variant = {.size = sizeof(struct loop_variant),
                .flags = LOOP_VARIANT_DEFAULT,
                .name = "linux-epoll",
                .kind = "selector",
                .selector = "epoll",
                .platform = "linux",
                .operations = &unix_operations},
    .backend = &backend_epoll,
};

static const struct persona linux_poll = {
    .variant = {.size = sizeof(struct loop_variant),
                .name = "linux-poll",
                .kind = "selector",
                .selector = "poll",
                .platform = "linux",
                .operations = &unix_operations},
    .backend = &backend_poll,
};

static const struct persona linux_select = {
    .variant = {.size = sizeof(struct loop_variant),
                .name = "linux-select",
                .kind = "selector",
                .selector = "select",
                .platform = "linux",
                .operations = &unix_operations},
    .backend = &backend_select,
};

static const struct loop_variant *const variants[] = {
    &linux_epoll.variant,       &linux_poll.variant,        &linux_select.variant,
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
