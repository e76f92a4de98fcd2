/* SPDX-License-Identifier: MIT
 *
 * What the files of the GLib adapter share. */
#ifndef LOOPCHECK_ADAPTER_GLIB_H
#define LOOPCHECK_ADAPTER_GLIB_H

#include <gio/gfiledescriptorbased.h>
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib.h>

#include "loop_abi.h"

struct loop {
    GMainContext *context;
    GMainLoop *main;
    GMutex lock;         /* guards `closed` */
    GHashTable *readers; /* descriptor to struct watch */
    GHashTable *writers;
    GHashTable *signals; /* number to struct watch */
    GHashTable *owners;  /* set of struct owner */
    int running;
    int closed;
    char buffer[256 * 1024]; /* what is read lies here while the protocol is called */
};

/* A source that calls back again and again. */
struct watch {
    GSource *source;
    loop_callback callback;
    void *arg;
};

/* What is under way or open, for the loop's closing to find. `shut` tells nobody, and frees
 * nothing before the context is iterated. */
struct owner {
    struct loop *loop;
    void (*shut)(struct owner *owner);
};

/* connect_*_pipe, the pipes of children and children themselves differ from a CONNECTION in what
 * they tell. */
enum kind { CONNECTION, READ_PIPE, WRITE_PIPE, CHILD_PIPE, DATAGRAMS, CHILD };

/* One reference is the loop's, until connection_lost; one the user's, from connection_made on; and
 * one that of each call of GIO's that is to call back. */
struct loop_transport {
    struct owner owner;
    struct loop *loop;
    struct loop_protocol protocol;
    enum kind kind;
    int references;
    GIOStream *connection; /* a CONNECTION's */
    GSocket *socket;       /* a CONNECTION's, or of DATAGRAMS */
    GInputStream *in;      /* what it reads, if it does */
    GOutputStream *out;    /* what it writes to, if it does */
    GSource *reading;      /* while it is wanted */
    GCancellable *cancellable;
    int writes;  /* under way */
    int made;    /* connection_made was called */
    int closing; /* close or abort was called, or it broke */
    int paused;  /* pause_reading */
    int ended;   /* the peer's end was read */
    int eof_written;
    int lost;            /* its end is under way */
    int shut;            /* its descriptors are closed */
    loop_status why;     /* connection_lost's */
    struct child *child; /* of a CHILD_PIPE, and which of its descriptors it is */
    int child_fd;
};

/* A host name, and the address that is to be found for it. */
struct name {
    struct operation *operation;
    GSocketAddress **found;
    char *host;
    guint16 port;
    GResolverNameLookupFlags flags;
};

/* What is under way, until GIO calls back. */
struct operation {
    struct owner owner;
    struct loop *loop;
    loop_protocol_factory factory;
    void *factory_arg;
    loop_connected connected; /* one of the two */
    loop_serving serving;
    void *arg;
    GCancellable *cancellable;
    void (*start)(struct operation *operation); /* when the addresses are known */
    GSocketAddress *local;
    GSocketAddress *remote;
    GSocketConnectable *connectable;  /* what a GSocketClient is to look up itself */
    struct name names[2];             /* what GResolver is to look up before */
    int lookups;                      /* of these, how many are left */
    GError *failure;                  /* of one of them */
    GSocket *socket;                  /* one to take over */
    struct loop_transport *transport; /* what came of it */
    struct loop_server *server;
    GSocketFamily family;
    uint32_t flags;
    int backlog;
};

typedef void (*receiver)(void *arg, const struct loop_address *address);

/* loop.c: around what takes the thread's default context for its callback, as GIO does. */
void enter(struct loop *loop);
void leave(struct loop *loop);
void own(struct owner *owner, struct loop *loop, void (*shut)(struct owner *owner));
void disown(struct owner *owner);

/* status.c: what GLib's error means in the ABI; frees it. */
loop_status status_of(GError *error);

/* addresses.c */
int address_is_given(const struct loop_address *address);
GSocketFamily family_of(uint32_t family);
/* LOOP_NAME_NOT_RESOLVED means that the host is a name. `passive` is a server's. */
loop_status address_of(const struct loop_address *address, int passive, GSocketAddress **found);
loop_status address_of_path(const struct loop_address *address, GSocketAddress **found);
void address_tell(GSocketAddress *address, receiver receive, void *arg);
loop_status tell_sockname(GSocket *socket, receiver receive, void *arg);
loop_status tell_peername(GSocket *socket, receiver receive, void *arg);

/* descriptors.c: for signals too */
/* Attaches `source`, which it takes over, and puts it into `table` under `key`. */
void watch_start(struct loop *loop, GHashTable *table, int key, GSource *source,
                 GSourceFunc on_event, loop_callback callback, void *arg);
/* Whether there was one, which calls `callback(arg)` from now on. */
gboolean watch_replace(GHashTable *table, int key, loop_callback callback, void *arg);
loop_status watch_stop(GHashTable *table, int key);
GHashTable *watch_table(void);

/* operations.c */
struct operation *operation_make(struct loop *loop, loop_protocol_factory factory,
                                 void *factory_arg, void *arg);
/* Takes what `address` says, or looks its name up; NULL is none. */
loop_status operation_address(struct operation *operation, GSocketAddress **found,
                              const struct loop_address *address, int passive);
/* Takes a socket over, which is the caller's until the call has succeeded. */
loop_status operation_socket(struct operation *operation, loop_fd fd);
/* The call succeeds. */
loop_status operation_begin(struct operation *operation, void (*start)(struct operation *),
                            struct loop_handle **handle);
/* The call fails with `status`, which is returned. */
loop_status operation_discard(struct operation *operation, loop_status status);
/* It ends later, from the loop; NULL is no error. */
void operation_turn(struct operation *operation, GError *error);
void operation_end(struct operation *operation, loop_status status);

/* transports.c */
/* Zeroed memory of `size` bytes that begins with a transport. */
struct loop_transport *transport_make(struct loop *loop, size_t size, enum kind kind);
/* Calls the factory, connection_made, and starts to read. */
loop_status transport_begin(struct loop_transport *transport, loop_protocol_factory factory,
                            void *factory_arg);
/* Closes it when GIO has called back, after which connection_lost is called; again is harmless. */
void transport_lose(struct loop_transport *transport, loop_status why);
/* It was never made, and nobody is told. */
void transport_discard(struct loop_transport *transport);
/* GIO has called back. */
void transport_lose_at_last(struct loop_transport *transport);
struct loop_transport *transport_hold(struct loop_transport *transport);
void transport_drop(struct loop_transport *transport);
void transport_read_or_not(struct loop_transport *transport);

/* streams.c, datagrams.c, processes.c: what transports.c asks of each kind */
struct loop_transport *stream_make(struct loop *loop, GSocketConnection *connection);
GSource *stream_source(struct loop_transport *transport);
GSource *datagrams_source(struct loop_transport *transport);
void stream_flush_and_close(struct loop_transport *transport);
void process_begin(struct loop_transport *transport);
void process_close(struct loop_transport *transport);
void process_pipe_lost(struct loop_transport *pipe);
void process_free(struct loop_transport *transport);

/* callbacks.c */
/* A handle that cancels what `cancellable` is for. */
struct loop_handle *handle_of(GCancellable *cancellable);
loop_status glib_call_soon(struct loop *loop, loop_callback callback, void *arg,
                           struct loop_handle **handle);
loop_status glib_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                            struct loop_handle **handle);
loop_status glib_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                         struct loop_handle **handle);
void glib_handle_cancel(struct loop *loop, struct loop_handle *handle);
void glib_handle_release(struct loop *loop, struct loop_handle *handle);

/* descriptors.c */
loop_status glib_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status glib_remove_reader(struct loop *loop, loop_fd fd);
loop_status glib_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status glib_remove_writer(struct loop *loop, loop_fd fd);

/* signals.c */
loop_status glib_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                    void *arg);
loop_status glib_remove_signal_handler(struct loop *loop, int signum);

/* connect.c, servers.c, datagrams.c, pipes.c, processes.c */
loop_status glib_create_connection(struct loop *loop, const struct loop_connection_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **handle);
loop_status glib_create_unix_connection(struct loop *loop,
                                        const struct loop_connection_options *options,
                                        loop_protocol_factory factory, void *factory_arg,
                                        loop_connected done, void *arg,
                                        struct loop_handle **handle);
loop_status glib_create_server(struct loop *loop, const struct loop_server_options *options,
                               loop_protocol_factory factory, void *factory_arg, loop_serving done,
                               void *arg, struct loop_handle **handle);
loop_status glib_create_unix_server(struct loop *loop, const struct loop_server_options *options,
                                    loop_protocol_factory factory, void *factory_arg,
                                    loop_serving done, void *arg, struct loop_handle **handle);
loop_status glib_create_datagram_endpoint(struct loop *loop,
                                          const struct loop_datagram_options *options,
                                          loop_protocol_factory factory, void *factory_arg,
                                          loop_connected done, void *arg,
                                          struct loop_handle **handle);
loop_status glib_connect_read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                   void *factory_arg, loop_connected done, void *arg,
                                   struct loop_handle **handle);
loop_status glib_connect_write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                    void *factory_arg, loop_connected done, void *arg,
                                    struct loop_handle **handle);
loop_status glib_subprocess_exec(struct loop *loop, const struct loop_subprocess_options *options,
                                 loop_protocol_factory factory, void *factory_arg,
                                 loop_connected done, void *arg, struct loop_handle **handle);

/* streams.c */
loop_status glib_transport_write(struct loop_transport *transport, const void *data, size_t length);
loop_status glib_transport_write_eof(struct loop_transport *transport);
int glib_transport_can_write_eof(struct loop_transport *transport);

/* datagrams.c */
loop_status glib_transport_sendto(struct loop_transport *transport, const void *data, size_t length,
                                  const struct loop_address *to);

/* transports.c */
void glib_transport_close(struct loop_transport *transport);
void glib_transport_abort(struct loop_transport *transport);
int glib_transport_is_closing(struct loop_transport *transport);
void glib_transport_pause_reading(struct loop_transport *transport);
void glib_transport_resume_reading(struct loop_transport *transport);
loop_status glib_transport_get_sockname(struct loop_transport *transport, receiver receive,
                                        void *arg);
loop_status glib_transport_get_peername(struct loop_transport *transport, receiver receive,
                                        void *arg);
loop_fd glib_transport_get_fd(struct loop_transport *transport);
void glib_transport_release(struct loop_transport *transport);

/* processes.c */
int64_t glib_transport_get_pid(struct loop_transport *transport);
loop_status glib_transport_get_returncode(struct loop_transport *transport, int *code);
struct loop_transport *glib_transport_get_pipe_transport(struct loop_transport *transport,
                                                         int child_fd);
loop_status glib_transport_send_signal(struct loop_transport *transport, int signum);
loop_status glib_transport_terminate(struct loop_transport *transport);
loop_status glib_transport_kill(struct loop_transport *transport);

/* servers.c */
void glib_server_close(struct loop_server *server);
int glib_server_is_serving(struct loop_server *server);
loop_status glib_server_get_sockname(struct loop_server *server, size_t index, receiver receive,
                                     void *arg);
void glib_server_release(struct loop_server *server);

#endif
