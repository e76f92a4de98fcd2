/* SPDX-License-Identifier: MIT
 *
 * What a system with kqueue has itself. CMake defines HOST_PLATFORM: "macos", "freebsd"... */
#include "loop.h"

const struct persona host_kqueue = {
    .variant = {.size = sizeof(struct loop_variant),
                .flags = LOOP_VARIANT_DEFAULT,
                .name = HOST_PLATFORM "-kqueue",
                .kind = "selector",
                .selector = "kqueue",
                .platform = HOST_PLATFORM,
                .operations = &unix_operations},
    .backend = &backend_kqueue,
};

const struct persona host_poll = {
    .variant = {.size = sizeof(struct loop_variant),
                .name = HOST_PLATFORM "-poll",
                .kind = "selector",
                .selector = "poll",
                .platform = HOST_PLATFORM,
                .operations = &unix_operations},
    .backend = &backend_poll,
};

const struct persona host_select = {
    .variant = {.size = sizeof(struct loop_variant),
                .name = HOST_PLATFORM "-select",
                .kind = "selector",
                .selector = "select",
                .platform = HOST_PLATFORM,
                .operations = &unix_operations},
    .backend = &backend_select,
};
