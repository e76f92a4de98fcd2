/* SPDX-License-Identifier: MIT
 *
 * Scenes in which the n-th allocation fails. memory.c counts, scenes.c has the scenes. */
#ifndef REFERENCE_TESTS_MEMORY_H
#define REFERENCE_TESTS_MEMORY_H

#include <stdbool.h>

#include "loop_abi.h"

enum { ENDS = 16 };

struct run;

/* One transport, from the operation that asks for it on. */
struct end {
    struct run *run;
    struct loop_transport *transport;
    struct loop_handle *operation;
    bool started, made, lost;
    int completions;
    loop_status status;
    size_t received;
};

/* One scene in one variant with one failure. */
struct run {
    const struct loop_operations *ops;
    const struct loop_variant *variant;
    struct loop *loop;
    struct end ends[ENDS];
    int count;
    struct loop_server *server;
    int served; /* completions of the server */
    int calls;
    bool finishing; /* all ends are being closed */
    char host[64];
    uint32_t port;
};

struct scene {
    const char *name;
    void (*play)(struct run *r);
};
extern const struct scene scenes[]; /* ends with a NULL name */

/* Whether the n-th allocation has come, and failed. */
bool memory_failed(void);
/* Ends the program: the loop did `what`, which nothing excuses. */
_Noreturn void memory_wrong(const char *what);

#endif
