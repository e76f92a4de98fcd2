/* SPDX-License-Identifier: MIT
 *
 * What the faults of pipes and children share: each of them, and its protocol, passes through a
 * record, so that a fault can look at it and change what is asked for and what is told. */
#ifndef LOOPCHECK_FAULTS_PIPED_H
#define LOOPCHECK_FAULTS_PIPED_H

#include <stdbool.h>

#include "fault.h"

/* One pipe or one child; never freed, for the process of a fault is short. */
struct piped {
    struct loop *loop;
    bool child, writes; /* subprocess_*; connect_write_pipe */
    loop_fd fd;
    loop_protocol_factory factory;
    void *factory_arg;
    loop_connected done;
    void *arg;
    struct loop_protocol user; /* the check's own */
    struct loop_transport *transport;
    int number; /* from 1 */
    bool lost, exited, closed;
    size_t received; /* bytes told */
    bool mark;       /* the fault's own */
    struct piped *older;
};

/* What a fault does in place of passing on; NULL passes on. */
struct piped_hooks {
    /* Changes what is asked for; anything but LOOP_OK is the call's answer. */
    loop_status (*options)(struct piped *p, struct loop_subprocess_options *options);
    loop_status (*pipe)(struct piped *p, loop_fd *fd);
    void (*done)(struct piped *p, loop_status status);
    void (*made)(struct piped *p);
    void (*lost)(struct piped *p, loop_status why);
    void (*data)(struct piped *p, const void *data, size_t length);
    int (*eof)(struct piped *p);
    void (*pause)(struct piped *p);
    void (*child_data)(struct piped *p, int fd, const void *data, size_t length);
    void (*child_lost)(struct piped *p, int fd, loop_status why);
    void (*exited)(struct piped *p);
    loop_status (*write)(struct piped *p, struct loop_transport *transport, const void *data,
                         size_t length); /* of a pipe, or of a pipe of a child: then p is NULL */
};

extern const struct loop_operations *piped_inner;
extern struct piped *piped_newest;

void piped_spoil(struct loop_operations *spoilt, const struct loop_operations *inner,
                 const struct piped_hooks *hooks);
struct piped *piped_of(const struct loop_transport *transport);
int piped_running(void); /* children that were made and have not exited */

/* Passing on. */
void piped_done(struct piped *p, loop_status status);
void piped_made(struct piped *p);
void piped_lost(struct piped *p, loop_status why);
void piped_data(struct piped *p, const void *data, size_t length);
int piped_eof(struct piped *p);
void piped_child_data(struct piped *p, int fd, const void *data, size_t length);
void piped_child_lost(struct piped *p, int fd, loop_status why);
void piped_exited(struct piped *p);

/* Has the child started by way of a shell that does `prologue` first. */
void piped_prologue(struct loop_subprocess_options *options, const char *prologue);

/* Defines the function of that name for struct fault's `spoil`. */
#define PIPED_FAULT(name, ...)                                                                     \
    static void name(struct loop_operations *spoilt, const struct loop_operations *inner)          \
    {                                                                                              \
        static const struct piped_hooks hooks = {__VA_ARGS__};                                     \
        piped_spoil(spoilt, inner, &hooks);                                                        \
    }
/* The same, and `operation` of the table is replaced as well. */
#define PIPED_FAULT_OF(name, operation, function, ...)                                             \
    static void name(struct loop_operations *spoilt, const struct loop_operations *inner)          \
    {                                                                                              \
        static const struct piped_hooks hooks = {__VA_ARGS__};                                     \
        piped_spoil(spoilt, inner, &hooks);                                                        \
        spoilt->operation = function;                                                              \
    }

/* ---- the OS */

void piped_reap_strangers(void);
void piped_leave_zombie(void);
/* 'p' pipe, 'f' FIFO, 's' socket, 'c' character device, 'r' regular file, 'd' directory, '-' none */
char piped_kind(loop_fd fd);
size_t piped_read(loop_fd fd, void *data, size_t size); /* 0 if there is nothing */
void piped_occupy(loop_fd fd);         /* opens something at this number, which is free */
loop_fd piped_hidden_copy(loop_fd fd); /* a duplicate far up, not inherited */
void piped_unset_nonblocking(loop_fd fd);
void piped_break_pipe(void); /* raises SIGPIPE */
bool piped_has_no_reader(loop_fd fd);
int64_t piped_now(void);

#endif
