/* SPDX-License-Identifier: MIT
 *
 * What does the loop do when memory runs out? Each scene is played again and again, and each time a
 * later one of the loop's own allocations fails, until none does. Whatever fails: the loop says so,
 * completes what it began, and gives back all memory and every descriptor. */
#include "memory.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DESCRIPTORS = 256 };

static atomic_long until_failure, live;
static atomic_bool failed;
static struct {
    const char *scene, *variant;
    long number;
} now;

bool memory_failed(void)
{
    return atomic_load(&failed);
}

void memory_wrong(const char *what)
{
    fprintf(stderr, "%s, %s: allocation %ld %s: %s\n", now.scene, now.variant, now.number,
            memory_failed() ? "failed" : "was not reached", what);
    exit(1);
}

/* ---- the linker puts these in place of the system's, for the reference's calls alone */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *block);

static bool fails(void)
{
    if (atomic_fetch_sub(&until_failure, 1) != 1)
        return false;
    atomic_store(&failed, true);
    return true;
}

static void *counted(void *block)
{
    if (block)
        atomic_fetch_add(&live, 1);
    return block;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
    if (fails())
        return NULL;
    return block ? __real_realloc(block, size) : counted(__real_realloc(NULL, size));
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : counted(__real_strdup(text));
}

void __wrap_free(void *block)
{
    if (block)
        atomic_fetch_sub(&live, 1);
    __real_free(block);
}

/* ---- */

static int descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < DESCRIPTORS; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void give_back(struct run *r)
{
    if (r->ops->close(r->loop) != LOOP_OK)
        memory_wrong("close failed");
    for (int i = 0; i < r->count; i++) {
        if (r->ends[i].transport)
            r->ops->transport_release(r->ends[i].transport);
        if (r->ends[i].operation)
            r->ops->handle_release(r->loop, r->ends[i].operation);
    }
    if (r->server)
        r->ops->server_release(r->server);
    r->ops->free(r->loop);
}

/* What a thread holds that nobody waits for is given back a little later. */
static bool all_is_back(int before)
{
    for (int i = 0; i < 2000; i++) {
        if (atomic_load(&live) == 0 && descriptors() == before)
            return true;
        usleep(1000);
    }
    return false;
}

static void play(const struct scene *scene, const struct loop_variant *variant)
{
    const struct loop_open_options options = {.size = sizeof options};
    struct run r = {.ops = variant->operations, .variant = variant};
    int before = descriptors();
    loop_status status;

    atomic_store(&failed, false);
    atomic_store(&until_failure, now.number);
    status = r.ops->open(variant, &options, &r.loop);
    if (status == LOOP_OK) {
        scene->play(&r);
        give_back(&r);
    } else if (!memory_failed() || status != LOOP_NO_MEMORY) {
        memory_wrong("open failed of something else");
    }
    atomic_store(&until_failure, 0);
    if (!all_is_back(before))
        memory_wrong("memory or a descriptor was kept");
}

int main(void)
{
    const struct loop_api *api = loop_api_v1();

    for (uint32_t i = 0; i < api->variant_count; i++) {
        if (api->variants[i]->flags & LOOP_VARIANT_EMULATED)
            continue;
        now.variant = api->variants[i]->name;
        for (const struct scene *scene = scenes; scene->name; scene++) {
            now.scene = scene->name;
            now.number = 0;
            do {
                now.number++;
                play(scene, api->variants[i]);
            } while (memory_failed());
            printf("%s, %s: %ld allocations\n", now.scene, now.variant, now.number - 1);
        }
    }
    return 0;
}
