/* SPDX-License-Identifier: MIT
 *
 * The handles that a loop takes for itself. */
#include "scene_windows.h"

static void stop_loop(void *loop_and_check)
{
    void **both = loop_and_check;

    ((struct check *)both[1])->ops->stop(both[0]);
}

/* With one iteration, in which a loop takes what it does not take in open. */
static void open_and_close(struct check *c)
{
    const struct loop_open_options options = {.size = sizeof options, .profile = c->profile};
    struct loop *loop = NULL;
    void *both[2];

    EXPECT_STATUS(c, "open", c->ops->open(c->variant, &options, &loop), LOOP_OK);
    both[0] = loop;
    both[1] = c;
    NEED_OK(c, "call_soon", c->ops->call_soon(loop, stop_loop, both, NULL));
    EXPECT_STATUS(c, "run_forever", c->ops->run_forever(loop), LOOP_OK);
    EXPECT_STATUS(c, "close", c->ops->close(loop), LOOP_OK);
    c->ops->free(loop);
}

/* What the system opens once for the process is there after the first few. */
static void open_close_leaks_nothing(struct check *c)
{
    int before;

    for (int i = 0; i < 5; i++)
        open_and_close(c);
    before = scene_count_handles();
    for (int i = 0; i < 100; i++)
        open_and_close(c);
    EXPECT_INT(c, "handles open after 100 more loops were closed and freed", scene_count_handles(),
               before);
}

static const struct check_definition definitions[] = {
    {.id = "lifecycle.open-close-leaks-nothing",
     .run = open_close_leaks_nothing,
     .rules = {"lifecycle.open-close-leaks-nothing"}},
};

CHECK_AREA_PART(lifecycle, open, definitions);
