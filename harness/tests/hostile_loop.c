/* SPDX-License-Identifier: MIT
 *
 * The toy loop, spoilt: each variant misbehaves in one way, most of them when a timer is added. The
 * runner must survive each and say which it was. */
#include <stdlib.h>
#include <string.h>

#include "hostile.h"

/* toy_loop.c, compiled under another name of its function. */
const struct loop_api *toy_api_v1(void);

static const struct loop_operations *toy;
static void (*act)(void); /* of the variant that was opened last */

static void act_nothing(void)
{
}

/* Loops whose own operations are spoilt. */
static const struct deed spoilt[] = {
    {"honest", act_nothing},        {"busy-wait", act_nothing},   {"open-fails", act_nothing},
    {"open-crashes", act_nothing},  {"close-fails", act_nothing}, {"close-hangs", act_nothing},
    {"returns-early", act_nothing},
};

enum { MISDEEDS = 64, SPOILT = sizeof spoilt / sizeof *spoilt };

static struct misdeed {
    struct loop_operations operations;
    struct loop_variant variant;
    void (*act)(void);
} misdeeds[MISDEEDS];
static uint32_t misdeed_count;

/* ---- operations */

static loop_status hostile_open(const struct loop_variant *variant,
                                const struct loop_open_options *options, struct loop **loop)
{
    for (size_t i = 0; i < misdeed_count; i++) {
        if (variant == &misdeeds[i].variant)
            act = misdeeds[i].act;
    }
    return toy->open(variant, options, loop);
}

static loop_status hostile_call_later(struct loop *loop, int64_t delay, loop_callback callback,
                                      void *arg, struct loop_handle **handle)
{
    act();
    return toy->call_later(loop, delay, callback, arg, handle);
}

static loop_status open_fails(const struct loop_variant *variant,
                              const struct loop_open_options *options, struct loop **loop)
{
    (void)variant;
    (void)options;
    (void)loop;
    return LOOP_MFILE;
}

static loop_status open_crashes(const struct loop_variant *variant,
                                const struct loop_open_options *options, struct loop **loop)
{
    abort();
    return open_fails(variant, options, loop);
}

static loop_status close_fails(struct loop *loop)
{
    toy->close(loop);
    return LOOP_IO;
}

static loop_status close_hangs(struct loop *loop)
{
    hostile_sleep();
    return toy->close(loop);
}

static int never_closed(struct loop *loop)
{
    (void)loop;
    return 0;
}

static loop_status returns_early(struct loop *loop)
{
    (void)loop;
    return LOOP_OK;
}

static void wait_busily(void *arg)
{
    struct loop *loop = arg;
    toy->call_later(loop, 0, wait_busily, loop, NULL);
}

static loop_status busy_call_later(struct loop *loop, int64_t delay, loop_callback callback,
                                   void *arg, struct loop_handle **handle)
{
    wait_busily(loop);
    return toy->call_later(loop, delay, callback, arg, handle);
}

static void make_variant(const struct deed *deed)
{
    struct misdeed *misdeed = &misdeeds[misdeed_count++];
    struct loop_operations *operations = &misdeed->operations;
    misdeed->act = deed->act;
    *operations = *toy;
    operations->open = hostile_open;
    operations->call_later = hostile_call_later;
    misdeed->variant = *toy_api_v1()->variants[0];
    misdeed->variant.name = deed->name;
    misdeed->variant.operations = operations;
    if (strcmp(deed->name, "open-fails") == 0)
        operations->open = open_fails;
    if (strcmp(deed->name, "open-crashes") == 0)
        operations->open = open_crashes;
    if (strcmp(deed->name, "close-fails") == 0)
        operations->close = close_fails;
    if (strcmp(deed->name, "close-hangs") == 0)
        operations->close = close_hangs;
    if (strcmp(deed->name, "returns-early") == 0)
        operations->run_forever = returns_early;
    if (strcmp(deed->name, "busy-wait") == 0)
        operations->call_later = busy_call_later;
    operations->is_closed = never_closed;
}

const struct loop_api *loop_api_v1(void)
{
    static const struct loop_variant *variants[MISDEEDS];
    static struct loop_api api = {.size = sizeof api,
                                  .abi_version = LOOP_ABI_VERSION,
                                  .name = "hostile",
                                  .version = "1",
                                  .variants = variants};
    toy = toy_api_v1()->variants[0]->operations;
    misdeed_count = 0;
    for (size_t i = 0; i < SPOILT; i++)
        make_variant(&spoilt[i]);
    for (const struct deed *deed = hostile_deeds; deed->name != NULL; deed++)
        make_variant(deed);
    for (uint32_t i = 0; i < misdeed_count; i++)
        variants[i] = &misdeeds[i].variant;
    api.variant_count = misdeed_count;
    return &api;
}
