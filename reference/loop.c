/* SPDX-License-Identifier: MIT
 *
 * What is a loop? Wait for the first thing to happen, call what is due, and again, until stop. */
#include "loop.h"

#include <stdlib.h>
#include <string.h>

#include "io.h"
#include "transport.h"

/* One thread runs one loop at a time. */
static _Thread_local struct loop *running_here;

loop_status loop_fail(struct loop *loop, int os_error)
{
    loop->os_error = os_error;
    return status_of(os_error);
}

/* By name, for the caller may hold a copy of the variant whose operations it has wrapped. */
static const struct persona *find_persona(const struct loop_variant *variant)
{
    const struct loop_variant *const *own = loop_api_v1()->variants;

    while (strcmp((*own)->name, variant->name) != 0)
        own++;
    return (const struct persona *)*own;
}

static uint32_t profile_of(const struct loop_open_options *options)
{
    bool told = options->size >= offsetof(struct loop_open_options, profile) + sizeof(uint32_t);

    return told ? options->profile : 0;
}

bool loop_since(const struct loop *loop, uint32_t profile)
{
    return loop->profile == 0 || loop->profile >= profile;
}

void *loop_scratch(struct loop *loop)
{
    if (!loop->scratch)
        loop->scratch = malloc(SCRATCH_SIZE);
    return loop->scratch;
}

static void close_wakeup(struct loop *loop)
{
    if (!loop->io->wake)
        wakeup_close(&loop->wakeup);
}

void loop_wake(struct loop *loop)
{
    if (loop->io->wake)
        loop->io->wake(loop);
    else
        wakeup_send(loop->wakeup.sender);
}

static loop_status open_backend(struct loop *loop)
{
    int error = loop->io->wake ? 0 : wakeup_open(&loop->wakeup);
    loop_status status;

    if (error != 0)
        return status_of(error);
    status = loop->persona->backend->open(loop);
    if (status != LOOP_OK)
        close_wakeup(loop);
    return status;
}

static loop_status open_parts(struct loop *loop)
{
    loop_status status = ready_open(loop);
    int error;

    if (status != LOOP_OK)
        return status;
    error = sockets_begin();
    if (error != 0)
        return status_of(error);
    status = open_backend(loop);
    if (status != LOOP_OK)
        sockets_end();
    return status;
}

loop_status loop_open(const struct loop_variant *variant, const struct loop_open_options *options,
                      struct loop **loop)
{
    const struct persona *persona = find_persona(variant);
    struct loop *made;
    loop_status status;

    made = calloc(1, sizeof *made);
    if (!made)
        return LOOP_NO_MEMORY;
    made->persona = persona;
    made->io = persona->io ? persona->io : &io_readiness;
    made->profile = profile_of(options);
    limits_read(made);
    status = open_parts(made);
    if (status == LOOP_OK)
        *loop = made;
    else
        loop_free(made);
    return status;
}

loop_status loop_close(struct loop *loop)
{
    if (loop->running)
        return LOOP_RUNTIME;
    if (loop->closed)
        return LOOP_OK;
    loop->closed = true;
    /* First what watches and calls: the transports then find nothing to be taken out of it. */
    signals_close(loop);
    descriptors_close(loop);
    timers_close(loop);
    ready_refuse(loop);
    loop->persona->backend->close(loop);
    close_wakeup(loop);
    operations_close(loop);
    transports_close(loop);
    servers_close(loop);
    sockets_end();
    free(loop->scratch);
    loop->scratch = NULL;
    return LOOP_OK;
}

void loop_free(struct loop *loop)
{
    lock_free(loop->ready.lock);
    free(loop);
}

static int64_t time_to_wait(struct loop *loop)
{
    return loop->stopping || ready_any(loop) ? 0 : timers_wait(loop);
}

/* Events are queued behind what was queued before, and due timers behind events. */
static loop_status run_once(struct loop *loop)
{
    loop_status status = loop->persona->backend->wait(loop, time_to_wait(loop));

    if (status != LOOP_OK)
        return status;
    timers_due(loop);
    ready_run(loop);
    return LOOP_OK;
}

loop_status loop_run_forever(struct loop *loop)
{
    loop_status status;

    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->running || running_here)
        return LOOP_RUNTIME;
    loop->running = true;
    running_here = loop;
    do
        status = run_once(loop);
    while (status == LOOP_OK && !loop->stopping);
    loop->stopping = false;
    loop->running = false;
    running_here = NULL;
    return status;
}

void loop_stop(struct loop *loop)
{
    loop->stopping = true;
}

int loop_is_running(struct loop *loop)
{
    return loop->running;
}

int loop_is_closed(struct loop *loop)
{
    return loop->closed;
}

int64_t loop_last_os_error(struct loop *loop)
{
    return loop->os_error;
}
