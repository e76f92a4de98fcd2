/* SPDX-License-Identifier: MIT
 *
 * The ways to open a loop on Windows. Other platforms are not imitated here: their loops watch what
 * no loop on Windows can. */
#include "iocp_windows.h"

/* The default from Python 3.8 on; before, it was the selector. */
const struct persona windows_proactor = {
    .variant = {.size = sizeof(struct loop_variant),
                .flags = LOOP_VARIANT_DEFAULT,
                .name = "windows-proactor",
                .kind = "proactor",
                .selector = "iocp",
                .platform = "windows",
                .operations = &windows_proactor_operations},
    .backend = &backend_iocp,
    .io = &io_iocp,
};

const struct persona windows_selector = {
    .variant = {.size = sizeof(struct loop_variant),
                .name = "windows-selector",
                .kind = "selector",
                .selector = "select",
                .platform = "windows",
                .operations = &windows_selector_operations},
    .backend = &backend_select,
};

static const struct loop_variant *const variants[] = {&windows_selector.variant,
                                                      &windows_proactor.variant};

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
