/* SPDX-License-Identifier: MIT
 *
 * What the page says of the clock on Windows, where coarse ticks count time. */
#include "alarm.h"

#include <inttypes.h>

static void usual_resolution(struct check *c)
{
    const struct loop_rule *rule = check_rule(c, "windows.clock.usual-resolution");
    int64_t resolution = c->ops->clock_resolution(c->loop);

    check_measure(c, "clock-resolution", "ns", resolution);
    check_measure(c, "usual-by-the-page", "ns", rule->typical);
    EXPECT(c, resolution >= rule->min && resolution <= rule->max,
           "clock_resolution() is %" PRId64 " ns; usual are %" PRId64, resolution, rule->typical);
}

/* A finer clock is better than the page promises. */
static void best_resolution(struct check *c)
{
    const struct loop_rule *rule = check_rule(c, "windows.clock.best-resolution");
    int64_t resolution = c->ops->clock_resolution(c->loop);

    check_measure(c, "clock-resolution", "ns", resolution);
    check_measure(c, "best-by-the-page", "ns", rule->min);
    EXPECT(c, resolution > 0 && resolution <= rule->max,
           "clock_resolution() is %" PRId64 " ns, and at most %" PRId64 " is a clock", resolution,
           rule->max);
    if (resolution < rule->min)
        check_exceeds(c, "clock_resolution() is %" PRId64 " ns, finer than the best of %" PRId64,
                      resolution, rule->min);
}

static const struct check_definition definitions[] = {
    {"clock.usual-resolution-on-windows",
     usual_resolution,
     {"windows.clock.usual-resolution"},
     {"clock_resolution"},
     0},
    {"clock.best-resolution-on-windows",
     best_resolution,
     {"windows.clock.best-resolution"},
     {"clock_resolution"},
     0},
};
CHECK_AREA_PART(clock, windows, definitions);
