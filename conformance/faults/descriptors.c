/* SPDX-License-Identifier: MIT
 *
 * Loops that call readers and writers too rarely, too often, too soon, or with the wrong argument.
 */
#include <stddef.h>

#include "descriptors_watch.h"

#define MILLISECOND INT64_C(1000000)

static void unless_one_byte(struct watch *w)
{
    if (w->writer || os_unread(w->fd) != 1)
        watch_deliver(w);
}
WATCH_FAULT(spoil_one_byte, .call = unless_one_byte)

static void call_for_nothing(void *arg)
{
    struct watch *w = arg;

    if (w->live && w->calls == 0)
        watch_deliver(w);
}

static loop_status add_and_call_for_nothing(struct watch *w)
{
    loop_status status = watch_register(w);

    if (status == LOOP_OK && !w->writer && os_state(w->fd) == OS_WRITABLE)
        watch_inner->call_later(w->loop, 20 * MILLISECOND, call_for_nothing, w, NULL);
    return status;
}
WATCH_FAULT(spoil_for_nothing, .add = add_and_call_for_nothing)

/* A mark: what the last call left is not told again. */
static void unless_left(struct watch *w)
{
    int before = os_unread(w->fd);

    if (w->mark && before > 0)
        return;
    watch_deliver(w);
    int left = os_unread(w->fd);
    w->mark = !w->writer && left > 0 && left < before;
}
WATCH_FAULT(spoil_left, .call = unless_left)

static void twice(struct watch *w)
{
    watch_deliver(w);
    if (w->live && !w->writer && os_unread(w->fd) > 0)
        watch_deliver(w);
}
WATCH_FAULT(spoil_twice, .call = twice)

static void four_times(struct watch *w)
{
    if (!w->writer || w->calls < 4)
        watch_deliver(w);
}
WATCH_FAULT(spoil_four_times, .call = four_times)

static loop_status add_and_call_without_room(struct watch *w)
{
    loop_status status = watch_register(w);

    if (status == LOOP_OK && w->writer && os_kind_of(w->fd) == OS_LOCAL_SOCKET &&
        (os_state(w->fd) & OS_WRITABLE) == 0)
        watch_soon(w->loop, call_for_nothing, w);
    return status;
}
WATCH_FAULT(spoil_room, .add = add_and_call_without_room)

static void unless_writer(struct watch *w)
{
    if (w->writer || watch_find(w->loop, w->fd, true) == NULL)
        watch_deliver(w);
}
WATCH_FAULT(spoil_beside, .call = unless_writer)

/* Of two readers with one callback each gets the other's argument. */
static void with_wrong_argument(struct watch *w)
{
    void *own = w->arg;
    bool two = !w->writer && watch_count(false) == 2;

    for (const struct watch *other = watch_live; other != NULL && two; other = other->next_live) {
        if (other != w && !other->writer && other->callback == w->callback)
            w->arg = other->arg;
    }
    watch_deliver(w);
    w->arg = own;
}
WATCH_FAULT(spoil_argument, .call = with_wrong_argument)

static loop_status add_and_call_inside(struct watch *w)
{
    loop_status status = watch_register(w);

    if (status == LOOP_OK && w->writer && watch_find(w->loop, w->fd, false) != NULL &&
        (os_state(w->fd) & (OS_WRITABLE | OS_READABLE)) == (OS_WRITABLE | OS_READABLE))
        watch_deliver(w);
    return status;
}
WATCH_FAULT(spoil_inside, .add = add_and_call_inside)

static void unless_late(struct watch *w)
{
    if (w->calls > 0 || w->writer || watch_inner->time(w->loop) - w->added_at < 20 * MILLISECOND)
        watch_deliver(w);
}
WATCH_FAULT(spoil_late, .call = unless_late)

static loop_status add_and_miss(struct watch *w)
{
    w->mark = w->added_inside && !w->writer && os_unread(w->fd) > 0;
    return watch_register(w);
}

static void unless_marked(struct watch *w)
{
    if (!w->mark)
        watch_deliver(w);
}
WATCH_FAULT(spoil_added_inside, .add = add_and_miss, .call = unless_marked)

/* Posts, wrapped so that what they add can be told from the rest. */
struct post {
    loop_callback callback;
    void *arg;
};
static struct post posts[256];
static size_t post_count;
static bool in_post;

static void run_post(void *arg)
{
    const struct post *post = arg;

    in_post = true;
    post->callback(post->arg);
    in_post = false;
}

static loop_status post(struct loop *loop, loop_callback callback, void *arg,
                        struct loop_handle **handle)
{
    struct post *entry = &posts[post_count++ % (sizeof posts / sizeof *posts)];

    *entry = (struct post){callback, arg};
    return watch_inner->call_soon_threadsafe(loop, run_post, entry, handle);
}

static loop_status add_unless_posted(struct watch *w)
{
    return in_post ? LOOP_OK : watch_register(w);
}
WATCH_FAULT(spoil_adds, .add = add_unless_posted)

static void spoil_posted(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    spoil_adds(spoilt, inner);
    spoilt->call_soon_threadsafe = post;
}

const struct fault descriptors_faults[] = {
    {
        .id = "descriptors.one-byte-unseen",
        .summary = "A reader is not called while a single byte waits",
        .checks = {"descriptors.reader-called"},
        .spoil = spoil_one_byte,
    },
    {
        .id = "descriptors.calls-for-nothing",
        .summary = "A reader is called although there is nothing to read",
        .checks = {"descriptors.silence"},
        .spoil = spoil_for_nothing,
    },
    {
        .id = "descriptors.forgets-what-is-left",
        .summary = "A reader that took a part is not called for the rest",
        .checks = {"descriptors.level-triggered"},
        .spoil = spoil_left,
    },
    {
        .id = "descriptors.twice-an-iteration",
        .summary = "A reader that leaves data is called twice in an iteration",
        .checks = {"descriptors.once-an-iteration"},
        .spoil = spoil_twice,
    },
    {
        .id = "descriptors.writer-tires",
        .summary = "A writer is called four times and no more",
        .checks = {"descriptors.writer-called"},
        .spoil = spoil_four_times,
    },
    {
        .id = "descriptors.room-for-nothing",
        .summary = "A writer is called once although there is no room",
        .checks = {"descriptors.writer-waits-for-room"},
        .spoil = spoil_room,
    },
    {
        .id = "descriptors.writer-hides-reader",
        .summary = "A reader is not called while the descriptor has a writer",
        .checks = {"descriptors.reader-and-writer"},
        .spoil = spoil_beside,
    },
    {
        .id = "descriptors.wrong-argument",
        .summary = "Two readers with one callback get each other's argument",
        .checks = {"descriptors.argument"},
        .spoil = spoil_argument,
    },
    {
        .id = "descriptors.calls-inside-add",
        .summary = "A ready writer is called from inside add_writer",
        .checks = {"descriptors.not-inside-add"},
        .spoil = spoil_inside,
    },
    {
        .id = "descriptors.sleeps-on",
        .summary = "What comes after 20 ms of waiting does not reach a reader",
        .checks = {"descriptors.wakes-sleeping-loop"},
        .spoil = spoil_late,
    },
    {
        .id = "descriptors.misses-what-was-there",
        .summary = "A reader added in a callback is not told of data that came before",
        .checks = {"descriptors.added-in-callback"},
        .spoil = spoil_added_inside,
    },
    {
        .id = "descriptors.posted-add-lost",
        .summary = "A reader added in a posted callback is not watched",
        .checks = {"descriptors.added-by-post"},
        .spoil = spoil_posted,
    },
    {.id = NULL},
};
