/* SPDX-License-Identifier: MIT
 *
 * What the files of the libuv adapter share: the loop, and the two objects that carry a callback.
 */
#ifndef LOOPCHECK_ADAPTER_LIBUV_H
#define LOOPCHECK_ADAPTER_LIBUV_H

#include <uv.h>

#include "loop_abi.h"

/* A callback posted by another thread: uv_async_send carries no argument, so this is one. */
struct posted {
    struct posted *next;
    struct loop_handle *handle;
};

/* What the `data` of a libuv handle begins with, where the loop's closing finds it by uv_walk. */
struct owner {
    void (*close)(uv_handle_t *handle);
};

struct loop {
    uv_loop_t uv;
    uv_async_t wakeup; /* also what keeps uv_run from returning when nothing else is active */
    uv_mutex_t lock;   /* guards `posted`, `posted_end` and `closed` */
    struct posted *posted;
    struct posted **posted_end;
    struct watcher *watchers;
    struct signal_watcher *signals;
    loop_exception_handler handler;
    void *handler_arg;
    int running;
    int closed;
    int last_error;          /* libuv's, negative */
    char buffer[256 * 1024]; /* what is read lies here while the protocol is called */
};

/* connect_*_pipe, the pipes of children and children themselves differ from a CONNECTION in what
 * they tell. */
enum kind { CONNECTION, READ_PIPE, WRITE_PIPE, CHILD_PIPE, DATAGRAMS, CHILD };

/* One reference is libuv's, until its uv_close_cb; one is the user's, from connection_made on. */
struct loop_transport {
    struct owner owner;
    union {
        uv_handle_t any;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
        uv_tty_t tty;
        uv_udp_t udp;
        uv_process_t process;
    } uv;
    struct loop *loop;
    struct loop_protocol protocol;
    enum kind kind;
    int references;
    int made;     /* connection_made was called */
    int closing;  /* close or abort was called, or it broke */
    int paused;   /* pause_reading */
    int ended;    /* UV_EOF was read */
    int shutting; /* uv_shutdown has not called back */
    uv_shutdown_t shutdown;
    loop_status why;     /* connection_lost's */
    struct child *child; /* of a CHILD_PIPE, and which of its descriptors it is */
    int child_fd;
};

struct loop_server {
    struct owner owner;
    union {
        uv_handle_t any;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    struct loop *loop;
    loop_protocol_factory factory;
    void *factory_arg;
    int references;
};

/* An address that an operation was given; one in words is looked up first. */
struct lookup {
    uv_getaddrinfo_t uv;
    struct operation *operation;
    struct sockaddr_storage address;
    uint32_t port;
    int given;
};

/* What is under way. Its `turn` is sent when all names are known, and for what libuv does within the
 * call that begins the operation: it is told later, from the loop. */
struct operation {
    struct owner owner;
    uv_async_t turn;
    struct loop *loop;
    loop_protocol_factory factory;
    void *factory_arg;
    loop_connected connected; /* one of the two */
    loop_serving serving;
    void *arg;
    struct loop_handle *ticket; /* the user's, or NULL */
    void (*start)(struct operation *operation);
    struct loop_transport *transport;
    struct loop_server *server;
    struct lookup remote;
    struct lookup local;
    int lookups;     /* under way */
    loop_status why; /* a failure of which the turn tells */
    int started;     /* `start` was called by operation_begin */
    int within_call; /* which has not returned */
    int cancelled;
    int connecting;
    uv_connect_t connect;
    char *path; /* a Unix address */
    uint32_t flags;
    int family;
    int backlog;
};

/* What libuv's error means in the ABI; remembers it for last_os_error. LOOP_OK for 0 and above. */
loop_status status_of(struct loop *loop, int error);
/* Tells the exception handler, if there is one, of libuv's error. */
void report(struct loop *loop, int error);
loop_status libuv_set_exception_handler(struct loop *loop, loop_exception_handler handler,
                                        void *arg);

/* Closing a libuv handle ends later, in the loop; this frees its `data` then. */
void free_closed(uv_handle_t *handle);

/* signals.c: libuv's guide asks its users to ignore SIGPIPE; the last loop gives it back. */
void ignore_broken_pipes(void);
void mind_broken_pipes(void);

/* addresses.c */
int family_of(uint32_t family); /* LOOP_ADDRESS_* */
int address_is_given(const struct loop_address *address);
/* NAME_NOT_RESOLVED means that the host is a name. `passive` is a server's. */
loop_status address_of(const struct loop_address *address, int passive,
                       struct sockaddr_storage *storage);
loop_status path_of(const struct loop_address *address, char **path); /* to be freed */
void address_tell(const struct sockaddr *name, void (*receive)(void *, const struct loop_address *),
                  void *arg);
/* libuv's error, or 0 and `receive` was called. */
int tell_sockname(uv_handle_t *handle, void (*receive)(void *, const struct loop_address *),
                  void *arg);
int tell_peername(uv_handle_t *handle, void (*receive)(void *, const struct loop_address *),
                  void *arg);

/* operations.c */
/* NULL without memory. `wanted`: the caller asked for its handle. */
struct operation *operation_make(struct loop *loop, loop_protocol_factory factory,
                                 void *factory_arg, void *arg, int wanted);
/* Takes what `address` says, or looks its name up; NULL is none. */
loop_status operation_address(struct operation *operation, struct lookup *lookup,
                              const struct loop_address *address, int passive, int socket_type);
/* The call succeeds: `start` is called, or later if there are names to look up. */
loop_status operation_begin(struct operation *operation, void (*start)(struct operation *),
                            struct loop_handle **handle);
/* The call fails with `status`, which is returned. */
loop_status operation_discard(struct operation *operation, loop_status status);
void operation_cancel(void *operation);
void operation_end(struct operation *operation, loop_status status);
/* Its transport works: the protocol is made and told, the operation ends. */
void operation_made(struct operation *operation);

/* transports.c */
/* Zeroed memory of `size` bytes that begins with a transport; libuv is to initialize its handle. */
struct loop_transport *transport_make(struct loop *loop, size_t size, enum kind kind);
/* Calls the factory, connection_made, and starts to read. */
loop_status transport_begin(struct loop_transport *transport, loop_protocol_factory factory,
                            void *factory_arg);
/* Closes its libuv handle, after which connection_lost is called; again is harmless. */
void transport_lose(struct loop_transport *transport, loop_status why);
/* It was never made, and nobody is told. */
void transport_discard(struct loop_transport *transport);
void transport_drop(struct loop_transport *transport); /* one reference */
void transport_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer);
void transport_read_or_not(struct loop_transport *transport);

/* streams.c, datagrams.c, processes.c: what transports.c asks of each kind */
void stream_read_or_not(struct loop_transport *transport);
void stream_flush_and_close(struct loop_transport *transport);
void datagrams_read_or_not(struct loop_transport *transport);
void datagrams_flush_and_close(struct loop_transport *transport);
void process_begin(struct loop_transport *transport);
void process_close(struct loop_transport *transport);
void process_pipe_lost(struct loop_transport *pipe);
void process_free(struct loop_transport *transport);

/* pipes.c */
void close_file(uv_file fd);

/* callbacks.c */
/* The handle of an operation: handle_cancel calls `cancel` until ticket_over. */
struct loop_handle *ticket_make(struct loop *loop, loop_callback cancel, void *arg);
void ticket_over(struct loop_handle *ticket);
void run_posted(uv_async_t *wakeup);
void discard_posted(struct loop *loop);
loop_status libuv_call_soon(struct loop *loop, loop_callback callback, void *arg,
                            struct loop_handle **handle);
loop_status libuv_call_soon_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                       struct loop_handle **handle);
loop_status libuv_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                             struct loop_handle **handle);
loop_status libuv_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                          struct loop_handle **handle);
void libuv_handle_cancel(struct loop *loop, struct loop_handle *handle);
loop_status libuv_handle_when(struct loop *loop, struct loop_handle *handle, int64_t *when);
void libuv_handle_release(struct loop *loop, struct loop_handle *handle);

/* descriptors.c */
loop_status libuv_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status libuv_remove_reader(struct loop *loop, loop_fd fd);
loop_status libuv_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status libuv_remove_writer(struct loop *loop, loop_fd fd);
void close_watchers(struct loop *loop);

/* signals.c */
loop_status libuv_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                     void *arg);
loop_status libuv_remove_signal_handler(struct loop *loop, int signum);
void close_signals(struct loop *loop);

/* connect.c, servers.c, datagrams.c, pipes.c, processes.c */
loop_status libuv_create_connection(struct loop *loop,
                                    const struct loop_connection_options *options,
                                    loop_protocol_factory factory, void *factory_arg,
                                    loop_connected done, void *arg, struct loop_handle **operation);
loop_status libuv_create_unix_connection(struct loop *loop,
                                         const struct loop_connection_options *options,
                                         loop_protocol_factory factory, void *factory_arg,
                                         loop_connected done, void *arg,
                                         struct loop_handle **operation);
loop_status libuv_create_server(struct loop *loop, const struct loop_server_options *options,
                                loop_protocol_factory factory, void *factory_arg, loop_serving done,
                                void *arg, struct loop_handle **operation);
loop_status libuv_create_unix_server(struct loop *loop, const struct loop_server_options *options,
                                     loop_protocol_factory factory, void *factory_arg,
                                     loop_serving done, void *arg, struct loop_handle **operation);
loop_status libuv_create_datagram_endpoint(struct loop *loop,
                                           const struct loop_datagram_options *options,
                                           loop_protocol_factory factory, void *factory_arg,
                                           loop_connected done, void *arg,
                                           struct loop_handle **operation);
loop_status libuv_connect_read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                    void *factory_arg, loop_connected done, void *arg,
                                    struct loop_handle **operation);
loop_status libuv_connect_write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                     void *factory_arg, loop_connected done, void *arg,
                                     struct loop_handle **operation);
loop_status libuv_subprocess_exec(struct loop *loop, const struct loop_subprocess_options *options,
                                  loop_protocol_factory factory, void *factory_arg,
                                  loop_connected done, void *arg, struct loop_handle **operation);
loop_status libuv_subprocess_shell(struct loop *loop, const struct loop_subprocess_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **operation);

/* streams.c */
loop_status libuv_transport_write(struct loop_transport *transport, const void *data,
                                  size_t length);
loop_status libuv_transport_write_eof(struct loop_transport *transport);
int libuv_transport_can_write_eof(struct loop_transport *transport);

/* transports.c */
void libuv_transport_close(struct loop_transport *transport);
void libuv_transport_abort(struct loop_transport *transport);
int libuv_transport_is_closing(struct loop_transport *transport);
void libuv_transport_pause_reading(struct loop_transport *transport);
void libuv_transport_resume_reading(struct loop_transport *transport);
size_t libuv_transport_get_write_buffer_size(struct loop_transport *transport);
loop_status libuv_transport_get_sockname(struct loop_transport *transport,
                                         void (*receive)(void *arg, const struct loop_address *),
                                         void *arg);
loop_status libuv_transport_get_peername(struct loop_transport *transport,
                                         void (*receive)(void *arg, const struct loop_address *),
                                         void *arg);
loop_fd libuv_transport_get_fd(struct loop_transport *transport);
void libuv_transport_release(struct loop_transport *transport);

/* datagrams.c */
loop_status libuv_transport_sendto(struct loop_transport *transport, const void *data,
                                   size_t length, const struct loop_address *to);

/* processes.c */
int64_t libuv_transport_get_pid(struct loop_transport *transport);
loop_status libuv_transport_get_returncode(struct loop_transport *transport, int *code);
struct loop_transport *libuv_transport_get_pipe_transport(struct loop_transport *transport,
                                                          int child_fd);
loop_status libuv_transport_send_signal(struct loop_transport *transport, int signum);
loop_status libuv_transport_terminate(struct loop_transport *transport);
loop_status libuv_transport_kill(struct loop_transport *transport);

/* servers.c */
void libuv_server_close(struct loop_server *server);
int libuv_server_is_serving(struct loop_server *server);
loop_status libuv_server_get_sockname(struct loop_server *server, size_t index,
                                      void (*receive)(void *arg, const struct loop_address *),
                                      void *arg);
void libuv_server_release(struct loop_server *server);

#endif
