/* SPDX-License-Identifier: MIT
 *
 * What the files of the Tcl adapter share. Tcl has one notifier a thread, and no object for it: a
 * loop is what this adapter has registered with the notifier of the thread that opened it. */
#ifndef LOOPCHECK_ADAPTER_TCL_H
#define LOOPCHECK_ADAPTER_TCL_H

#include <sys/queue.h>
#include <tcl.h>

#include "loop_abi.h"

struct watcher;

/* The lists are what close gives back; Tcl alone knows what is due. */
struct loop {
    Tcl_ThreadId thread;
    Tcl_Mutex lock;     /* guards `closed` against threads that post */
    Tcl_Interp *interp; /* for what Tcl says of errors; made when it is first asked for */
    struct loop_handle *timers;
    struct watcher *watchers;
    LIST_HEAD(operations, operation) operations;
    LIST_HEAD(transports, loop_transport) transports;
    LIST_HEAD(servers, loop_server) servers;
    int running;
    int stopping;
    int closed;
    int last_error;         /* an errno */
    char buffer[64 * 1024]; /* what was read lies here while the protocol is called */
};

enum kind { CONNECTION, READ_PIPE, WRITE_PIPE };

/* One reference is the loop's, until connection_lost; one is the user's, from connection_made. */
struct loop_transport {
    LIST_ENTRY(loop_transport) entries;
    struct loop *loop;
    Tcl_Channel channel; /* NULL when it is closed */
    struct loop_protocol protocol;
    enum kind kind;
    int references;
    int made;        /* connection_made was called */
    int paused;      /* pause_reading */
    int ended;       /* Tcl_Eof */
    int eof_written; /* write_eof was called */
    loop_status why; /* connection_lost's */
};

struct loop_server {
    LIST_ENTRY(loop_server) entries;
    struct loop *loop;
    Tcl_Channel channel; /* NULL when it is closed */
    loop_protocol_factory factory;
    void *factory_arg;
};

/* What is under way. What Tcl does at once is told later, from the loop. */
struct operation {
    LIST_ENTRY(operation) entries;
    struct loop *loop;
    loop_protocol_factory factory;
    void *factory_arg;
    loop_connected connected; /* one of the two */
    loop_serving serving;
    void *arg;
    struct loop_handle *ticket; /* the user's, or NULL */
    struct loop_transport *transport;
    struct loop_server *server;
    loop_status why; /* for its turn */
    int turning;
};

/* status.c */
/* What an errno means in the ABI; remembers it for last_os_error. Never LOOP_OK. */
loop_status failure(struct loop *loop, int os_error);
/* Why the newest call with the interpreter failed: an errno's meaning, or a name is unknown. */
loop_status failure_of_call(struct loop *loop);
/* What a channel's option -error says: LOOP_OK for an empty one. */
loop_status status_of_channel(struct loop *loop, Tcl_Channel channel);
int64_t tcl_last_os_error(struct loop *loop);

/* addresses.c */
int address_is_given(const struct loop_address *address);
/* The host that Tcl is to take for an address, perhaps in `text`; `passive` is a server's. NULL is
 * Tcl's word for every interface, or the loopback one. */
const char *host_of(const struct loop_address *address, int passive, Tcl_DString *text);
/* Name `index` in the channel's `option`, -sockname or -peername; LOOP_NOT_FOUND past the last. */
loop_status address_tell(struct loop *loop, Tcl_Channel channel, const char *option, size_t index,
                         void (*receive)(void *, const struct loop_address *), void *arg);

/* callbacks.c */
/* Calls from the loop what cannot be called yet. */
void call_in_turn(struct loop *loop, loop_callback callback, void *arg);
/* The handle of an operation: handle_cancel calls `cancel` until ticket_over. */
struct loop_handle *ticket_make(struct loop *loop, loop_callback cancel, void *arg);
void ticket_over(struct loop_handle *ticket);
void discard_callbacks(struct loop *loop);
loop_status tcl_call_soon(struct loop *loop, loop_callback callback, void *arg,
                          struct loop_handle **handle);
loop_status tcl_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                           struct loop_handle **handle);
int64_t tcl_time(struct loop *loop);
void tcl_handle_cancel(struct loop *loop, struct loop_handle *handle);
void tcl_handle_release(struct loop *loop, struct loop_handle *handle);

/* descriptors.c */
void discard_watchers(struct loop *loop);
loop_status tcl_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status tcl_remove_reader(struct loop *loop, loop_fd fd);
loop_status tcl_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status tcl_remove_writer(struct loop *loop, loop_fd fd);

/* operations.c */
/* NULL without memory. `wanted`: the caller asked for its handle. */
struct operation *operation_make(struct loop *loop, loop_protocol_factory factory,
                                 void *factory_arg, void *arg, int wanted);
/* It ends from the loop: with `status`, or for LOOP_OK as its transport or server is made. */
void operation_turn(struct operation *operation, loop_status status);
/* Its transport works, or does not. */
void operation_transport(struct operation *operation, loop_status status);
/* The call succeeds. */
loop_status operation_begun(struct operation *operation, struct loop_handle **handle);
/* The call fails with `status`, which is returned. */
loop_status operation_discard(struct operation *operation, loop_status status);
void discard_operations(struct loop *loop);

/* transports.c */
/* Takes the channel over, which has no other owner; closes it on failure. */
loop_status transport_make(struct loop *loop, Tcl_Channel channel, enum kind kind,
                           struct loop_transport **made);
/* Calls the factory, connection_made, and starts to read. */
loop_status transport_begin(struct loop_transport *transport, loop_protocol_factory factory,
                            void *factory_arg);
/* What the channel is to tell of: that it can be read, and the end of what is buffered. */
void transport_watch(struct loop_transport *transport);
/* Closes its channel, after which connection_lost is called; again is harmless. */
void transport_lose(struct loop_transport *transport, loop_status why);
void discard_transports(struct loop *loop);
void tcl_transport_close(struct loop_transport *transport);
int tcl_transport_is_closing(struct loop_transport *transport);
void tcl_transport_pause_reading(struct loop_transport *transport);
void tcl_transport_resume_reading(struct loop_transport *transport);
loop_status tcl_transport_get_sockname(struct loop_transport *transport,
                                       void (*receive)(void *arg, const struct loop_address *),
                                       void *arg);
loop_status tcl_transport_get_peername(struct loop_transport *transport,
                                       void (*receive)(void *arg, const struct loop_address *),
                                       void *arg);
loop_fd tcl_transport_get_fd(struct loop_transport *transport);
void tcl_transport_release(struct loop_transport *transport);

/* channels.c */
/* The Tcl_ChannelProc of a transport. */
void channel_ready(ClientData transport, int mask);
loop_status tcl_transport_write(struct loop_transport *transport, const void *data, size_t length);
loop_status tcl_transport_write_eof(struct loop_transport *transport);
int tcl_transport_can_write_eof(struct loop_transport *transport);
size_t tcl_transport_get_write_buffer_size(struct loop_transport *transport);

/* connect.c, servers.c, pipes.c */
loop_status tcl_create_connection(struct loop *loop, const struct loop_connection_options *options,
                                  loop_protocol_factory factory, void *factory_arg,
                                  loop_connected done, void *arg, struct loop_handle **operation);
loop_status tcl_create_server(struct loop *loop, const struct loop_server_options *options,
                              loop_protocol_factory factory, void *factory_arg, loop_serving done,
                              void *arg, struct loop_handle **operation);
loop_status tcl_connect_read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                  void *factory_arg, loop_connected done, void *arg,
                                  struct loop_handle **operation);
loop_status tcl_connect_write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                   void *factory_arg, loop_connected done, void *arg,
                                   struct loop_handle **operation);
void tcl_server_close(struct loop_server *server);
int tcl_server_is_serving(struct loop_server *server);
loop_status tcl_server_get_sockname(struct loop_server *server, size_t index,
                                    void (*receive)(void *arg, const struct loop_address *),
                                    void *arg);
void tcl_server_release(struct loop_server *server);
void discard_servers(struct loop *loop);

/* loop.c */
/* Never NULL: Tcl ends the process that has no memory. */
Tcl_Interp *interpreter(struct loop *loop);

#endif
