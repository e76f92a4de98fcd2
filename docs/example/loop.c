/* SPDX-License-Identifier: MIT
 *
 * The smallest loop that can be judged: it calls back in order and stops. docs/abi.md walks through
 * it. */
#include "loop_abi.h"

#include <stdlib.h>

struct ready {
    struct ready *next;
    loop_callback callback;
    void *arg;
};

struct loop {
    struct ready *first;
    struct ready **end;
    int running;
    int stopping;
    int closed;
};

static loop_status example_open(const struct loop_variant *variant,
                                const struct loop_open_options *options, struct loop **opened)
{
    (void)variant;
    (void)options;
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return LOOP_NO_MEMORY;
    loop->end = &loop->first;
    *opened = loop;
    return LOOP_OK;
}

static struct ready *take(struct loop *loop)
{
    struct ready *first = loop->first;
    loop->first = NULL;
    loop->end = &loop->first;
    return first;
}

static loop_status example_close(struct loop *loop)
{
    if (loop->running)
        return LOOP_RUNTIME;
    loop->closed = 1;
    for (struct ready *r = take(loop), *next; r != NULL; r = next) {
        next = r->next;
        free(r);
    }
    return LOOP_OK;
}

static void example_free(struct loop *loop)
{
    free(loop);
}

static loop_status example_call_soon(struct loop *loop, loop_callback callback, void *arg,
                                     struct loop_handle **handle)
{
    (void)handle; /* always NULL: the table has no handle_release */
    if (loop->closed)
        return LOOP_CLOSED;
    struct ready *r = malloc(sizeof *r);
    if (r == NULL)
        return LOOP_NO_MEMORY;
    *r = (struct ready){NULL, callback, arg};
    *loop->end = r;
    loop->end = &r->next;
    return LOOP_OK;
}

static loop_status example_run_forever(struct loop *loop)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->running)
        return LOOP_RUNTIME;
    loop->running = 1;
    do {
        for (struct ready *r = take(loop), *next; r != NULL; r = next) {
            next = r->next;
            r->callback(r->arg);
            free(r);
        }
    } while (!loop->stopping);
    loop->running = 0;
    loop->stopping = 0;
    return LOOP_OK;
}

static void example_stop(struct loop *loop)
{
    loop->stopping = 1;
}

static const struct loop_operations operations = {
    .size = sizeof operations,
    .open = example_open,
    .close = example_close,
    .free = example_free,
    .run_forever = example_run_forever,
    .stop = example_stop,
    .call_soon = example_call_soon,
};

static const struct loop_variant plain = {
    .size = sizeof plain,
    .flags = LOOP_VARIANT_DEFAULT,
    .name = "plain",
    .kind = "selector",
    .selector = "none",
    .platform = "linux",
    .operations = &operations,
};

static const struct loop_variant *const variants[] = {&plain};

static const struct loop_api api = {
    .size = sizeof api,
    .abi_version = LOOP_ABI_VERSION,
    .name = "example",
    .version = "1",
    .variant_count = 1,
    .variants = variants,
};

const struct loop_api *loop_api_v1(void)
{
    return &api;
}
