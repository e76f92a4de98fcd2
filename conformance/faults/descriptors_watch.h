/* SPDX-License-Identifier: MIT
 *
 * What the faults of descriptors share: every reader and writer passes through a record of it, so
 * that a fault can look at it, keep its calls back, or make calls of its own. */
#ifndef LOOPCHECK_FAULTS_DESCRIPTORS_WATCH_H
#define LOOPCHECK_FAULTS_DESCRIPTORS_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

struct watch {
    struct loop *loop;
    loop_fd fd;
    bool writer;
    loop_callback callback;
    void *arg;
    bool live;           /* registered, neither removed nor replaced */
    bool added_inside;   /* by the callback of another */
    bool removed_inside; /* by its own callback */
    bool mark;           /* the fault's own */
    int calls;
    int64_t added_at; /* the loop's time */
    uint64_t file;    /* the file that it was added for: os_file */
    struct watch *next, *next_live;
};

struct watch_hooks {
    loop_status (*add)(struct watch *watch);                           /* NULL: watch_register */
    void (*call)(struct watch *watch);                                 /* NULL: watch_deliver */
    loop_status (*remove)(struct loop *loop, loop_fd fd, bool writer); /* NULL: watch_unregister */
};

void watch_spoil(struct loop_operations *spoilt, const struct loop_operations *inner,
                 const struct watch_hooks *hooks);

/* Defines the function of that name for struct fault's `spoil`. */
#define WATCH_FAULT(name, ...)                                                                     \
    static void name(struct loop_operations *spoilt, const struct loop_operations *inner)          \
    {                                                                                              \
        static const struct watch_hooks hooks = {__VA_ARGS__};                                     \
        watch_spoil(spoilt, inner, &hooks);                                                        \
    }

extern const struct loop_operations *watch_inner; /* the loop's own operations */
extern struct watch *watch_first;                 /* all there ever were, oldest first, by next */
extern struct watch *watch_live;                  /* the live ones, oldest first, by next_live */
extern struct watch *watch_calling;               /* whose callback runs now, or NULL */

loop_status watch_register(struct watch *watch);
void watch_deliver(struct watch *watch);
loop_status watch_unregister(struct loop *loop, loop_fd fd, bool writer);

struct watch *watch_find(struct loop *loop, loop_fd fd, bool writer); /* the live one, or NULL */
int watch_count(bool writer);                                         /* live ones */

/* Calls `callback(arg)` from the loop in its next iteration. */
void watch_soon(struct loop *loop, loop_callback callback, void *arg);
/* Burns CPU in every iteration from now on. */
void watch_spin(struct loop *loop);

/* ---- the OS */

enum { OS_READABLE = 1, OS_WRITABLE = 2, OS_ERROR = 4, OS_HUNG_UP = 8, OS_HALF_CLOSED = 16 };
int os_state(loop_fd fd);  /* OS_*, or-ed */
int os_unread(loop_fd fd); /* bytes that wait */

enum os_kind {
    OS_CLOSED, /* no open file has that number */
    OS_OTHER,
    OS_REGULAR,
    OS_DIRECTORY,
    OS_TERMINAL,
    OS_DEVICE, /* any other */
    OS_PIPE,
    OS_NAMED_PIPE,
    OS_LOCAL_SOCKET,
    OS_LISTENER,
    OS_STREAM,
    OS_DATAGRAM
};
enum os_kind os_kind_of(loop_fd fd);
bool os_is_write_only(loop_fd fd);
uint64_t os_file(loop_fd fd);           /* the same for two numbers of one open file; 0 for none */
loop_fd os_duplicate_of(uint64_t file); /* a number that refers to it, or LOOP_NO_FD */
void os_set_nonblocking(loop_fd fd);

#endif
