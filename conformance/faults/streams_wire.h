/* SPDX-License-Identifier: MIT
 *
 * What the faults of connections share: every operation that makes a connection or a server, and
 * every protocol of it, passes through a record, so that a fault can look at it and change what is
 * told. */
#ifndef LOOPCHECK_FAULTS_STREAMS_WIRE_H
#define LOOPCHECK_FAULTS_STREAMS_WIRE_H

#include <stdbool.h>

#include "fault.h"

/* One create_connection or create_server. */
struct wire_operation {
    struct loop *loop;
    loop_protocol_factory factory;
    void *factory_arg;
    loop_connected connected;
    loop_serving serving; /* one of the two is NULL */
    void *arg;
    struct loop_handle *handle; /* NULL if none was asked for */
    struct loop_server *server;
    loop_fd sock;
    bool by_name; /* to "localhost" */
    int accepted; /* protocols made for it */
    struct wire_operation *next;
};

/* One protocol. */
struct wire {
    struct loop *loop;
    struct wire_operation *operation;
    struct loop_protocol user;        /* the check's own */
    struct loop_transport *transport; /* NULL before connection_made and after the release */
    bool accepted;
    int number; /* from 1, among those of its operation */
    bool lost;
    bool paused;        /* between pause_writing and resume_writing */
    size_t received;    /* bytes that were told */
    size_t written;     /* bytes */
    int pieces;         /* calls of data_received */
    int writes;         /* calls of transport_write */
    int pauses;         /* of reading: calls */
    bool mark;          /* the fault's own */
    const char *inside; /* the callback that runs: "made", "data", "eof", "pause", "resume" */
    struct wire *next;
};

/* What a fault does in place of passing on; NULL passes on. */
struct wire_hooks {
    loop_status (*connect)(struct wire_operation *o, struct loop_connection_options *options);
    loop_status (*serve)(struct wire_operation *o, struct loop_server_options *options);
    void (*connected)(struct wire_operation *o, loop_status status,
                      struct loop_transport *transport);
    void (*serving)(struct wire_operation *o, loop_status status, struct loop_server *server);
    void (*made)(struct wire *w);
    void (*lost)(struct wire *w, loop_status why);
    void (*data)(struct wire *w, const void *data, size_t length);
    int (*eof)(struct wire *w);
    loop_status (*write)(struct wire *w, const void *data, size_t length);
    loop_status (*write_eof)(struct wire *w);
    void (*close)(struct wire *w);
    void (*abort)(struct wire *w);
    void (*pause)(struct wire *w);
    void (*resume)(struct wire *w);
};

extern const struct loop_operations *wire_inner;
extern struct wire *wire_first;

void wire_spoil(struct loop_operations *spoilt, const struct loop_operations *inner,
                const struct wire_hooks *hooks);

/* Defines the function of that name for struct fault's `spoil`. */
#define WIRE_FAULT(name, ...)                                                                      \
    static void name(struct loop_operations *spoilt, const struct loop_operations *inner)          \
    {                                                                                              \
        static const struct wire_hooks hooks = {__VA_ARGS__};                                      \
        wire_spoil(spoilt, inner, &hooks);                                                         \
    }
/* The same, and `operation` of the table is replaced as well. */
#define WIRE_FAULT_OF(name, operation, function, ...)                                              \
    static void name(struct loop_operations *spoilt, const struct loop_operations *inner)          \
    {                                                                                              \
        static const struct wire_hooks hooks = {__VA_ARGS__};                                      \
        wire_spoil(spoilt, inner, &hooks);                                                         \
        spoilt->operation = function;                                                              \
    }

struct wire *wire_of(const struct loop_transport *transport);
struct wire_operation *wire_operation_of(const struct loop_handle *handle);
struct wire_operation *wire_server(const struct loop_server *server);
int wire_servers(void); /* that were ever made */
loop_fd wire_fd(const struct wire *w);
size_t wire_buffered(const struct wire *w);

/* Passing on. */
void wire_connected(struct wire_operation *o, loop_status status, struct loop_transport *transport);
void wire_serving(struct wire_operation *o, loop_status status, struct loop_server *server);
void wire_made(struct wire *w);
void wire_lost(struct wire *w, loop_status why);
void wire_data(struct wire *w, const void *data, size_t length);
/* The same, with one bit of the byte at `where` in all that was received changed. */
void wire_data_damaged(struct wire *w, size_t where, const void *data, size_t length);
int wire_eof(struct wire *w);

/* ---- the OS */

void os_delay_small_writes(loop_fd fd); /* clears TCP_NODELAY */
void os_break_pipe(void);               /* raises SIGPIPE */
bool os_has_descriptors(void);          /* one more could be opened */
void os_resolve(const char *host);

#endif
