/* SPDX-License-Identifier: MIT
 *
 * Tables that are none; which one is chosen when this is compiled. */
#include <stdlib.h>

#include "loop_abi.h"

enum {
    NO_SYMBOL,
    NULL_TABLE,
    OTHER_VERSION,
    SMALL_TABLE,
    NO_VARIANTS,
    NO_OPERATIONS,
    NO_OPEN,
    SAME_NAMES,
    EMPTY_NAME,
    OTHER_KIND,
    CRASHES,
    EXITS
};

#if CASE == 0
LOOP_EXPORT int no_loop_here(void);
int no_loop_here(void)
{
    return 0;
}
#else

static struct loop_operations operations = {.size = sizeof operations};
static struct loop_variant first = {.size = sizeof first,
                                    .name = "one",
                                    .kind = "selector",
                                    .selector = "poll",
                                    .platform = "linux",
                                    .operations = &operations};
static struct loop_variant second;
static const struct loop_variant *variants[] = {&first, &second};
static struct loop_api api = {.size = sizeof api,
                              .abi_version = LOOP_ABI_VERSION,
                              .name = "none",
                              .version = "1",
                              .variant_count = 2,
                              .variants = variants};

static void do_nothing(struct loop *loop)
{
    (void)loop;
}

static loop_status refuse(struct loop *loop)
{
    (void)loop;
    return LOOP_FAILED;
}

static loop_status refuse_open(const struct loop_variant *variant,
                               const struct loop_open_options *options, struct loop **loop)
{
    (void)variant;
    (void)options;
    (void)loop;
    return LOOP_FAILED;
}

static loop_status refuse_call(struct loop *loop, loop_callback callback, void *arg,
                               struct loop_handle **handle)
{
    (void)loop;
    (void)callback;
    (void)arg;
    (void)handle;
    return LOOP_FAILED;
}

static void spoil(int how)
{
    if (how == OTHER_VERSION)
        api.abi_version = 99;
    if (how == SMALL_TABLE)
        api.size = 12;
    if (how == NO_VARIANTS)
        api.variant_count = 0;
    if (how == NO_OPERATIONS)
        first.operations = NULL;
    if (how == NO_OPEN)
        operations.open = NULL;
    if (how == EMPTY_NAME)
        second.name = "";
    if (how == OTHER_KIND)
        first.kind = "selektor";
    if (how == CRASHES)
        abort();
    if (how == EXITS)
        _Exit(0);
}

const struct loop_api *loop_api_v1(void)
{
    operations.open = refuse_open;
    operations.close = refuse;
    operations.free = do_nothing;
    operations.run_forever = refuse;
    operations.stop = do_nothing;
    operations.call_soon = refuse_call;
    second = first;
    spoil(CASE);
    return CASE == NULL_TABLE ? NULL : &api;
}
#endif
