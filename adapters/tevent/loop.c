/* SPDX-License-Identifier: MIT
 *
 * tevent joined to the ABI: its life, its clock, and the table. It watches, and does nothing itself:
 * streams, datagrams, pipes and processes are Samba's own libraries'. */
#include <errno.h>
#include <stdlib.h>

#include "adapter.h"
#include "loop_errno.h"

loop_status failure(struct loop *loop, int os_error)
{
    loop->last_error = os_error;
    return os_error == 0 ? LOOP_FAILED : loop_status_of_errno(os_error);
}

static loop_status tev_open(const struct loop_variant *variant,
                            const struct loop_open_options *options, struct loop **opened)
{
    (void)options;
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return LOOP_NO_MEMORY;
    errno = 0;
    loop->context = tevent_context_init_byname(NULL, variant->selector);
    if (loop->context != NULL)
        loop->threaded = tevent_threaded_context_create(loop->context, loop->context);
    if (loop->threaded == NULL) {
        loop_status status = failure(loop, errno);
        talloc_free(loop->context);
        free(loop);
        return status;
    }
    pthread_mutex_init(&loop->lock, NULL);
    *opened = loop;
    return LOOP_OK;
}

static loop_status tev_close(struct loop *loop)
{
    if (loop->running)
        return LOOP_RUNTIME;
    pthread_mutex_lock(&loop->lock);
    int closed = loop->closed;
    loop->closed = 1;
    pthread_mutex_unlock(&loop->lock);
    if (closed)
        return LOOP_OK;
    discard_watchers(loop);
    discard_signals(loop);
    discard_handles(loop);
    talloc_free(loop->threaded);
    talloc_free(loop->context);
    return LOOP_OK;
}

static void tev_free(struct loop *loop)
{
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}

/* tevent has no stop: its users call tevent_loop_once, one iteration, for as long as they like. */
static loop_status tev_run_forever(struct loop *loop)
{
    int result = 0, os_error = 0;
    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->running)
        return LOOP_RUNTIME;
    loop->running = 1;
    while (result == 0 && !loop->stopping) {
        result = tevent_loop_once(loop->context);
        os_error = errno;
    }
    loop->running = 0;
    loop->stopping = 0;
    return result == 0 ? LOOP_OK : failure(loop, os_error);
}

static void tev_stop(struct loop *loop)
{
    loop->stopping = 1;
}

static int64_t tev_last_os_error(struct loop *loop)
{
    return loop->last_error;
}

/* What its timers are due by: gettimeofday. */
static int64_t tev_time(struct loop *loop)
{
    struct timeval now = tevent_timeval_current();
    (void)loop;
    return now.tv_sec * INT64_C(1000000000) + now.tv_usec * INT64_C(1000);
}

static int64_t tev_clock_resolution(struct loop *loop)
{
    (void)loop;
    return 1000;
}

static const struct loop_operations operations = {
    .size = sizeof operations,
    .open = tev_open,
    .close = tev_close,
    .free = tev_free,
    .run_forever = tev_run_forever,
    .stop = tev_stop,
    .last_os_error = tev_last_os_error,
    .time = tev_time,
    .clock_resolution = tev_clock_resolution,
    .call_soon = tev_call_soon,
    .call_soon_threadsafe = tev_call_soon_threadsafe,
    .call_later = tev_call_later,
    .call_at = tev_call_at,
    .handle_cancel = tev_handle_cancel,
    .handle_release = tev_handle_release,
    .add_reader = tev_add_reader,
    .remove_reader = tev_remove_reader,
    .add_writer = tev_add_writer,
    .remove_writer = tev_remove_writer,
    .add_signal_handler = tev_add_signal_handler,
    .remove_signal_handler = tev_remove_signal_handler,
};

#define VARIANT(selector_, flags_)                                                                 \
    &(const struct loop_variant)                                                                   \
    {                                                                                              \
        .size = sizeof(struct loop_variant), .flags = (flags_), .name = "linux-" selector_,        \
        .kind = "selector", .selector = selector_, .platform = "linux", .operations = &operations  \
    }

static const struct loop_variant *const variants[] = {
    VARIANT("epoll", LOOP_VARIANT_DEFAULT),
    VARIANT("poll", 0),
};

const struct loop_api *loop_api_v1(void)
{
    static const struct loop_api api = {
        .size = sizeof api,
        .abi_version = LOOP_ABI_VERSION,
        .name = "tevent",
        .version = TEVENT_VERSION,
        .variant_count = sizeof variants / sizeof *variants,
        .variants = variants,
    };
    return &api;
}
