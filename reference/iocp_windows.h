/* SPDX-License-Identifier: MIT
 *
 * What the system has under way for a proactor. A request's memory, with the bytes that it sends or
 * receives, is the system's until its completion has come out of the port. Who gives one up before
 * need not wait: it is cancelled, and freed when it comes. */
#ifndef REFERENCE_IOCP_WINDOWS_H
#define REFERENCE_IOCP_WINDOWS_H

#include "internet.h"
#include "io.h"
#include "transport.h"

struct request {
    OVERLAPPED overlapped; /* first: the port gives back its address */
    struct loop *loop;
    loop_fd fd;
    struct loop_handle *done; /* called when it is; has a reference. NULL: given up */
    bool under_way;
    int error;                      /* when it is done: 0, or the system's */
    DWORD count;                    /* bytes */
    struct request *before, *after; /* under way too */

    DWORD flags;          /* WSARecv writes them */
    loop_fd accepted;     /* AcceptEx: closed with the request unless it is taken; or LOOP_NO_FD */
    struct address other; /* whom a datagram comes from, or goes to */
    int other_length;
    unsigned char bytes[];
};

/* What is received or sent by one request, at most. */
#define REQUEST_SIZE ((size_t)64 * 1024)

/* ---- backend_iocp_windows.c */

int iocp_adopt(struct loop *loop, loop_fd fd); /* what completes on `fd` comes to this loop */
void iocp_wake(struct loop *loop);             /* from any thread */

/* Zeroed, with room for `room` bytes; NULL without memory. */
struct request *request_make(struct loop *loop, loop_fd fd, struct loop_handle *done, size_t room);
/* What the call that was to begin it returned: with 0 and ERROR_IO_PENDING it is under way, with any
 * other it is not, and the error returned. */
int request_begun(struct request *request, int error);
/* Done without having been under way: `done` is called soon. */
void request_fail(struct request *request, int error);
/* Not wanted any more; *request becomes NULL. NULL is harmless. */
void request_give_up(struct request **request);
/* The same of one that was begun and is done, as is known from elsewhere. */
void request_leave(struct request **request);

/* ---- carriers_iocp_windows.c: what the carriers of sockets and of pipes have in common */

/* Bytes that were received, or WSAEWOULDBLOCK. */
int iocp_take_received(struct loop_transport *transport, void *data, size_t length, size_t *count);
/* How many of the bytes were sent that a request was begun with, or WSAEWOULDBLOCK. */
int iocp_take_sent(struct loop_transport *transport, size_t *count);
/* A request with a copy of `data`, or the first of it; it is the transport's. NULL without memory. */
struct request *iocp_sending(struct loop_transport *transport, const void *data, size_t length);
/* `begin` begins to receive where nothing is under way. */
loop_status iocp_proceed(struct loop_transport *transport, enum direction direction,
                         void (*begin)(struct request *request));

extern const struct carrier iocp_streams, iocp_datagrams;

extern const struct io io_iocp; /* io_iocp_windows.c */

#endif
