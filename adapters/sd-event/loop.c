/* SPDX-License-Identifier: MIT
 *
 * sd-event joined to the ABI: its life, its clock, and the table. It watches, and does nothing
 * itself: streams, datagrams, pipes and processes are its user's; nor has it a way in for other
 * threads. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "adapter.h"
#include "loop_errno.h"

loop_status status_of(struct loop *loop, int error)
{
    if (error >= 0)
        return LOOP_OK;
    loop->last_error = -error;
    return loop_status_of_errno(-error);
}

static loop_status sdevent_open(const struct loop_variant *variant,
                                const struct loop_open_options *options, struct loop **opened)
{
    (void)variant;
    (void)options;
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return LOOP_NO_MEMORY;
    int error = sd_event_new(&loop->event);
    if (error < 0) {
        free(loop);
        return loop_status_of_errno(-error);
    }
    *opened = loop;
    return LOOP_OK;
}

static loop_status sdevent_close(struct loop *loop)
{
    if (loop->running)
        return LOOP_RUNTIME;
    if (loop->closed)
        return LOOP_OK;
    loop->closed = 1;
    discard_handles(loop);
    discard_watchers(loop);
    discard_signals(loop);
    sd_event_unref(loop->event);
    return LOOP_OK;
}

static void sdevent_free(struct loop *loop)
{
    free(loop);
}

/* sd_event_run is one iteration. sd_event_loop, which calls it until sd_event_exit, can only ever be
 * left once. */
static loop_status sdevent_run_forever(struct loop *loop)
{
    int error;
    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->running)
        return LOOP_RUNTIME;
    loop->running = 1;
    do
        error = sd_event_run(loop->event, loop->stopping ? 0 : UINT64_MAX);
    while (error >= 0 && !loop->stopping);
    loop->running = 0;
    loop->stopping = 0;
    return status_of(loop, error);
}

static void sdevent_stop(struct loop *loop)
{
    loop->stopping = 1;
}

static int sdevent_is_running(struct loop *loop)
{
    return !loop->closed && sd_event_get_state(loop->event) == SD_EVENT_RUNNING;
}

static int64_t sdevent_last_os_error(struct loop *loop)
{
    return loop->last_error;
}

/* The clock of its time sources, as it was when the iteration began. */
static int64_t sdevent_time(struct loop *loop)
{
    struct timespec now;
    uint64_t us;
    if (!loop->closed && sd_event_now(loop->event, CLOCK_MONOTONIC, &us) >= 0)
        return (int64_t)us * 1000;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec / 1000 * 1000;
}

static int64_t sdevent_clock_resolution(struct loop *loop)
{
    (void)loop;
    return 1000;
}

static const struct loop_operations operations = {
    .size = sizeof operations,
    .open = sdevent_open,
    .close = sdevent_close,
    .free = sdevent_free,
    .run_forever = sdevent_run_forever,
    .stop = sdevent_stop,
    .is_running = sdevent_is_running,
    .last_os_error = sdevent_last_os_error,
    .time = sdevent_time,
    .clock_resolution = sdevent_clock_resolution,
    .call_soon = sdevent_call_soon,
    .call_later = sdevent_call_later,
    .call_at = sdevent_call_at,
    .handle_cancel = sdevent_handle_cancel,
    .handle_when = sdevent_handle_when,
    .handle_release = sdevent_handle_release,
    .add_reader = sdevent_add_reader,
    .remove_reader = sdevent_remove_reader,
    .add_writer = sdevent_add_writer,
    .remove_writer = sdevent_remove_writer,
    .add_signal_handler = sdevent_add_signal_handler,
    .remove_signal_handler = sdevent_remove_signal_handler,
};

static const struct loop_variant variant = {
    .size = sizeof variant,
    .flags = LOOP_VARIANT_DEFAULT,
    .name = "linux-epoll",
    .kind = "selector",
    .selector = "epoll",
    .platform = "linux",
    .operations = &operations,
};

static const struct loop_variant *const variants[] = {&variant};

const struct loop_api *loop_api_v1(void)
{
    static const struct loop_api api = {
        .size = sizeof api,
        .abi_version = LOOP_ABI_VERSION,
        .name = "sd-event",
        .version = LIBSYSTEMD_VERSION,
        .variant_count = 1,
        .variants = variants,
    };
    return &api;
}
