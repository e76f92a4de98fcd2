/* SPDX-License-Identifier: MIT
 *
 * What is a transport? One end of something, the protocol that is told what happens there, and the
 * bytes that wait to be written. What an asynchronous operation is, is said here too: it mostly
 * makes one. Read transport.c first, then operation.c, then a kind: stream.c is the plainest.
 *
 * Nothing of the user's is called from inside a call of his: whatever a transport has to tell after
 * such a call, it tells in a turn of its own, which the loop takes through its queue. */
#ifndef REFERENCE_TRANSPORT_H
#define REFERENCE_TRANSPORT_H

#include "io.h"
#include "loop.h"
#include "socket.h"

/* ---- buffer.c: bytes that wait to be written */

struct buffer {
    unsigned char *block; /* NULL while it is empty */
    size_t start, length; /* the bytes are block[start] and on */
    size_t room;
};

bool buffer_add(struct buffer *buffer, const void *bytes, size_t length); /* false: no memory */
void buffer_take(struct buffer *buffer, size_t length);                   /* the first are gone */
void buffer_clear(struct buffer *buffer);

/* ---- operation.c: what is under way, and completes later */

/* A kind of operation has this as its first member. It goes on step by step, each a callback of the
 * loop, until operation_end or the user's cancelling; then its completion is called. */
struct operation {
    struct loop *loop;
    void (*step)(struct operation *operation); /* what comes next */
    void (*undo)(struct operation *operation); /* gives back all that it holds, once, at its end */
    loop_protocol_factory factory;
    void *factory_arg;
    loop_connected connected; /* one of these completions, or neither */
    loop_serving serving;
    void *arg;
    struct loop_transport *transport; /* what it made: from transport_begin on */
    struct loop_server *server;
    loop_status status;
    bool over;                  /* only the completion is still to come */
    struct loop_handle *turn;   /* calls step, or the completion */
    struct loop_handle *ticket; /* the user's way to cancel it; or NULL */
    struct operation *before, *after;
};

/* Zeroed memory of `size` bytes with an operation at its start; NULL without memory. */
struct operation *operation_make(struct loop *loop, size_t size,
                                 void (*undo)(struct operation *operation));
/* It is under way; `ticket` is the user's out parameter. Cannot fail: the last thing that the
 * starting call does, beside operation_next. */
void operation_start(struct operation *operation, struct loop_handle **ticket);
/* Instead of operation_start: it is undone and gone. */
void operation_discard(struct operation *operation);
/* Calls `step` in the next iteration. */
void operation_next(struct operation *operation, void (*step)(struct operation *operation));
/* Undoes it and queues the completion, unless it is over. With LOOP_OK, `transport` or `server`
 * were set before. */
void operation_end(struct operation *operation, loop_status status);
/* Calls the factory: LOOP_OK and *protocol is filled, or what operation_end is to be told. */
loop_status operation_protocol(struct operation *operation, struct loop_protocol *protocol);
/* From handle_cancel: completes with LOOP_CANCELLED, unless it is over. */
void operation_cancel(struct operation *operation);
/* The loop was closed: all are undone, nothing is called. */
void operations_close(struct loop *loop);

/* ---- transport.c: what all kinds have in common */

/* What is particular to a kind. A NULL function: the kind has no such thing, or the common one does
 * all there is to do. */
struct transport_kind {
    bool is_socket;
    bool reads;      /* pause_reading has a meaning */
    bool eof_closes; /* write_eof is the same as close, but that a write after it is an error */
    /* connection_made has returned, and the transport is not closing: begin to read. */
    void (*start)(struct loop_transport *transport);
    void (*readable)(struct loop_transport *transport); /* watched by transport_watch */
    void (*writable)(struct loop_transport *transport);
    loop_status (*write)(struct loop_transport *transport, const void *data, size_t length);
    /* Once, when what was written before it has been sent. */
    void (*write_eof)(struct loop_transport *transport);
    loop_status (*sendto)(struct loop_transport *transport, const void *data, size_t length,
                          const struct loop_address *to);
    /* Is closing from now on, no longer reads. The common way: lost when nothing is queued, or else
     * when the kind has flushed. */
    void (*close)(struct loop_transport *transport);
    /* The common way: drops what is queued and is lost. */
    void (*abort)(struct loop_transport *transport);
    /* Drops what is queued; `queued` is set to 0 by the caller. */
    void (*drop)(struct loop_transport *transport);
    /* Calls the protocol with what else is owed, in a turn that transport_tell asked for. */
    void (*tell)(struct loop_transport *transport);
    /* Gives back what the kind holds, but `fd`: after connection_lost, or without it when the loop
     * was closed. The memory lives on until it is released. */
    void (*end)(struct loop_transport *transport);
    /* The last reference is given up: its memory goes. */
    void (*forget)(struct loop_transport *transport);
};

/* A kind of transport has this as its first member. One reference is the loop's, until
 * connection_lost or the loop's closing; one is the user's, from connection_made on. */
struct loop_transport {
    const struct transport_kind *kind;
    const struct carrier *carrier; /* NULL: it has no bytes of its own */
    struct loop *loop;
    struct loop_protocol protocol;
    int references;
    loop_fd fd; /* LOOP_NO_FD if there is none */

    struct operation *operation; /* the one that made it, until connection_made */
    struct loop_server *server;  /* the one that accepted it, or NULL */
    struct address local, remote;

    bool made;    /* connection_made was called */
    bool given;   /* the user has his reference */
    bool closing; /* nothing more is read, nor taken to be written */
    bool lost;    /* connection_lost is due, or was called */
    loop_status why;

    bool paused;      /* pause_reading */
    bool eof_read;    /* nothing more will come */
    bool eof_written; /* write_eof was called */
    bool watching[2];

    struct buffer out;
    size_t queued; /* bytes that wait to be written */
    size_t high, low;
    bool writing_paused; /* whether pause_writing was the last that was owed */
    unsigned flow_owed;  /* calls of pause_writing and resume_writing in turn */

    struct loop_handle *turn;       /* calls what is owed to the protocol */
    struct loop_handle *watches[2]; /* call readable and writable */
    struct request *requests[2];    /* a proactor's */
    struct loop_transport *before, *after;
};

/* Zeroed memory of `size` bytes with a transport of that kind at its start; NULL without memory. It
 * takes over `fd` (LOOP_NO_FD: none), which is non-blocking. */
struct loop_transport *transport_make(struct loop *loop, size_t size,
                                      const struct transport_kind *kind,
                                      const struct carrier *carrier, loop_fd fd,
                                      const struct loop_protocol *protocol);
/* connection_made is called in the next iteration, and reading starts; `operation`, unless it is
 * NULL, ends with LOOP_OK and this transport. */
void transport_begin(struct loop_transport *transport, struct operation *operation);

/* Watches or not; a failure to do so loses the transport. */
void transport_watch(struct loop_transport *transport, enum direction direction, bool watch);
/* Reads or not, as the transport's state says; after each change of paused or eof_read. */
void transport_read_or_not(struct loop_transport *transport);
/* Something is owed to the protocol: takes a turn soon. */
void transport_tell(struct loop_transport *transport);
/* `queued` has become what it is: pauses or resumes the protocol's writing. */
void transport_flow(struct loop_transport *transport);
/* Queued bytes have all been written: loses the transport if it was only waiting for that. */
void transport_flushed(struct loop_transport *transport);
/* It is over: connection_lost(why) in a turn soon. Drops what is queued. Again is harmless. */
void transport_lose(struct loop_transport *transport, loop_status why);
/* An end that nobody is told of. */
void transport_end(struct loop_transport *transport);
void transport_hold(struct loop_transport *transport); /* one reference more */
void transport_drop(struct loop_transport *transport); /* and one less; NULL is none */
void transport_give(struct loop_transport *transport); /* the user's reference, once */

/* Whether `fd` is a transport's, so that its `direction` is not the user's to watch. */
bool transports_own(const struct loop *loop, loop_fd fd, enum direction direction);
void transports_close(struct loop *loop);

/* ---- stream.c: bytes in order. Kinds that do the same on something else use these functions. */

void stream_start(struct loop_transport *transport);
void stream_readable(struct loop_transport *transport);
void stream_writable(struct loop_transport *transport);
loop_status stream_put(struct loop_transport *transport, const void *data, size_t length);

/* A connected stream socket. It takes over `fd`; on failure (no memory) it does not. */
struct loop_transport *stream_make(struct loop *loop, loop_fd fd,
                                   const struct loop_protocol *protocol);

/* ---- resolve.c: names to addresses, never on the loop's thread */

struct resolution;

enum { RESOLVE_PASSIVE = 1, RESOLVE_DATAGRAM = 2 };

/* The addresses of what was asked for, in the resolver's order; or why there are none. Freed by the
 * receiver, who may be called in the next iteration or in a minute. */
struct addresses {
    loop_status status;
    size_t count;
    struct address all[];
};

/* Calls done(arg, addresses) later, from the loop; NULL without memory or threads. */
struct resolution *resolve(struct loop *loop, const struct loop_address *address, unsigned flags,
                           void (*done)(void *arg, struct addresses *addresses), void *arg);
void resolution_abandon(struct resolution *resolution); /* it is over; NULL is none */
/* One address, as if it had been looked up; NULL without memory. */
struct addresses *addresses_alone(const struct address *address);
/* An address in digits (or no host at all) at once: LOOP_OK, LOOP_NAME_NOT_RESOLVED, NO_MEMORY. */
loop_status resolve_at_once(const struct loop_address *address, unsigned flags,
                            struct address *resolved);

/* ---- given.c: what the user hands to an operation */

bool given_nothing(const struct loop_address *address);
bool given_inet(const struct loop_address *address); /* may be an address of the internet */
/* Whether `fd` is a socket of that sort and family (ANY is any): LOOP_OK, and it is prepared; or
 * why it cannot be taken over. */
loop_status given_socket(struct loop *loop, loop_fd fd, bool datagrams, uint32_t family);

/* ---- server.c */

void server_lost_connection(struct loop_server *server); /* one that it accepted; NULL is none */
void servers_close(struct loop *loop);

#endif
