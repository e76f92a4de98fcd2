/* SPDX-License-Identifier: MIT
 *
 * libevent joined to the ABI: its life, its clock, and the table. What libevent has no word for
 * (an absolute time to call at, is_closed, handle_cancelled, a half-close, datagrams, pipes,
 * processes) is not provided. */
#include <event2/thread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapter.h"
#include "loop_errno.h"

loop_status failure(struct loop *loop, int os_error)
{
    loop->last_error = os_error;
    return os_error == 0 ? LOOP_FAILED : loop_status_of_errno(os_error);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void have_locks(void)
{
    evthread_use_pthreads();
}

/* libevent is told which of its methods to avoid: all but the variant's. */
static struct event_base *make_base(const struct loop_variant *variant)
{
    struct event_config *config = event_config_new();
    if (config == NULL)
        return NULL;
    for (const char **method = event_get_supported_methods(); *method != NULL; method++)
        if (strcmp(*method, variant->selector) != 0)
            event_config_avoid_method(config, *method);
    if (strcmp(variant->name, "linux-epoll-changelist") == 0)
        event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    struct event_base *base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

static loop_status libevent_open(const struct loop_variant *variant,
                                 const struct loop_open_options *options, struct loop **opened)
{
    (void)options;
    pthread_once(&once, have_locks);
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return LOOP_NO_MEMORY;
    loop->base = make_base(variant);
    loop->clock = evutil_monotonic_timer_new();
    if (loop->base == NULL || loop->clock == NULL) {
        if (loop->base != NULL)
            event_base_free(loop->base);
        if (loop->clock != NULL)
            evutil_monotonic_timer_free(loop->clock);
        free(loop);
        return LOOP_FAILED;
    }
    /* No flags: the clock that a base without EVENT_BASE_FLAG_PRECISE_TIMER has. */
    evutil_configure_monotonic_time(loop->clock, 0);
    pthread_mutex_init(&loop->lock, NULL);
    ignore_broken_pipes();
    *opened = loop;
    return LOOP_OK;
}

static loop_status libevent_close(struct loop *loop)
{
    if (loop->running)
        return LOOP_RUNTIME;
    pthread_mutex_lock(&loop->lock);
    int closed = loop->closed;
    loop->closed = 1;
    pthread_mutex_unlock(&loop->lock);
    if (closed)
        return LOOP_OK;
    discard_handles(loop);
    discard_watchers(loop);
    discard_signals(loop);
    discard_operations(loop);
    discard_transports(loop);
    discard_servers(loop);
    if (loop->dns != NULL)
        evdns_base_free(loop->dns, 0);
    event_base_free(loop->base);
    mind_broken_pipes();
    return LOOP_OK;
}

static void libevent_free(struct loop *loop)
{
    evutil_monotonic_timer_free(loop->clock);
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}

static loop_status libevent_run_forever(struct loop *loop)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->running)
        return LOOP_RUNTIME;
    loop->running = 1;
    int result = event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
    int os_error = EVUTIL_SOCKET_ERROR();
    loop->running = 0;
    return result < 0 ? failure(loop, os_error) : LOOP_OK;
}

/* loopexit ends the loop after this iteration, also one that has yet to begin; loopbreak is
 * forgotten when a loop begins. */
static void libevent_stop(struct loop *loop)
{
    if (!loop->closed)
        event_base_loopexit(loop->base, NULL);
}

static int64_t libevent_last_os_error(struct loop *loop)
{
    return loop->last_error;
}

static int64_t libevent_time(struct loop *loop)
{
    struct timeval tv = {0, 0};
    evutil_gettime_monotonic(loop->clock, &tv);
    return tv.tv_sec * INT64_C(1000000000) + tv.tv_usec * INT64_C(1000);
}

/* evutil_time.c takes CLOCK_MONOTONIC_COARSE where there is one. */
static int64_t libevent_clock_resolution(struct loop *loop)
{
    struct timespec step = {0, 1000};
    (void)loop;
#ifdef CLOCK_MONOTONIC_COARSE
    clock_getres(CLOCK_MONOTONIC_COARSE, &step);
#endif
    return step.tv_sec * INT64_C(1000000000) + step.tv_nsec;
}

static const struct loop_operations operations = {
    .size = sizeof operations,
    .open = libevent_open,
    .close = libevent_close,
    .free = libevent_free,
    .run_forever = libevent_run_forever,
    .stop = libevent_stop,
    .last_os_error = libevent_last_os_error,
    .set_exception_handler = libevent_set_exception_handler,
    .time = libevent_time,
    .clock_resolution = libevent_clock_resolution,
    .call_soon = libevent_call_soon,
    .call_soon_threadsafe = libevent_call_soon,
    .call_later = libevent_call_later,
    .handle_cancel = libevent_handle_cancel,
    .handle_release = libevent_handle_release,
    .add_reader = libevent_add_reader,
    .remove_reader = libevent_remove_reader,
    .add_writer = libevent_add_writer,
    .remove_writer = libevent_remove_writer,
    .add_signal_handler = libevent_add_signal_handler,
    .remove_signal_handler = libevent_remove_signal_handler,
    .create_connection = libevent_create_connection,
    .create_server = libevent_create_server,
    .create_unix_connection = libevent_create_unix_connection,
    .create_unix_server = libevent_create_unix_server,
    .transport_write = libevent_transport_write,
    .transport_close = libevent_transport_close,
    .transport_abort = libevent_transport_abort,
    .transport_is_closing = libevent_transport_is_closing,
    .transport_pause_reading = libevent_transport_pause_reading,
    .transport_resume_reading = libevent_transport_resume_reading,
    .transport_get_write_buffer_size = libevent_transport_get_write_buffer_size,
    .transport_get_sockname = libevent_transport_get_sockname,
    .transport_get_peername = libevent_transport_get_peername,
    .transport_get_fd = libevent_transport_get_fd,
    .transport_release = libevent_transport_release,
    .server_close = libevent_server_close,
    .server_is_serving = libevent_server_is_serving,
    .server_get_sockname = libevent_server_get_sockname,
    .server_release = libevent_server_release,
};

#define VARIANT(name_, selector_, flags_)                                                          \
    &(const struct loop_variant)                                                                   \
    {                                                                                              \
        .size = sizeof(struct loop_variant), .flags = (flags_), .name = (name_),                   \
        .kind = "selector", .selector = (selector_), .platform = "linux",                          \
        .operations = &operations                                                                  \
    }

static const struct loop_variant *const variants[] = {
    VARIANT("linux-epoll", "epoll", LOOP_VARIANT_DEFAULT),
    VARIANT("linux-epoll-changelist", "epoll", 0),
    VARIANT("linux-poll", "poll", 0),
    VARIANT("linux-select", "select", 0),
};

const struct loop_api *loop_api_v1(void)
{
    static struct loop_api api = {
        .size = sizeof api,
        .abi_version = LOOP_ABI_VERSION,
        .name = "libevent",
        .variant_count = sizeof variants / sizeof *variants,
        .variants = variants,
    };
    api.version = event_get_version();
    return &api;
}
