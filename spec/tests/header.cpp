// SPDX-License-Identifier: MIT
//
// The public headers stand alone in C++ too, and offer what a loop and a user of one need.
#include "loop_abi.h"
#include "loop_errno.h"

#include "loop_rules.h"

static loop_status run_forever(struct loop *)
{
    return LOOP_OK;
}

static loop_operations make_operations()
{
    loop_operations operations = {};
    operations.size = sizeof operations;
    operations.run_forever = run_forever;
    return operations;
}

extern "C" const struct loop_api *loop_api_v1(void)
{
    static const loop_operations operations = make_operations();
    static const loop_variant variant = {
        sizeof variant, LOOP_VARIANT_DEFAULT, "none", "selector", "none", "none",
        nullptr,        &operations};
    static const loop_variant *const variants[] = {&variant};
    static const loop_api api = {sizeof api, LOOP_ABI_VERSION, "none", "0", 0, 1, variants, 0};
    return LOOP_PROVIDES(&operations, run_forever) ? &api : nullptr;
}
