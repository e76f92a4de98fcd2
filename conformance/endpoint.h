/* SPDX-License-Identifier: MIT
 *
 * Protocols that write down what they are told. An endpoint is the protocol of one transport; a
 * listener makes one for each connection that its server accepts. What breaks the contract of
 * loop_protocol and of completions fails the check at once: data before connection_made, anything
 * after connection_lost, either of them twice, a call from inside the call that asked for it, a
 * callback within another, a completion twice.
 *
 * They live until the end of the check. Transports, servers and operations are released when the
 * check's loops are closed, unless endpoint_release did it before; a check that frees a loop itself
 * calls endpoints_release_all first. */
#ifndef LOOPCHECK_ENDPOINT_H
#define LOOPCHECK_ENDPOINT_H

#include "check.h"

/* An address, kept beyond the callback that told it. */
struct kept_address {
    struct loop_address address; /* its strings are the two below */
    char host[64];
    char path[128];
    int calls;
};
/* A `receive` for transport_get_sockname and its kin; `arg` is a struct kept_address. */
void keep_address(void *arg, const struct loop_address *address);

struct kept_datagram {
    unsigned char *data;
    size_t length;
    struct kept_address from;
};

/* What a child's transport told of one of its pipes. */
struct kept_pipe {
    unsigned char *data;
    size_t bytes, capacity;
    int losses;
    loop_status why;
};

struct listener;

struct endpoint {
    struct check *check;
    struct loop *loop;                /* check->loop; set it before use for another one */
    const char *name;                 /* "the client", for messages */
    struct loop_transport *transport; /* from connection_made until endpoint_release */
    struct loop_handle *operation;    /* if it was asked for */

    /* What to do. */
    loop_status refuses; /* what the factory answers; LOOP_OK makes a protocol */
    int keeps_open;      /* what eof_received answers */
    bool releases_when_lost;
    bool forgets;                        /* counts what it receives, and keeps nothing */
    void (*on_made)(struct endpoint *e); /* these may be NULL; called after the writing down */
    void (*on_lost)(struct endpoint *e);
    void (*on_data)(struct endpoint *e, const void *data, size_t length);
    void (*on_eof)(struct endpoint *e);
    void (*on_pause)(struct endpoint *e);
    void (*on_resume)(struct endpoint *e);
    void (*on_datagram)(struct endpoint *e, const struct kept_datagram *datagram);
    void (*on_error)(struct endpoint *e);
    void (*on_exit)(struct endpoint *e);
    void (*on_completion)(struct endpoint *e);
    void *user; /* the check's own */

    /* What came of it: calls, and what they said. */
    int factories, made, lost, eofs, pauses, resumes, errors, exits, completions;
    loop_status status;  /* the completion's */
    loop_status why;     /* connection_lost's */
    loop_status error;   /* the newest error_received's */
    unsigned char *data; /* all that was received, one after the other */
    size_t bytes, capacity;
    struct kept_datagram **datagram; /* in the order of arrival */
    int datagrams;
    struct kept_pipe pipe[3];
    /* One letter an event, in order: F factory, M made, d data (once for any number in a row), e
     * EOF, p and r pause and resume writing, g datagram, ! error, o pipe data (in a row), l pipe
     * lost, x exit, L lost, C completion. */
    char log[256];

    size_t target;             /* of endpoint_received; AWAIT_BYTES sets it */
    struct listener *listener; /* that accepted it, or NULL */
    bool calling;              /* inside the call that asked for it */
    bool released;
    struct endpoint *next;
};

struct listener {
    struct check *check;
    struct loop *loop;
    struct loop_server *server; /* from the completion until listener_release */
    struct loop_handle *operation;
    const char *name; /* of the endpoints that it makes */
    int keeps_open;
    void (*prepare)(struct endpoint *e); /* sets an accepted endpoint up, in the factory; or NULL */
    void *user;                          /* given on to the endpoints */
    struct endpoint **accepted;          /* whose protocols were made, in that order */
    int accepts, capacity;
    int made, lost; /* of them all */
    int completions, closures;
    loop_status status;
    struct kept_address address; /* of its first socket, once it serves */
    int target;                  /* of listener_made and listener_lost */
    bool calling;
    bool released;
    struct listener *next;
};

struct endpoint *endpoint_new(struct check *c, const char *name);
struct listener *listener_new(struct check *c, const char *name);

/* ---- protocol factories and completions; `arg` is the endpoint or the listener */

loop_status endpoint_factory(void *arg, struct loop_protocol *protocol);
void endpoint_connected(void *arg, loop_status status, struct loop_transport *transport);
loop_status listener_factory(void *arg, struct loop_protocol *protocol);
void listener_serving(void *arg, loop_status status, struct loop_server *server);

/* ---- the operations that make them, with those. The function is the loop's: ops->create_... With
 * `wants_handle` the handle is stored in `operation`, and released in the end. */

typedef loop_status (*connect_operation)(struct loop *loop,
                                         const struct loop_connection_options *options,
                                         loop_protocol_factory factory, void *factory_arg,
                                         loop_connected done, void *arg,
                                         struct loop_handle **operation);
typedef loop_status (*serve_operation)(struct loop *loop, const struct loop_server_options *options,
                                       loop_protocol_factory factory, void *factory_arg,
                                       loop_serving done, void *arg,
                                       struct loop_handle **operation);
typedef loop_status (*pipe_operation)(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                      void *factory_arg, loop_connected done, void *arg,
                                      struct loop_handle **operation);
typedef loop_status (*spawn_operation)(struct loop *loop,
                                       const struct loop_subprocess_options *options,
                                       loop_protocol_factory factory, void *factory_arg,
                                       loop_connected done, void *arg,
                                       struct loop_handle **operation);

loop_status endpoint_connect(struct endpoint *e, connect_operation connect,
                             const struct loop_connection_options *options, bool wants_handle);
loop_status endpoint_datagrams(struct endpoint *e, const struct loop_datagram_options *options,
                               bool wants_handle);
loop_status endpoint_pipe(struct endpoint *e, pipe_operation connect, loop_fd fd,
                          bool wants_handle);
loop_status endpoint_spawn(struct endpoint *e, spawn_operation spawn,
                           const struct loop_subprocess_options *options, bool wants_handle);
loop_status listener_serve(struct listener *l, serve_operation serve,
                           const struct loop_server_options *options, bool wants_handle);

/* The same, waiting for a completion with LOOP_OK; a refusal that a rule demands skips the check.
 * The listener's address is known then. */
void endpoint_connect_now(struct endpoint *e, connect_operation connect, const char *operation,
                          const struct loop_connection_options *options);
void listener_serve_now(struct listener *l, serve_operation serve, const char *operation,
                        const struct loop_server_options *options);

/* ---- conditions for RUN_UNTIL; `arg` is the endpoint or the listener. They hold no longer than
 * what they look at: a count is reset by the check that waits for the next. */

bool endpoint_completed(void *arg);
bool endpoint_made(void *arg);
bool endpoint_lost(void *arg);
bool endpoint_ended(void *arg);    /* eof_received */
bool endpoint_paused(void *arg);   /* more pauses than resumes */
bool endpoint_resumed(void *arg);  /* as many, and at least one */
bool endpoint_exited(void *arg);   /* process_exited */
bool endpoint_received(void *arg); /* bytes, or datagrams, or errors count up to `target` */
bool endpoint_datagrams_received(void *arg);
bool listener_completed(void *arg);
bool listener_made(void *arg);   /* `target` connections, 1 if that is 0 */
bool listener_lost(void *arg);   /* as many lost */
bool listener_closed(void *arg); /* server_wait_closed has completed */

#define AWAIT_BYTES(e, count)                                                                      \
    ((e)->target = (count), RUN_UNTIL((e)->check, endpoint_received, (e), "all bytes to arrive"))
#define AWAIT_DATAGRAMS(e, count)                                                                  \
    ((e)->target = (count),                                                                        \
     RUN_UNTIL((e)->check, endpoint_datagrams_received, (e), "all datagrams to arrive"))

/* ---- bytes */

/* Byte `offset` of a stream without a short period, so that what is lost, doubled or swapped shows.
 */
unsigned char pattern_byte(size_t offset);
void pattern_fill(unsigned char *bytes, size_t offset, size_t length);
/* The first offset at which `bytes` are not the pattern from its beginning, or `length`. */
size_t pattern_mismatch(const unsigned char *bytes, size_t length);
unsigned char *pattern_new(struct check *c, size_t length);

/* That the endpoint received exactly `length` bytes, which are the pattern from its beginning. */
#define EXPECT_PATTERN(e, length) endpoint_expect_pattern((e), __FILE__, __LINE__, (length))
void endpoint_expect_pattern(struct endpoint *e, const char *file, int line, size_t length);
/* That it received exactly this text. */
#define EXPECT_TEXT(e, text) endpoint_expect_text((e), __FILE__, __LINE__, (text))
void endpoint_expect_text(struct endpoint *e, const char *file, int line, const char *text);

/* ---- the end */

/* The transport, if there is one, is released now: in connection_lost or later. */
void endpoint_release(struct endpoint *e);
void listener_release(struct listener *l);
/* Everything of all endpoints and listeners is released; their loops are closed. */
void endpoints_release_all(void *check);
/* From now on no endpoint may be called: their loop was closed. */
void endpoints_expect_silence(struct check *c);

#endif
