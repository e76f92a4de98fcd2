/* SPDX-License-Identifier: MIT
 *
 * What is a server? Sockets that listen, and a factory for the protocols of what they accept. */
#ifndef REFERENCE_SERVER_H
#define REFERENCE_SERVER_H

#include "transport.h"

struct listener {
    struct loop_server *server;
    loop_fd fd;
    struct address name;
    struct path_identity path; /* of a unix socket: the file to remove in the end */
    struct loop_handle *watch; /* accepts */
    struct request *request;   /* a proactor's */
    struct loop_handle *retry; /* a timer, while accepting is paused; or NULL */
};

struct loop_server {
    struct loop *loop;
    loop_protocol_factory factory;
    void *factory_arg;
    uint32_t backlog;
    int references; /* the user's, and one of each connection */
    int connections;
    bool serving;
    struct loop_handle *waiters; /* of wait_closed, in a row */
    struct loop_server *before, *after;
    size_t count;
    struct listener listeners[];
};

/* ---- server.c */

/* With room for `room` listeners, none of them there yet. NULL without memory. */
struct loop_server *server_make(struct loop *loop, size_t room);
void server_hold(struct loop_server *server);
void server_drop(struct loop_server *server);
/* It takes over `fd`, which is bound; on failure it does not. */
loop_status server_add(struct loop_server *server, loop_fd fd);
/* All listen, and accept. On failure some may: release the server. */
loop_status server_listen(struct loop_server *server);

/* ---- accept.c */

void listener_ready(void *listener); /* a loop_callback: accepts what is there */
loop_status listener_watch(struct listener *listener);

#endif
