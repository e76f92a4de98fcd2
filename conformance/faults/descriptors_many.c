/* SPDX-License-Identifier: MIT
 *
 * Loops that run out of places, or serve the first at the cost of the rest. */
#include <stddef.h>

#include "descriptors_watch.h"

static loop_status take_at_most(struct watch *w, int most)
{
    return !w->writer && watch_count(false) >= most ? LOOP_OK : watch_register(w);
}

static loop_status take_300(struct watch *w)
{
    return take_at_most(w, 300);
}
WATCH_FAULT(spoil_300, .add = take_300)

static loop_status take_900(struct watch *w)
{
    return take_at_most(w, 900);
}
WATCH_FAULT(spoil_900, .add = take_900)

static loop_status take_513(struct watch *w)
{
    return take_at_most(w, 512);
}
WATCH_FAULT(spoil_513, .add = take_513)

static loop_status refuse_501(struct watch *w)
{
    return !w->writer && watch_count(false) >= 500 ? LOOP_VALUE : watch_register(w);
}
WATCH_FAULT(spoil_501, .add = refuse_501)

/* The oldest live reader, if it leaves data unread. */
static const struct watch *busy_reader(void)
{
    const struct watch *first = watch_live;

    while (first != NULL && first->writer)
        first = first->next_live;
    return first != NULL && first->calls > 0 && os_unread(first->fd) > 0 ? first : NULL;
}

static void first_64(struct watch *w)
{
    int place = 0;

    for (const struct watch *other = watch_live; other != NULL && other != w;
         other = other->next_live)
        place += other->writer == w->writer;
    if (place < 64 || busy_reader() == NULL)
        watch_deliver(w);
}
WATCH_FAULT(spoil_64, .call = first_64)

static void busy_one_only(struct watch *w)
{
    const struct watch *busy = busy_reader();

    if (busy == NULL || busy->calls < 3 || busy == w || busy->fd == w->fd)
        watch_deliver(w);
}
WATCH_FAULT(spoil_others, .call = busy_one_only)

/* A timer that waits until no reader has data left. */
struct timer {
    struct loop *loop;
    loop_callback callback;
    void *arg;
};
static struct timer timers[64];
static size_t timer_count;

static void when_quiet(void *arg)
{
    struct timer *timer = arg;

    if (busy_reader() != NULL)
        watch_inner->call_later(timer->loop, INT64_C(10000000), when_quiet, timer, NULL);
    else
        timer->callback(timer->arg);
}

static loop_status call_later_when_quiet(struct loop *loop, int64_t delay, loop_callback callback,
                                         void *arg, struct loop_handle **handle)
{
    struct timer *timer = &timers[timer_count++ % (sizeof timers / sizeof *timers)];

    *timer = (struct timer){loop, callback, arg};
    return watch_inner->call_later(loop, delay, when_quiet, timer, handle);
}

WATCH_FAULT(spoil_nothing, .add = NULL)

static void spoil_timers(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    spoil_nothing(spoilt, inner);
    spoilt->call_later = call_later_when_quiet;
}

const struct fault descriptors_many_faults[] = {
    {
        .id = "descriptors.three-hundred-places",
        .summary = "Readers beyond 300 are taken and never called",
        .checks = {"descriptors.hundreds"},
        .spoil = spoil_300,
    },
    {
        .id = "descriptors.nine-hundred-places",
        .summary = "Readers beyond 900 are taken and never called",
        .checks = {"descriptors.thousand"},
        .spoil = spoil_900,
    },
    {
        .id = "descriptors.serves-the-first-64",
        .summary = "While the first reader is busy, only the first 64 are called",
        .checks = {"descriptors.all-ready"},
        .spoil = spoil_64,
    },
    {
        .id = "descriptors.busy-reader-stops-timers",
        .summary = "No timer is called while a reader leaves data",
        .checks = {"descriptors.busy-reader-holds-up-no-callback"},
        .spoil = spoil_timers,
    },
    {
        .id = "descriptors.busy-reader-stops-readers",
        .summary = "No other reader or writer is called while the first reader leaves data",
        .checks = {"descriptors.busy-reader-holds-up-no-reader"},
        .spoil = spoil_others,
    },
    {
        .id = "descriptors.takes-513-sockets",
        .summary = "A Windows selector takes more than 512 sockets, and never calls the last",
        .checks = {"descriptors.512-sockets"},
        .on = "windows-selector",
        .spoil = spoil_513,
    },
    {
        .id = "descriptors.refuses-501-sockets",
        .summary = "A Windows selector watches 500 sockets and no more",
        .checks = {"descriptors.512-sockets"},
        .on = "windows-selector",
        .spoil = spoil_501,
    },
    {.id = NULL},
};
