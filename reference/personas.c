/* SPDX-License-Identifier: MIT
 *
 * Other platforms' loops, imitated: the host waits, by poll, which takes whatever can be watched
 * anywhere, and the rules of that platform refuse. */
#include "loop.h"

/* Windows' default from Python 3.8 on; before, it was the selector. */
const struct persona windows_proactor = {
    .variant = {.size = sizeof(struct loop_variant),
                .flags = LOOP_VARIANT_EMULATED | LOOP_VARIANT_DEFAULT,
                .name = "windows-proactor",
                .kind = "proactor",
                .selector = "iocp",
                .platform = "windows",
                .operations = &windows_proactor_operations},
    .backend = &backend_poll,
};

const struct persona windows_selector = {
    .variant = {.size = sizeof(struct loop_variant),
                .flags = LOOP_VARIANT_EMULATED,
                .name = "windows-selector",
                .kind = "selector",
                .selector = "select",
                .platform = "windows",
                .operations = &windows_selector_operations},
    .backend = &backend_poll,
};

const struct persona macos_kqueue = {
    .variant = {.size = sizeof(struct loop_variant),
                .flags = LOOP_VARIANT_EMULATED | LOOP_VARIANT_DEFAULT,
                .name = "macos-kqueue",
                .kind = "selector",
                .selector = "kqueue",
                .platform = "macos",
                .operations = &unix_operations},
    .backend = &backend_poll,
};

const struct persona macos_10_8_kqueue = {
    .variant = {.size = sizeof(struct loop_variant),
                .flags = LOOP_VARIANT_EMULATED | LOOP_VARIANT_DEFAULT,
                .name = "macos-10.8-kqueue",
                .kind = "selector",
                .selector = "kqueue",
                .platform = "macos",
                .platform_version = "10.8",
                .operations = &unix_operations},
    .backend = &backend_poll,
};

const struct persona macos_10_8_select = {
    .variant = {.size = sizeof(struct loop_variant),
                .flags = LOOP_VARIANT_EMULATED,
                .name = "macos-10.8-select",
                .kind = "selector",
                .selector = "select",
                .platform = "macos",
                .platform_version = "10.8",
                .operations = &unix_operations},
    .backend = &backend_poll,
};

const struct persona macos_10_8_poll = {
    .variant = {.size = sizeof(struct loop_variant),
                .flags = LOOP_VARIANT_EMULATED,
                .name = "macos-10.8-poll",
                .kind = "selector",
                .selector = "poll",
                .platform = "macos",
                .platform_version = "10.8",
                .operations = &unix_operations},
    .backend = &backend_poll,
};
