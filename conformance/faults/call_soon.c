/* SPDX-License-Identifier: MIT
 *
 * Loops that call callbacks in another order, another time, or with another argument. */
#include <stdlib.h>

#include "forward.h"

static const struct loop_operations *inner;

/* ---- order and number */

static struct forward *hundredth_but_one;

static void swap_payloads(struct forward *a, struct forward *b)
{
    loop_callback callback = a->callback;
    void *arg = a->arg;

    a->callback = b->callback;
    a->arg = b->arg;
    b->callback = callback;
    b->arg = arg;
}

static loop_status soon_swapped(struct loop *loop, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    struct forward *f = forward_new(loop, callback, arg, forward_run);

    if (f->number == 99)
        hundredth_but_one = f;
    if (f->number == 100 && hundredth_but_one->state == FORWARD_PENDING)
        swap_payloads(f, hundredth_but_one);
    return forward_soon(inner, f, handle);
}

static void spoil_swaps(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon_swapped;
}

static void turn_again(struct forward *f)
{
    f->turn = forward_run;
    inner->call_soon(f->loop, forward_call, f, NULL);
}

static _Thread_local bool opens_loops;

static loop_status open_noted(const struct loop_variant *variant,
                              const struct loop_open_options *options, struct loop **loop)
{
    opens_loops = true;
    return inner->open(variant, options, loop);
}

/* What the loop's own thread posts takes one iteration more. */
static loop_status threadsafe_late(struct loop *loop, loop_callback callback, void *arg,
                                   struct loop_handle **handle)
{
    void (*turn)(struct forward *) = opens_loops ? turn_again : forward_run;

    return forward_threadsafe(inner, forward_new(loop, callback, arg, turn), handle);
}

static void spoil_own_posts_late(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->open = open_noted;
    spoilt->call_soon_threadsafe = threadsafe_late;
}

static void turn_twice(struct forward *f)
{
    forward_run(f);
    turn_again(f);
}

static loop_status soon_sometimes_twice(struct loop *loop, loop_callback callback, void *arg,
                                        struct loop_handle **handle)
{
    struct forward *f = forward_new(loop, callback, arg, forward_run);

    if (f->number == 700)
        f->turn = turn_twice;
    return forward_soon(inner, f, handle);
}

static void spoil_repeats(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon_sometimes_twice;
}

static void turn_never(struct forward *f)
{
    f->state = FORWARD_RAN;
}

static loop_status soon_until_full(struct loop *loop, loop_callback callback, void *arg,
                                   struct loop_handle **handle)
{
    struct forward *f = forward_new(loop, callback, arg, forward_run);

    if (f->number == 10000)
        f->turn = turn_never;
    return forward_soon(inner, f, handle);
}

static void spoil_overflows(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon_until_full;
}

static struct forward *last;

/* The second of two equal calls from one callback. */
static loop_status soon_or_at_once(struct loop *loop, loop_callback callback, void *arg,
                                   struct loop_handle **handle)
{
    struct forward *running = forward_running();
    bool again = running != NULL && last != NULL && last->callback == callback &&
                 last->arg == arg && running->callback == callback && handle == NULL &&
                 running->number == last->number - 1;

    last = forward_new(loop, callback, arg, forward_run);
    if (!again)
        return forward_soon(inner, last, handle);
    callback(arg);
    return LOOP_OK;
}

static void spoil_at_once(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon_or_at_once;
}

static loop_status soon_with_less(struct loop *loop, loop_callback callback, void *arg,
                                  struct loop_handle **handle)
{
    uintptr_t low = (uintptr_t)arg & (UINTPTR_MAX / 2);

    return inner->call_soon(loop, callback, (void *)low, handle);
}

static void spoil_argument(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon_with_less;
}

static int runs;
static bool running;

static loop_status run_counted(struct loop *loop)
{
    loop_status status;

    runs++;
    running = true;
    status = inner->run_forever(loop);
    running = false;
    return status;
}

static loop_status soon_in_few_runs(struct loop *loop, loop_callback callback, void *arg,
                                    struct loop_handle **handle)
{
    if (!running && runs == 30 && handle == NULL)
        return LOOP_OK;
    return inner->call_soon(loop, callback, arg, handle);
}

static void spoil_forgets_between_runs(struct loop_operations *spoilt,
                                       const struct loop_operations *own)
{
    inner = own;
    spoilt->run_forever = run_counted;
    spoilt->call_soon = soon_in_few_runs;
}

/* ---- iterations: what a callback registers runs at once behind it, `depth` times in a row */

static int depth, depth_limit;
static struct forward *chained;

static void turn_and_chained(struct forward *f)
{
    forward_run(f);
    while (chained != NULL && depth < depth_limit) {
        struct forward *next = chained;

        chained = NULL;
        depth++;
        forward_call(next);
    }
    if (chained != NULL)
        inner->call_soon(chained->loop, forward_call, chained, NULL);
    chained = NULL;
    depth = 0;
}

/* Only where a callback registers itself, and nothing else waits in this iteration. */
static loop_status soon_chained(struct loop *loop, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    struct forward *f = forward_new(loop, callback, arg, turn_and_chained);
    struct forward *before = forward_running();

    if (handle != NULL || chained != NULL || before == NULL || before->callback != callback)
        return forward_soon(inner, f, handle);
    f->turn = forward_run;
    chained = f;
    return LOOP_OK;
}

static void spoil_starves(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    depth_limit = 2000000000;
    spoilt->call_soon = soon_chained;
}

static void spoil_rarely_looks(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    depth_limit = 20;
    spoilt->call_soon = soon_chained;
}

/* ---- callbacks that wait for another event: held from a callback of the one kind, and let go in
 * the next callback of that kind */

static struct forward *held;
static bool holding;

static void let_go(void)
{
    if (held != NULL)
        inner->call_soon(held->loop, forward_call, held, NULL);
    held = NULL;
}

static void turn_holding(struct forward *f)
{
    let_go();
    holding = true;
    forward_run(f);
    holding = false;
}

static loop_status soon_held(struct loop *loop, loop_callback callback, void *arg,
                             struct loop_handle **handle)
{
    if (!holding || held != NULL || handle != NULL)
        return inner->call_soon(loop, callback, arg, handle);
    held = forward_new(loop, callback, arg, forward_run);
    return LOOP_OK;
}

static loop_callback read_callback;
static void *read_arg;

static void read_holding(void *arg)
{
    (void)arg;
    let_go();
    holding = true;
    read_callback(read_arg);
    holding = false;
}

static loop_status add_reader_holding(struct loop *loop, loop_fd fd, loop_callback callback,
                                      void *arg)
{
    if (read_callback != NULL)
        return inner->add_reader(loop, fd, callback, arg);
    read_callback = callback;
    read_arg = arg;
    return inner->add_reader(loop, fd, read_holding, NULL);
}

static void spoil_holds_in_reader(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon_held;
    spoilt->add_reader = add_reader_holding;
}

static loop_status later_holding(struct loop *loop, int64_t delay, loop_callback callback,
                                 void *arg, struct loop_handle **handle)
{
    return forward_later(inner, forward_new(loop, callback, arg, turn_holding), delay, handle);
}

static void spoil_holds_in_timer(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon_held;
    spoilt->call_later = later_holding;
}

static loop_status threadsafe_holding(struct loop *loop, loop_callback callback, void *arg,
                                      struct loop_handle **handle)
{
    return forward_threadsafe(inner, forward_new(loop, callback, arg, turn_holding), handle);
}

static void spoil_holds_in_wakeup(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->call_soon = soon_held;
    spoilt->call_soon_threadsafe = threadsafe_holding;
}

const struct fault call_soon_faults[] = {
    {.id = "call_soon.swaps",
     .summary = "calls the ninety-ninth and the hundredth callback in the wrong order",
     .checks = {"call_soon.order", "call_soon.order-from-callback"},
     .spoil = spoil_swaps},
    {.id = "call_soon.own-posts-late",
     .summary = "calls what its own thread posts an iteration late",
     .checks = {"call_soon.same-thread-order"},
     .spoil = spoil_own_posts_late},
    {.id = "call_soon.repeats",
     .summary = "calls the seven hundredth callback twice",
     .checks = {"call_soon.once", "call_soon.many"},
     .spoil = spoil_repeats},
    {.id = "call_soon.overflows",
     .summary = "loses the ten thousandth callback",
     .checks = {"call_soon.many"},
     .spoil = spoil_overflows},
    {.id = "call_soon.at-once",
     .summary = "calls the second of two equal callbacks inside the call",
     .checks = {"call_soon.not-at-once"},
     .spoil = spoil_at_once},
    {.id = "call_soon.narrow-argument",
     .summary = "loses the highest bit of the argument",
     .checks = {"call_soon.argument"},
     .spoil = spoil_argument},
    {.id = "call_soon.forgets-between-runs",
     .summary = "loses what is registered after its thirtieth run",
     .checks = {"call_soon.between-runs"},
     .spoil = spoil_forgets_between_runs},
    {.id = "call_soon.starves",
     .summary = "calls callbacks that register themselves until they no longer do",
     .checks = {"call_soon.starves-no-reader", "call_soon.starves-no-timer",
                "call_soon.starves-no-wakeup"},
     .spoil = spoil_starves},
    {.id = "call_soon.rarely-looks",
     .summary = "looks at I/O and timers after twenty callbacks that register themselves",
     .checks = {"call_soon.io-between-iterations", "call_soon.timers-between-iterations"},
     .spoil = spoil_rarely_looks},
    {.id = "call_soon.holds-in-reader",
     .summary = "holds what a reader registers until a reader is called again",
     .checks = {"call_soon.from-reader"},
     .spoil = spoil_holds_in_reader},
    {.id = "call_soon.holds-in-timer",
     .summary = "holds what a timer registers until a timer is called again",
     .checks = {"call_soon.from-timer"},
     .spoil = spoil_holds_in_timer},
    {.id = "call_soon.holds-in-wakeup",
     .summary =
         "holds what another thread's callback registers until there is another such callback",
     .checks = {"call_soon.from-wakeup"},
     .spoil = spoil_holds_in_wakeup},
    {0},
};
