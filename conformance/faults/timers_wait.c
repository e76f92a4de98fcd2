/* SPDX-License-Identifier: MIT
 *
 * Loops that starve timers, wait for them wrongly, or forget them between runs. */
#include "forward.h"
#include "timed.h"

static const struct loop_operations *inner;

/* ---- readers, remembered by their number */

enum { READERS = 64 };

struct reader {
    loop_fd fd;
    struct loop *loop;
    loop_callback callback;
    void *arg;
};
static struct reader readers[READERS];
static int64_t reader_ran; /* when a reader last ran, by the loop's clock */

static void run_reader(void *arg)
{
    struct reader *reader = arg;

    reader_ran = inner->time(reader->loop);
    reader->callback(reader->arg);
}

static loop_status add_reader_noted(struct loop *loop, loop_fd fd, loop_callback callback,
                                    void *arg)
{
    struct reader *reader = &readers[(size_t)fd % READERS];

    *reader = (struct reader){fd, loop, callback, arg};
    return inner->add_reader(loop, fd, run_reader, reader);
}

static bool reader_ran_within(const struct timed *t, int64_t span)
{
    return reader_ran != 0 && inner->time(t->loop) - reader_ran < span;
}

static void put_off_for_readers(struct timed *t)
{
    if (t->delay < HOUR && reader_ran_within(t, MILLISECOND / 2))
        timed_again(t, MILLISECOND);
    else
        timed_run(t);
}

static void spoil_readers_first(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, NULL, put_off_for_readers);
    spoilt->add_reader = add_reader_noted;
}

/* Only a reader in the same iteration can have run so shortly before. */
static void lost_beside_readers(struct timed *t)
{
    if (t->delay != MILLISECOND || !reader_ran_within(t, MILLISECOND / 5))
        timed_run(t);
}

static void spoil_lost_beside_readers(struct loop_operations *spoilt,
                                      const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, NULL, lost_beside_readers);
    spoilt->add_reader = add_reader_noted;
}

/* ---- callbacks that go on and on */

static int soons;

static loop_status soon_counted(struct loop *loop, loop_callback callback, void *arg,
                                struct loop_handle **handle)
{
    soons++;
    return inner->call_soon(loop, callback, arg, handle);
}

static void put_off_for_soons(struct timed *t)
{
    bool busy = soons != t->tag;

    t->tag = soons;
    if (busy && t->delay < HOUR)
        timed_again(t, MILLISECOND);
    else
        timed_run(t);
}

static void spoil_soons_first(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, NULL, put_off_for_soons);
    spoilt->call_soon = soon_counted;
}

/* Timers without delay are called until there are no more, before anything else. */
static struct forward *next_zero;
static bool in_zeros;

static void run_all_zeros(struct forward *f)
{
    in_zeros = true;
    while (f != NULL) {
        next_zero = NULL;
        forward_run(f);
        f = next_zero;
    }
    in_zeros = false;
}

static loop_status later_in_the_same_pass(struct loop *loop, int64_t delay, loop_callback callback,
                                          void *arg, struct loop_handle **handle)
{
    if (delay > 0 || handle != NULL)
        return inner->call_later(loop, delay, callback, arg, handle);
    if (!in_zeros)
        return forward_later(inner, forward_new(loop, callback, arg, run_all_zeros), 0, NULL);
    next_zero = forward_new(loop, callback, arg, forward_run);
    return LOOP_OK;
}

static void spoil_zero_in_the_same_pass(struct loop_operations *spoilt,
                                        const struct loop_operations *own)
{
    inner = own;
    spoilt->call_later = later_in_the_same_pass;
}

/* ---- waits */

struct poller {
    struct loop *loop;
    int64_t until;
};

static void poll_until(void *arg)
{
    struct poller *poller = arg;

    if (inner->time(poller->loop) < poller->until)
        (void)inner->call_soon(poller->loop, poll_until, poller, NULL);
}

static void poll_for(struct loop *loop, int64_t delay)
{
    static struct poller pollers[READERS];
    static size_t next;
    struct poller *poller = &pollers[next++ % READERS];

    *poller = (struct poller){loop, inner->time(loop) + delay};
    (void)inner->call_soon(loop, poll_until, poller, NULL);
}

static int64_t poll_for_fractions(struct timed *t)
{
    if (t->delay > 100 * MILLISECOND && t->delay < HOUR && t->delay % MILLISECOND != 0)
        poll_for(t->loop, t->delay);
    return t->delay;
}

static void spoil_polls(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, poll_for_fractions, timed_run);
}

static int64_t poll_for_less_than_one(struct timed *t)
{
    if (t->delay > 0 && t->delay < MILLISECOND)
        poll_for(t->loop, t->delay);
    return t->delay;
}

static void spoil_polls_the_last(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, poll_for_less_than_one, timed_run);
}

static bool is_running;
static bool sleeps_for_long;
static int runs;

static loop_status run_noted(struct loop *loop)
{
    loop_status status;

    is_running = true;
    status = inner->run_forever(loop);
    is_running = false;
    runs++;
    return status;
}

/* The wait for a timer of an hour, once it has begun, is not cut short. */
static int64_t not_before_the_far_one(struct timed *t)
{
    sleeps_for_long = sleeps_for_long || t->delay == HOUR;
    return is_running && sleeps_for_long && t->delay == 10 * MILLISECOND ? HOUR : t->delay;
}

static void spoil_sleeps_on(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, not_before_the_far_one, timed_run);
    spoilt->run_forever = run_noted;
}

static int64_t tag_with_run(struct timed *t)
{
    t->tag = runs;
    return t->delay;
}

static void only_in_its_run(struct timed *t)
{
    if (t->tag == runs)
        timed_run(t);
}

static void spoil_lost_between_runs(struct loop_operations *spoilt,
                                    const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, tag_with_run, only_in_its_run);
    spoilt->run_forever = run_noted;
}

/* What the longest callback of a timer took is added to the others' deadlines. */
static int64_t longest;

static void add_up(struct timed *t)
{
    int64_t began;

    if (longest > 40 * MILLISECOND && t->tag++ == 0) {
        timed_again(t, longest);
        return;
    }
    began = inner->time(t->loop);
    timed_run(t);
    if (inner->time(t->loop) - began > longest)
        longest = inner->time(t->loop) - began;
}

static void spoil_adds_up(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    timed_spoil(spoilt, own, NULL, add_up);
}

const struct fault timers_wait_faults[] = {
    {"timers.readers-first",
     "timers wait until no descriptor is ready",
     {"timers.beside-a-ready-reader"},
     NULL,
     NULL,
     spoil_readers_first},
    {"timers.lost-beside-readers",
     "a timer that is due in one iteration with a reader is lost",
     {"timers.with-a-ready-descriptor"},
     NULL,
     NULL,
     spoil_lost_beside_readers},
    {"timers.soons-first",
     "timers wait until callbacks stop calling call_soon",
     {"timers.beside-call-soon"},
     NULL,
     NULL,
     spoil_soons_first},
    {"timers.zero-in-the-same-pass",
     "a timer armed without delay by such a timer is called at once",
     {"timers.zero-delay-starves-nobody"},
     NULL,
     NULL,
     spoil_zero_in_the_same_pass},
    {"timers.polls",
     "the loop polls for timers of more than 100 ms and a fraction",
     {"timers.idle-wait"},
     NULL,
     NULL,
     spoil_polls},
    {"timers.polls-the-last",
     "the loop polls for timers of less than a millisecond",
     {"timers.short-waits-are-idle"},
     NULL,
     NULL,
     spoil_polls_the_last},
    {"timers.sleeps-on",
     "a wait of an hour is not cut short by a nearer timer",
     {"timers.nearer-from-a-thread", "timers.nearer-from-a-reader"},
     NULL,
     NULL,
     spoil_sleeps_on},
    {"timers.lost-between-runs",
     "timers that are pending when a run ends are never called",
     {"timers.between-runs"},
     NULL,
     NULL,
     spoil_lost_between_runs},
    {"timers.adds-up",
     "a long callback's time is added to the other timers' delays",
     {"timers.long-callback"},
     NULL,
     NULL,
     spoil_adds_up},
    {0},
};
