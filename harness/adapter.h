/* SPDX-License-Identifier: MIT
 *
 * A loop's table, looked at once before anything is done with it. */
#ifndef LOOPCHECK_ADAPTER_H
#define LOOPCHECK_ADAPTER_H

#include <stdbool.h>

#include "loop_abi.h"

enum { ADAPTER_VARIANTS = 256, ADAPTER_TEXT = 128 };

/* How a program comes by its loop: by path, or linked into it (no path then). */
struct loader {
    bool takes_path;
    /* The loop's table; or NULL with one line in `error`. */
    const struct loop_api *(*load)(const char *path, char *error, size_t size);
};

/* Whether the table can be used; if not, one line in `error` says why. */
bool adapter_valid(const struct loop_api *api, char *error, size_t size);

/* What the harness knows of a loop whose code it does not run: a copy without operations. */
struct adapter {
    char name[ADAPTER_TEXT];
    char version[ADAPTER_TEXT];
    uint32_t flags;
    uint32_t profile; /* the loop's own; 0 if it has none */
    uint32_t variant_count;
    struct adapter_variant {
        struct loop_variant described; /* its texts are the ones below; `operations` is NULL */
        char name[ADAPTER_TEXT];
        char kind[ADAPTER_TEXT];
        char selector[ADAPTER_TEXT];
        char platform[ADAPTER_TEXT];
        char platform_version[ADAPTER_TEXT]; /* empty if there is none */
        uint32_t flags;
    } variants[ADAPTER_VARIANTS];
};

/* The asyncio version that the loop wants to be judged by; 0 if it does not say. */
uint32_t adapter_profile(const struct loop_api *api);

void adapter_describe(struct adapter *adapter, const struct loop_api *api);

/* Lets the described variants point to the texts of this very copy. */
void adapter_settle(struct adapter *adapter);

#endif
