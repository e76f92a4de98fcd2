/* SPDX-License-Identifier: MIT
 *
 * The smallest honest loop: callbacks, timers and readers over poll(2), and nothing to wake it from
 * another thread. An example of an adapter that leaves out what its loop has not. */
#include <stdlib.h>

#include "toy_system.h"

enum { SLOTS = 131072, READERS = TOY_READERS };

struct task {
    loop_callback callback;
    void *arg;
    int64_t when; /* 0: at once */
};

struct loop {
    struct task tasks[SLOTS]; /* in the order of registration */
    size_t task_count;
    struct toy_watch watches[READERS];
    struct task readers[READERS];
    size_t reader_count;
    int running, stopping, closed;
};

static int64_t toy_time(struct loop *loop)
{
    (void)loop;
    return toy_now();
}

static loop_status toy_open(const struct loop_variant *variant,
                            const struct loop_open_options *options, struct loop **loop)
{
    (void)variant;
    (void)options;
    *loop = calloc(1, sizeof **loop);
    return *loop == NULL ? LOOP_NO_MEMORY : LOOP_OK;
}

static loop_status toy_close(struct loop *loop)
{
    if (loop->running)
        return LOOP_RUNTIME;
    loop->closed = 1;
    loop->task_count = loop->reader_count = 0;
    return LOOP_OK;
}

static void toy_free(struct loop *loop)
{
    free(loop);
}

static int toy_is_closed(struct loop *loop)
{
    return loop->closed;
}

static void toy_stop(struct loop *loop)
{
    loop->stopping = 1;
}

static loop_status add_task(struct loop *loop, struct task task)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->task_count == SLOTS)
        return LOOP_NO_MEMORY;
    loop->tasks[loop->task_count++] = task;
    return LOOP_OK;
}

static loop_status toy_call_soon(struct loop *loop, loop_callback callback, void *arg,
                                 struct loop_handle **handle)
{
    (void)handle;
    return add_task(loop, (struct task){callback, arg, 0});
}

static loop_status toy_call_later(struct loop *loop, int64_t delay, loop_callback callback,
                                  void *arg, struct loop_handle **handle)
{
    (void)handle;
    int64_t now = toy_time(loop);
    int64_t when = delay <= 0 ? 0 : delay > INT64_MAX - now ? INT64_MAX : now + delay;
    return add_task(loop, (struct task){callback, arg, when});
}

static loop_status toy_remove_reader(struct loop *loop, loop_fd fd)
{
    for (size_t i = 0; i < loop->reader_count; i++) {
        if (loop->watches[i].fd == fd) {
            loop->watches[i] = loop->watches[--loop->reader_count];
            loop->readers[i] = loop->readers[loop->reader_count];
            return LOOP_OK;
        }
    }
    return LOOP_NOT_FOUND;
}

static loop_status toy_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    toy_remove_reader(loop, fd);
    if (loop->reader_count == READERS)
        return LOOP_NO_MEMORY;
    loop->watches[loop->reader_count] = (struct toy_watch){.fd = fd};
    loop->readers[loop->reader_count++] = (struct task){callback, arg, 0};
    return LOOP_OK;
}

/* Milliseconds, rounded up: a timer is never early. */
static int patience(struct loop *loop)
{
    int64_t nearest = INT64_MAX;
    for (size_t i = 0; i < loop->task_count; i++)
        nearest = loop->tasks[i].when < nearest ? loop->tasks[i].when : nearest;
    int64_t left = nearest - toy_time(loop);
    if (loop->stopping || left <= 0)
        return 0;
    return left > 1000000000 ? 1000 : (int)((left + 999999) / 1000000);
}

/* Moves the tasks that are due to `due`; the rest keeps its order. */
static size_t take_due(struct loop *loop, struct task *due)
{
    int64_t now = toy_time(loop);
    size_t count = 0;
    size_t kept = 0;
    for (size_t i = 0; i < loop->task_count; i++) {
        if (loop->tasks[i].when <= now)
            due[count++] = loop->tasks[i];
        else
            loop->tasks[kept++] = loop->tasks[i];
    }
    loop->task_count = kept;
    return count;
}

/* A callback may remove any reader: so each is looked for again, and called once. */
static void call_readers(struct loop *loop)
{
    for (size_t i = 0; i < loop->reader_count;) {
        struct task reader = loop->readers[i];
        if (!loop->watches[i].ready) {
            i++;
            continue;
        }
        loop->watches[i].ready = 0;
        reader.callback(reader.arg);
        i = 0;
    }
}

static loop_status toy_run_forever(struct loop *loop)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->running)
        return LOOP_RUNTIME;
    struct task *due = malloc(SLOTS * sizeof *due);
    if (due == NULL)
        return LOOP_NO_MEMORY;
    loop->running = 1;
    do {
        if (!toy_wait(loop->watches, loop->reader_count, patience(loop)))
            break;
        size_t count = take_due(loop, due);
        call_readers(loop);
        for (size_t i = 0; i < count; i++)
            due[i].callback(due[i].arg);
    } while (!loop->stopping);
    loop->running = loop->stopping = 0;
    free(due);
    return LOOP_OK;
}

static const struct loop_operations operations = {
    .size = sizeof operations,
    .open = toy_open,
    .close = toy_close,
    .free = toy_free,
    .run_forever = toy_run_forever,
    .stop = toy_stop,
    .is_closed = toy_is_closed,
    .time = toy_time,
    .call_soon = toy_call_soon,
    .call_later = toy_call_later,
    .add_reader = toy_add_reader,
    .remove_reader = toy_remove_reader,
};

const struct loop_api *loop_api_v1(void)
{
    static const struct loop_variant variant = {
        .size = sizeof variant,
        .flags = LOOP_VARIANT_DEFAULT,
        .name = "linux-poll",
        .kind = "selector",
        .selector = "poll",
        .platform = "linux",
        .operations = &operations,
    };
    static const struct loop_variant *const variants[] = {&variant};
    static const struct loop_api api = {
        .size = sizeof api,
        .abi_version = LOOP_ABI_VERSION,
        .name = "toy",
        .version = "1",
        .variant_count = 1,
        .variants = variants,
    };
    return &api;
}
