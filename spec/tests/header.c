/* SPDX-License-Identifier: MIT
 *
 * The public headers stand alone, and offer what a loop and a user of one need. */
#include "loop_abi.h"
#include "loop_errno.h"
#include "loop_rules.h"

static loop_status run_forever(struct loop *loop)
{
    (void)loop;
    return LOOP_OK;
}

static const struct loop_operations operations = {
    .size = sizeof operations,
    .run_forever = run_forever,
};
static const struct loop_variant variant = {
    .size = sizeof variant,
    .name = "none",
    .kind = "selector",
    .selector = "none",
    .platform = "none",
    .operations = &operations,
};
static const struct loop_variant *const variants[] = {&variant};
static const struct loop_api api = {
    .size = sizeof api,
    .abi_version = LOOP_ABI_VERSION,
    .name = "none",
    .version = "0",
    .variant_count = 1,
    .variants = variants,
};

const struct loop_api *loop_api_v1(void)
{
    return LOOP_PROVIDES(variants[0]->operations, run_forever) ? &api : NULL;
}
