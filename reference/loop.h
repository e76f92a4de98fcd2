/* SPDX-License-Identifier: MIT
 *
 * What the files of the reference loop know of each other: the loop's parts, and which file answers
 * for which. Read loop.c first; it is the loop. All times are nanoseconds. */
#ifndef REFERENCE_LOOP_H
#define REFERENCE_LOOP_H

#include <stdbool.h>

#include "backend.h"
#include "loop_abi.h"
#include "loop_rules.h"
#include "sync.h"
#include "system.h"

/* A callback that is to be called: queued, waiting for its time, or waiting for an event. Each
 * place that points to it holds one reference. */
struct loop_handle {
    loop_callback callback;
    void *arg;
    int references;
    bool queued;    /* in the ready queue or the batch taken from it */
    bool cancelled; /* not to be called any more */
    bool is_timer;
    struct loop_handle *next;    /* the one that is called after this one */
    int64_t when;                /* a timer's due time */
    uint64_t turn;               /* timers due at the same time are called in the order of making */
    size_t place;                /* where in the heap; NO_PLACE when it is not there */
    struct operation *operation; /* what it cancels, while that is under way */
};

#define NO_PLACE SIZE_MAX

/* Callbacks that are due. The only part that other threads touch, hence the lock. */
struct ready {
    struct lock *lock;
    struct loop_handle *first, *last;
    bool refusing; /* the loop is closed */
};

struct timers {
    struct loop_handle **heap; /* the earliest is heap[0] */
    size_t count, room;
    uint64_t made;
};

/* READER and WRITER index what there is one of for each direction. */
enum direction { READER, WRITER };

struct descriptor {
    loop_fd fd;
    struct loop_handle *handles[2]; /* NULL where nobody watches */
    bool gone; /* the backend found it closed; it is left alone until it is registered again */
};

struct descriptors {
    struct descriptor *all; /* sorted by fd */
    size_t count, room;
    int64_t watched[2];
};

/* What the rules' table allows this loop, read once when it is opened. LOOP_OK refuses nothing. */
struct limits {
    loop_status add[2], remove[2];       /* for each direction: altogether */
    loop_status add_kind[2][KIND_COUNT]; /* what is of that kind */
    int64_t most[2];                     /* descriptors in each direction */
    loop_status beyond[2];
    loop_status add_signal, remove_signal;
    int64_t clock_step; /* time() advances by this; 1 leaves the host's clock as it is */
};

/* A variant, and the backend that waits for it on this host. */
struct persona {
    struct loop_variant variant;
    const struct backend *backend;
    const struct io *io; /* how it connects, reads and writes; NULL: as selectors do */
};

struct loop {
    const struct persona *persona;
    const struct io *io;
    uint32_t profile;
    struct limits limits;
    int64_t os_error;
    bool running, stopping, closed;
    struct ready ready;
    struct timers timers;
    struct wakeup wakeup;
    struct descriptors descriptors;
    void *backend_state;
    int signal_count;
    uint32_t watcher;                  /* LOOP_WATCHER_*: for the children that are started next */
    struct operation *operations;      /* under way */
    struct loop_transport *transports; /* not yet at their end */
    struct loop_server *servers;       /* serving */
    loop_exception_handler exception_handler;
    void *exception_arg;
    void *scratch; /* SCRATCH_SIZE bytes to receive into, good for one callback; or NULL */
};

/* What is read at most from one descriptor in one iteration. */
#define SCRATCH_SIZE ((size_t)256 * 1024)

/* ---- ready.c: handles, and the queue of those that are due */

/* A handle with one reference, the creator's; NULL without memory. */
struct loop_handle *handle_make(loop_callback callback, void *arg);
/* Gives up one reference; NULL is none. */
void handle_drop(struct loop_handle *handle);
/* Cancels, and gives up one reference. */
void handle_revoke(struct loop_handle *handle);

loop_status ready_open(struct loop *loop);
bool ready_any(struct loop *loop);
/* Queues `handle`, with a reference of the queue's own, unless it is queued already. */
void ready_push(struct loop *loop, struct loop_handle *handle);
/* Calls what is queued now. What these callbacks queue waits for the next time. */
void ready_run(struct loop *loop);
/* From any thread: queues `handle`, wakes the loop, and hands over one reference to `handle`. False
 * if the loop is closed. */
bool ready_post(struct loop *loop, struct loop_handle *handle);
void ready_refuse(struct loop *loop); /* from here on; discards what is queued */

loop_status loop_call_soon(struct loop *loop, loop_callback callback, void *arg,
                           struct loop_handle **handle);
loop_status loop_call_soon_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                      struct loop_handle **handle);
void loop_handle_cancel(struct loop *loop, struct loop_handle *handle);
int loop_handle_cancelled(struct loop *loop, struct loop_handle *handle);
loop_status loop_handle_when(struct loop *loop, struct loop_handle *handle, int64_t *when);
void loop_handle_release(struct loop *loop, struct loop_handle *handle);

/* ---- timers.c: the clock, and what is called at a time */

/* How long the loop may wait for the first timer; negative is for ever. */
int64_t timers_wait(struct loop *loop);
/* A timeout as poll and epoll take it: rounded up; -1 is for ever. */
int milliseconds_of(int64_t timeout);
void timers_due(struct loop *loop); /* queues what is due */
void timers_remove(struct loop *loop, struct loop_handle *handle);
void timers_close(struct loop *loop);

int64_t loop_time(struct loop *loop);
int64_t loop_clock_resolution(struct loop *loop);
loop_status loop_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                            struct loop_handle **handle);
loop_status loop_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                         struct loop_handle **handle);

/* ---- descriptors.c: readers and writers */

/* For backends: `fd` has become ready in the directions of `events`, WATCH_READ | WATCH_WRITE. */
void descriptors_ready(struct loop *loop, loop_fd fd, unsigned events);
/* What is watched on `descriptor`, WATCH_READ | WATCH_WRITE. */
unsigned descriptor_events(const struct descriptor *descriptor);
/* The loop's own watching: no limit of the platform's is asked, and `handle` stays the caller's. */
loop_status descriptors_watch(struct loop *loop, loop_fd fd, enum direction direction,
                              struct loop_handle *handle);
/* Harmless where nothing is watched. The handle may be called once more if it is queued already. */
void descriptors_unwatch(struct loop *loop, loop_fd fd, enum direction direction);
void descriptors_close(struct loop *loop);

loop_status loop_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status loop_remove_reader(struct loop *loop, loop_fd fd);
loop_status loop_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
loop_status loop_remove_writer(struct loop *loop, loop_fd fd);

/* ---- signals_posix.c */

void signals_due(struct loop *loop); /* queues the handlers of the signals that came */
void signals_close(struct loop *loop);
/* Called by a signal's handler, whoever else wants that signal, which can be caught. One for each
 * signal; NULL is none. */
typedef void (*signal_tap)(void);
void signals_tap(struct loop *loop, int signum, signal_tap tap);

loop_status loop_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                    void *arg);
loop_status loop_remove_signal_handler(struct loop *loop, int signum);

/* ---- limits.c: what a platform refuses */

void limits_read(struct loop *loop);
/* The status with which a rule refuses `operation` here for `object` (NULL: altogether); LOOP_OK if
 * none does. */
loop_status limits_refusal(const struct loop *loop, const char *operation, const char *object);

/* ---- exceptions.c: errors that no call and no completion can carry */

void loop_report(struct loop *loop, loop_status status, const char *message);

loop_status loop_set_exception_handler(struct loop *loop, loop_exception_handler handler,
                                       void *arg);

/* ---- loop.c: open, close, run, stop */

/* The profile of asyncio's version major.minor.micro. */
#define PROFILE(major, minor, micro) ((uint32_t)(major) << 16 | (uint32_t)(minor) << 8 | (micro))
/* Whether the loop is to behave as asyncio has from that version on. */
bool loop_since(const struct loop *loop, uint32_t profile);
/* From any thread: ends the loop's wait, or the next one. */
void loop_wake(struct loop *loop);
/* The loop's scratch, made when it is first asked for; NULL without memory. */
void *loop_scratch(struct loop *loop);

/* Remembers `os_error`, which the system gave, and returns its status. */
loop_status loop_fail(struct loop *loop, int os_error);

loop_status loop_open(const struct loop_variant *variant, const struct loop_open_options *options,
                      struct loop **loop);
loop_status loop_close(struct loop *loop);
void loop_free(struct loop *loop);
loop_status loop_run_forever(struct loop *loop);
void loop_stop(struct loop *loop);
int loop_is_running(struct loop *loop);
int loop_is_closed(struct loop *loop);
int64_t loop_last_os_error(struct loop *loop);

/* ---- connect.c, server.c, datagram.c, transport.c: what transport.h leads to */

loop_status loop_create_connection(struct loop *loop, const struct loop_connection_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **operation);
loop_status loop_create_unix_connection(struct loop *loop,
                                        const struct loop_connection_options *options,
                                        loop_protocol_factory factory, void *factory_arg,
                                        loop_connected done, void *arg,
                                        struct loop_handle **operation);
loop_status loop_create_server(struct loop *loop, const struct loop_server_options *options,
                               loop_protocol_factory factory, void *factory_arg, loop_serving done,
                               void *arg, struct loop_handle **operation);
loop_status loop_create_unix_server(struct loop *loop, const struct loop_server_options *options,
                                    loop_protocol_factory factory, void *factory_arg,
                                    loop_serving done, void *arg, struct loop_handle **operation);
loop_status loop_create_datagram_endpoint(struct loop *loop,
                                          const struct loop_datagram_options *options,
                                          loop_protocol_factory factory, void *factory_arg,
                                          loop_connected done, void *arg,
                                          struct loop_handle **operation);

loop_status loop_transport_write(struct loop_transport *transport, const void *data, size_t length);
loop_status loop_transport_write_eof(struct loop_transport *transport);
int loop_transport_can_write_eof(struct loop_transport *transport);
void loop_transport_close(struct loop_transport *transport);
void loop_transport_abort(struct loop_transport *transport);
int loop_transport_is_closing(struct loop_transport *transport);
void loop_transport_pause_reading(struct loop_transport *transport);
void loop_transport_resume_reading(struct loop_transport *transport);
loop_status loop_transport_set_write_buffer_limits(struct loop_transport *transport, int64_t high,
                                                   int64_t low);
size_t loop_transport_get_write_buffer_size(struct loop_transport *transport);
loop_status loop_transport_sendto(struct loop_transport *transport, const void *data, size_t length,
                                  const struct loop_address *to);
loop_status loop_transport_get_sockname(struct loop_transport *transport,
                                        void (*receive)(void *arg, const struct loop_address *),
                                        void *arg);
loop_status loop_transport_get_peername(struct loop_transport *transport,
                                        void (*receive)(void *arg, const struct loop_address *),
                                        void *arg);
loop_fd loop_transport_get_fd(struct loop_transport *transport);
void loop_transport_release(struct loop_transport *transport);

void loop_server_close(struct loop_server *server);
loop_status loop_server_wait_closed(struct loop_server *server, loop_callback done, void *arg);
int loop_server_is_serving(struct loop_server *server);
loop_status loop_server_get_sockname(struct loop_server *server, size_t index,
                                     void (*receive)(void *arg, const struct loop_address *),
                                     void *arg);
void loop_server_release(struct loop_server *server);

/* ---- pipe.c */

loop_status loop_connect_read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                   void *factory_arg, loop_connected done, void *arg,
                                   struct loop_handle **operation);
loop_status loop_connect_write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                    void *factory_arg, loop_connected done, void *arg,
                                    struct loop_handle **operation);

/* ---- subprocess.c, process.c, watch.c */

loop_status loop_subprocess_exec(struct loop *loop, const struct loop_subprocess_options *options,
                                 loop_protocol_factory factory, void *factory_arg,
                                 loop_connected done, void *arg, struct loop_handle **operation);
loop_status loop_subprocess_shell(struct loop *loop, const struct loop_subprocess_options *options,
                                  loop_protocol_factory factory, void *factory_arg,
                                  loop_connected done, void *arg, struct loop_handle **operation);
loop_status loop_set_child_watcher(struct loop *loop, uint32_t watcher);

int64_t loop_transport_get_pid(struct loop_transport *transport);
loop_status loop_transport_get_returncode(struct loop_transport *transport, int *code);
struct loop_transport *loop_transport_get_pipe_transport(struct loop_transport *transport,
                                                         int child_fd);
loop_status loop_transport_send_signal(struct loop_transport *transport, int signum);
loop_status loop_transport_terminate(struct loop_transport *transport);
loop_status loop_transport_kill(struct loop_transport *transport);

/* ---- operations_*.c: the tables that the variants show */

extern const struct loop_operations unix_operations;
extern const struct loop_operations windows_selector_operations;
extern const struct loop_operations windows_proactor_operations;

/* ---- personas.c; personas_kqueue.c or variants_*.c have the host's own; variants_*.c, loop_api_v1
 */

extern const struct persona host_kqueue, host_poll, host_select;
extern const struct persona windows_selector, windows_proactor;
extern const struct persona macos_kqueue, macos_10_8_kqueue, macos_10_8_select, macos_10_8_poll;

#endif
