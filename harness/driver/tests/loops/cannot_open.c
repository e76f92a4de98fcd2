/* SPDX-License-Identifier: MIT
 *
 * A loop that is right in form and cannot be opened. */
#include "loop_abi.h"

static loop_status refuse(const struct loop_variant *variant,
                          const struct loop_open_options *options, struct loop **loop)
{
    (void)variant;
    (void)options;
    (void)loop;
    return LOOP_NOSPC;
}

static loop_status fail(struct loop *loop)
{
    (void)loop;
    return LOOP_FAILED;
}

static void nothing(struct loop *loop)
{
    (void)loop;
}

static loop_status call_soon(struct loop *loop, loop_callback callback, void *arg,
                             struct loop_handle **handle)
{
    (void)callback;
    (void)arg;
    (void)handle;
    return fail(loop);
}

static const struct loop_operations operations = {.size = sizeof operations,
                                                  .open = refuse,
                                                  .close = fail,
                                                  .free = nothing,
                                                  .run_forever = fail,
                                                  .stop = nothing,
                                                  .call_soon = call_soon};

static const struct loop_variant variant = {.size = sizeof variant,
                                            .flags = LOOP_VARIANT_DEFAULT,
                                            .name = "plain",
                                            .kind = "selector",
                                            .selector = "none",
                                            .platform = "linux",
                                            .operations = &operations};

static const struct loop_variant *const variants[] = {&variant};

static const struct loop_api api = {.size = sizeof api,
                                    .abi_version = LOOP_ABI_VERSION,
                                    .name = "shut",
                                    .version = "1",
                                    .variant_count = 1,
                                    .variants = variants};

const struct loop_api *loop_api_v1(void)
{
    return &api;
}
