/* SPDX-License-Identifier: MIT
 *
 * What the files of the libevent adapter share. */
#ifndef LOOPCHECK_ADAPTER_LIBEVENT_H
#define LOOPCHECK_ADAPTER_LIBEVENT_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <pthread.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "loop_abi.h"

struct watcher;        /* descriptors.c */
struct signal_handler; /* signals.c */

/* The lists are what close gives back; libevent alone knows what is due. */
struct loop {
    struct event_base *base;
    struct evdns_base *dns; /* made when the first name is to be looked up */
    struct evutil_monotonic_timer *clock;
    pthread_mutex_t lock; /* guards `closed` and `handles` */
    LIST_HEAD(handles, loop_handle) handles;
    LIST_HEAD(watchers, watcher) watchers;
    LIST_HEAD(signals, signal_handler) signals;
    LIST_HEAD(operations, operation) operations;
    LIST_HEAD(transports, loop_transport) transports;
    LIST_HEAD(servers, loop_server) servers;
    loop_exception_handler handler;
    void *handler_arg;
    int running;
    int closed;
    int last_error;         /* an errno */
    char buffer[64 * 1024]; /* what was read lies here while the protocol is called */
};

/* One reference is libevent's, until connection_lost; one is the user's, from connection_made on. */
struct loop_transport {
    LIST_ENTRY(loop_transport) entries;
    struct loop *loop;
    struct bufferevent *stream; /* NULL when it is lost */
    struct event *loss;         /* calls connection_lost, which libevent does not have */
    struct loop_protocol protocol;
    int references;
    int made;    /* connection_made was called */
    int closing; /* close or abort was called, or it broke */
    int paused;  /* pause_reading */
    int ended;   /* BEV_EVENT_EOF came */
    loop_status why;
};

struct loop_server {
    LIST_ENTRY(loop_server) entries;
    struct loop *loop;
    struct evconnlistener *listener; /* NULL when it is closed */
    loop_protocol_factory factory;
    void *factory_arg;
};

/* What is under way. `turn` is for what libevent does at once: it is told later, from the loop. */
struct operation {
    LIST_ENTRY(operation) entries;
    struct loop *loop;
    struct event *turn;
    loop_protocol_factory factory;
    void *factory_arg;
    loop_connected connected; /* one of the two */
    loop_serving serving;
    void *arg;
    struct loop_handle *ticket; /* the user's, or NULL */
    struct loop_transport *transport;
    struct loop_server *server;
    loop_status why; /* for the turn */
    int starting;    /* the call that began it has not returned */
};

struct address {
    struct sockaddr_storage storage;
    int length;
};

/* What an errno means in the ABI; remembers it for last_os_error. Never LOOP_OK. */
loop_status failure(struct loop *loop, int os_error);

/* addresses.c */
int family_of(uint32_t family); /* LOOP_ADDRESS_* */
int address_is_given(const struct loop_address *address);
/* NAME_NOT_RESOLVED means that the host is a name. `passive` is a server's. */
loop_status address_of(const struct loop_address *address, int passive, struct address *found);
loop_status address_of_path(const struct loop_address *address, struct address *found);
/* The name of socket `fd`, as `ask` (getsockname or getpeername) tells it. */
loop_status address_tell(struct loop *loop, evutil_socket_t fd,
                         int (*ask)(int, struct sockaddr *, socklen_t *),
                         void (*receive)(void *, const struct loop_address *), void *arg);

/* callbacks.c */
/* The handle of an operation: handle_cancel calls `cancel` until ticket_over. */
struct loop_handle *ticket_make(struct loop *loop, loop_callback cancel, void *arg);
void ticket_over(struct loop_handle *ticket);
void discard_handles(struct loop *loop);
loop_status libevent_call_soon(struct loop *loop, loop_callback callback, void *arg,
                               struct loop_handle **handle);
loop_status libevent_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                                struct loop_handle **handle);
void libevent_handle_cancel(struct loop *loop, struct loop_handle *handle);
void libevent_handle_release(struct loop *loop, struct loop_handle *handle);

/* descriptors.c */
loop_status libevent_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status libevent_remove_reader(struct loop *loop, loop_fd fd);
loop_status libevent_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status libevent_remove_writer(struct loop *loop, loop_fd fd);
void discard_watchers(struct loop *loop);

/* signals.c */
loop_status libevent_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                        void *arg);
loop_status libevent_remove_signal_handler(struct loop *loop, int signum);
void discard_signals(struct loop *loop);
/* As libevent's samples do; the last loop gives it back. */
void ignore_broken_pipes(void);
void mind_broken_pipes(void);

/* operations.c */
/* NULL without memory. `wanted`: the caller asked for its handle. */
struct operation *operation_make(struct loop *loop, loop_protocol_factory factory,
                                 void *factory_arg, void *arg, int wanted);
/* It ends from the loop: with `status`, or for LOOP_OK as its transport or server is made. */
void operation_turn(struct operation *operation, loop_status status);
/* Its transport works: the protocol is made and told, and cancelling is too late from then on. */
loop_status operation_transport(struct operation *operation);
/* The call succeeds. */
loop_status operation_begun(struct operation *operation, struct loop_handle **handle);
/* The call fails with `status`, which is returned. */
loop_status operation_discard(struct operation *operation, loop_status status);
void operation_end(struct operation *operation, loop_status status);
void discard_operations(struct loop *loop);

/* streams.c */
/* A transport whose socket is `fd`, which is the caller's until it works, or -1 for none yet. */
struct loop_transport *transport_make(struct loop *loop, evutil_socket_t fd);
/* Calls the factory, connection_made, and starts to read. */
loop_status transport_begin(struct loop_transport *transport, loop_protocol_factory factory,
                            void *factory_arg);
/* Frees its bufferevent, after which connection_lost is called; again is harmless. */
void transport_lose(struct loop_transport *transport, loop_status why);
void discard_transports(struct loop *loop);
loop_status libevent_transport_write(struct loop_transport *transport, const void *data,
                                     size_t length);
void libevent_transport_close(struct loop_transport *transport);
void libevent_transport_abort(struct loop_transport *transport);
int libevent_transport_is_closing(struct loop_transport *transport);
void libevent_transport_pause_reading(struct loop_transport *transport);
void libevent_transport_resume_reading(struct loop_transport *transport);
size_t libevent_transport_get_write_buffer_size(struct loop_transport *transport);
loop_status libevent_transport_get_sockname(struct loop_transport *transport,
                                            void (*receive)(void *arg, const struct loop_address *),
                                            void *arg);
loop_status libevent_transport_get_peername(struct loop_transport *transport,
                                            void (*receive)(void *arg, const struct loop_address *),
                                            void *arg);
loop_fd libevent_transport_get_fd(struct loop_transport *transport);
void libevent_transport_release(struct loop_transport *transport);

/* connect.c, servers.c */
loop_status libevent_create_connection(struct loop *loop,
                                       const struct loop_connection_options *options,
                                       loop_protocol_factory factory, void *factory_arg,
                                       loop_connected done, void *arg,
                                       struct loop_handle **operation);
loop_status libevent_create_unix_connection(struct loop *loop,
                                            const struct loop_connection_options *options,
                                            loop_protocol_factory factory, void *factory_arg,
                                            loop_connected done, void *arg,
                                            struct loop_handle **operation);
loop_status libevent_create_server(struct loop *loop, const struct loop_server_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_serving done, void *arg, struct loop_handle **operation);
loop_status libevent_create_unix_server(struct loop *loop,
                                        const struct loop_server_options *options,
                                        loop_protocol_factory factory, void *factory_arg,
                                        loop_serving done, void *arg,
                                        struct loop_handle **operation);
/* Of what libevent tells its user, only evconnlistener's errors have no other way. */
loop_status libevent_set_exception_handler(struct loop *loop, loop_exception_handler handler,
                                           void *arg);
void libevent_server_close(struct loop_server *server);
int libevent_server_is_serving(struct loop_server *server);
loop_status libevent_server_get_sockname(struct loop_server *server, size_t index,
                                         void (*receive)(void *arg, const struct loop_address *),
                                         void *arg);
void libevent_server_release(struct loop_server *server);
void discard_servers(struct loop *loop);

#endif
