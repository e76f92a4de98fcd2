/* SPDX-License-Identifier: MIT
 *
 * libev joined to the ABI: its life, its clock, and the table. libev watches, and does nothing
 * itself: streams, datagrams, pipes and processes are its user's, and so are errors. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "adapter.h"

static const struct {
    const char *selector;
    unsigned flag;
} backends[] = {
    {"epoll", EVBACKEND_EPOLL},       {"poll", EVBACKEND_POLL},       {"select", EVBACKEND_SELECT},
    {"linuxaio", EVBACKEND_LINUXAIO}, {"iouring", EVBACKEND_IOURING},
};

static unsigned backend_of(const struct loop_variant *variant)
{
    for (size_t i = 0; i < sizeof backends / sizeof *backends; i++)
        if (strcmp(backends[i].selector, variant->selector) == 0)
            return backends[i].flag;
    return 0;
}

static loop_status libev_open(const struct loop_variant *variant,
                              const struct loop_open_options *options, struct loop **opened)
{
    (void)options;
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return LOOP_NO_MEMORY;
    loop->ev = ev_loop_new(backend_of(variant) | EVFLAG_NOENV);
    if (loop->ev == NULL) {
        free(loop);
        return LOOP_FAILED;
    }
    TAILQ_INIT(&loop->handles);
    TAILQ_INIT(&loop->posted);
    pthread_mutex_init(&loop->lock, NULL);
    ev_async_init(&loop->wakeup, run_posted);
    loop->wakeup.data = loop;
    ev_async_start(loop->ev, &loop->wakeup);
    *opened = loop;
    return LOOP_OK;
}

static loop_status libev_close(struct loop *loop)
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
    ev_async_stop(loop->ev, &loop->wakeup);
    ev_loop_destroy(loop->ev);
    return LOOP_OK;
}

static void libev_free(struct loop *loop)
{
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}

static loop_status libev_run_forever(struct loop *loop)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->running)
        return LOOP_RUNTIME;
    loop->running = 1;
    ev_run(loop->ev, 0);
    loop->running = 0;
    return LOOP_OK;
}

/* Outside ev_run it has no effect, as libev's manual says. */
static void libev_stop(struct loop *loop)
{
    if (!loop->closed)
        ev_break(loop->ev, EVBREAK_ONE);
}

static int libev_is_running(struct loop *loop)
{
    return !loop->closed && ev_depth(loop->ev) > 0;
}

/* What timers count from; without a loop libev can still tell the time. */
static int64_t libev_time(struct loop *loop)
{
    return (int64_t)((loop->closed ? ev_time() : ev_now(loop->ev)) * 1e9);
}

/* A double of seconds since 1970 has steps of 238 ns; gettimeofday, which it may come from, has
 * microseconds. */
static int64_t libev_clock_resolution(struct loop *loop)
{
    (void)loop;
    return 1000;
}

static const struct loop_operations operations = {
    .size = sizeof operations,
    .open = libev_open,
    .close = libev_close,
    .free = libev_free,
    .run_forever = libev_run_forever,
    .stop = libev_stop,
    .is_running = libev_is_running,
    .time = libev_time,
    .clock_resolution = libev_clock_resolution,
    .call_soon = libev_call_soon,
    .call_soon_threadsafe = libev_call_soon_threadsafe,
    .call_later = libev_call_later,
    .call_at = libev_call_at,
    .handle_cancel = libev_handle_cancel,
    .handle_when = libev_handle_when,
    .handle_release = libev_handle_release,
    .add_reader = libev_add_reader,
    .remove_reader = libev_remove_reader,
    .add_writer = libev_add_writer,
    .remove_writer = libev_remove_writer,
    .add_signal_handler = libev_add_signal_handler,
    .remove_signal_handler = libev_remove_signal_handler,
};

#define VARIANT(selector_, flags_)                                                                 \
    {                                                                                              \
        .size = sizeof(struct loop_variant), .flags = (flags_), .name = "linux-" selector_,        \
        .kind = "selector", .selector = selector_, .platform = "linux", .operations = &operations  \
    }

static const struct loop_variant every[] = {
    VARIANT("epoll", LOOP_VARIANT_DEFAULT),
    VARIANT("poll", 0),
    VARIANT("select", 0),
    VARIANT("linuxaio", 0),
    VARIANT("iouring", 0),
};

static const struct loop_variant *variants[sizeof every / sizeof *every];
static char version[32];

static struct loop_api api = {
    .size = sizeof api,
    .abi_version = LOOP_ABI_VERSION,
    .name = "libev",
    .version = version,
    .variants = variants,
};

/* Containers often forbid it. Without parameters it makes nothing. */
static int system_has_io_uring(void)
{
    return syscall(SYS_io_uring_setup, 1, NULL) < 0 && errno == EFAULT;
}

/* A backend is a choice of those who built libev, and of the system. */
static int is_there(unsigned backend)
{
    return (ev_supported_backends() & backend) != 0 &&
           (backend != EVBACKEND_IOURING || system_has_io_uring());
}

static void fill_in(void)
{
    snprintf(version, sizeof version, "%d.%d", ev_version_major(), ev_version_minor());
    for (size_t i = 0; i < sizeof every / sizeof *every; i++)
        if (is_there(backend_of(&every[i])))
            variants[api.variant_count++] = &every[i];
}

const struct loop_api *loop_api_v1(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fill_in);
    return &api;
}
