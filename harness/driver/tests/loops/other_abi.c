/* SPDX-License-Identifier: MIT
 *
 * An adapter of an ABI version that this loopcheck does not know. */
#include "loop_abi.h"

static const struct loop_api api = {
    .size = sizeof api, .abi_version = LOOP_ABI_VERSION + 1, .name = "other", .version = "1"};

const struct loop_api *loop_api_v1(void)
{
    return &api;
}
