/* SPDX-License-Identifier: MIT
 *
 * APR's pollsets and queues joined to the ABI: a loop's life, and the table. APR has no timers; its
 * sockets, pipes and processes are blocking or the program's to watch. */
#include <apr_errno.h>
#include <apr_general.h>
#include <apr_version.h>
#include <stdlib.h>
#include <string.h>

#include "adapter.h"
#include "loop_errno.h"

/* The most that a pollset holds, or, by epoll, reports at once. Its wakeup takes one more. */
enum { DESCRIPTORS = 16384 };

/* apr_initialize counts its callers, without a lock. */
static pthread_mutex_t initialize_lock = PTHREAD_MUTEX_INITIALIZER;

static apr_status_t begin_apr(void)
{
    pthread_mutex_lock(&initialize_lock);
    apr_status_t status = apr_initialize();
    pthread_mutex_unlock(&initialize_lock);
    return status;
}

static void end_apr(void)
{
    pthread_mutex_lock(&initialize_lock);
    apr_terminate();
    pthread_mutex_unlock(&initialize_lock);
}

loop_status status_of(struct loop *loop, apr_status_t status)
{
    if (status != APR_SUCCESS)
        loop->last_error = status;
    if (APR_STATUS_IS_NOTFOUND(status))
        return LOOP_NOT_FOUND;
    return APR_STATUS_IS_ENOTIMPL(status) ? LOOP_NOT_IMPLEMENTED : loop_status_of_errno(status);
}

static apr_status_t make_pollset(struct loop *loop, const char *selector)
{
    apr_pollset_method_e method = APR_POLLSET_EPOLL;
    apr_uint32_t size = DESCRIPTORS;
    if (strcmp(selector, "poll") == 0)
        method = APR_POLLSET_POLL;
    if (strcmp(selector, "select") == 0) {
        method = APR_POLLSET_SELECT;
        size = FD_SETSIZE - 1;
    }
    return apr_pollset_create_ex(&loop->set, size, loop->pool,
                                 APR_POLLSET_WAKEABLE | APR_POLLSET_NODEFAULT, method);
}

static loop_status apr_open(const struct loop_variant *variant,
                            const struct loop_open_options *options, struct loop **opened)
{
    (void)options;
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return LOOP_NO_MEMORY;
    apr_status_t status = begin_apr();
    if (status == APR_SUCCESS)
        status = apr_pool_create(&loop->pool, NULL);
    if (status == APR_SUCCESS)
        status = make_pollset(loop, variant->selector);
    if (status == APR_SUCCESS)
        status = make_posts(loop);
    if (status == APR_SUCCESS) {
        pthread_mutex_init(&loop->lock, NULL);
        *opened = loop;
        return LOOP_OK;
    }
    loop_status failed = status_of(loop, status);
    if (loop->pool != NULL)
        apr_pool_destroy(loop->pool);
    end_apr();
    free(loop);
    return failed;
}

static loop_status apr_close(struct loop *loop)
{
    if (loop->running)
        return LOOP_RUNTIME;
    pthread_mutex_lock(&loop->lock);
    int closed = loop->closed;
    loop->closed = 1;
    pthread_mutex_unlock(&loop->lock);
    if (closed)
        return LOOP_OK;
    discard_posts(loop);
    discard_watchers(loop);
    apr_pool_destroy(loop->pool);
    end_apr();
    return LOOP_OK;
}

static void apr_free(struct loop *loop)
{
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}

/* APR_EINTR is what a wakeup comes to, where nothing else was ready. */
static apr_status_t run_once(struct loop *loop)
{
    const apr_pollfd_t *ready = NULL;
    apr_int32_t count = 0;
    apr_status_t status = apr_pollset_poll(loop->set, loop->stopping ? 0 : -1, &count, &ready);
    if (status == APR_SUCCESS)
        run_ready(loop, ready, count);
    else if (!APR_STATUS_IS_EINTR(status) && !APR_STATUS_IS_TIMEUP(status))
        return status;
    run_posts(loop);
    return APR_SUCCESS;
}

static loop_status apr_run_forever(struct loop *loop)
{
    apr_status_t status;
    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->running)
        return LOOP_RUNTIME;
    loop->running = 1;
    do
        status = run_once(loop);
    while (status == APR_SUCCESS && !loop->stopping);
    loop->running = 0;
    loop->stopping = 0;
    return status_of(loop, status);
}

static void apr_stop(struct loop *loop)
{
    loop->stopping = 1;
}

static int64_t apr_last_os_error(struct loop *loop)
{
    return loop->last_error;
}

static const struct loop_operations operations = {
    .size = sizeof operations,
    .open = apr_open,
    .close = apr_close,
    .free = apr_free,
    .run_forever = apr_run_forever,
    .stop = apr_stop,
    .last_os_error = apr_last_os_error,
    .call_soon = apr_call_soon,
    .call_soon_threadsafe = apr_call_soon,
    .add_reader = apr_add_reader,
    .remove_reader = apr_remove_reader,
    .add_writer = apr_add_writer,
    .remove_writer = apr_remove_writer,
};

#define VARIANT(of, is)                                                                            \
    {                                                                                              \
        .size = sizeof(struct loop_variant), .flags = (is), .name = "linux-" of,                   \
        .kind = "selector", .selector = of, .platform = "linux", .operations = &operations,        \
    }

static const struct loop_variant by_epoll = VARIANT("epoll", LOOP_VARIANT_DEFAULT);
static const struct loop_variant by_poll = VARIANT("poll", 0);
static const struct loop_variant by_select = VARIANT("select", 0);

static const struct loop_variant *const variants[] = {&by_epoll, &by_poll, &by_select};

const struct loop_api *loop_api_v1(void)
{
    static struct loop_api api = {
        .size = sizeof api,
        .abi_version = LOOP_ABI_VERSION,
        .name = "apr",
        .variant_count = 3,
        .variants = variants,
    };
    api.version = apr_version_string();
    return &api;
}
