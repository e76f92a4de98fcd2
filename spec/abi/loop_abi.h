/* SPDX-License-Identifier: MIT
 *
 * loop_abi.h - the one header that event loops and checks share (version 1).
 *
 * A loop joins loopcheck by exporting one function, loop_api_v1(), which returns a constant table:
 * who the loop is, the variants in which it can be opened, and for each variant the operations that
 * it has. docs/abi.md leads from nothing to a first verdict.
 *
 * What holds everywhere
 *
 *   Names.      Operations carry the names of Python's asyncio and, where nothing else is said, its
 *               meaning. What a function owes beyond that is a rule in spec/rules.
 *   Presence.   An operation that is NULL, or lies beyond the table's `size`, is *not provided*: the
 *               library has no such thing. LOOP_NOT_IMPLEMENTED is *refused here*: the library has
 *               it, this variant cannot do it. An adapter never stands in for one with the other.
 *   Growth.     Every struct that crosses the boundary starts with `size`, the number of bytes its
 *               writer knows (sizeof in the writer's header). Structs grow at their end only; a
 *               reader looks at no byte beyond `size`, and takes what is missing as zero. A table
 *               of operations may end anywhere; options are never shorter than here, and struct
 *               loop_address and struct loop_stdio, which stand inside others, never grow.
 *   Time.       int64_t nanoseconds on the loop's own clock, whose zero is unspecified.
 *   Text.       NUL-terminated UTF-8 unless a length goes with it. Strings passed in are read before
 *               the call returns; the callee copies what it keeps. Strings in the tables live as
 *               long as the library is loaded.
 *   Threads.    A loop belongs to one thread at a time: the one in run_forever, else the one that
 *               calls it. Only call_soon_threadsafe may be called from other threads. Different
 *               loops are independent and may run in different threads at once.
 *   Callbacks.  Called on the loop's thread, from within run_forever, one at a time: never from
 *               inside the call that registered them, never one inside another. A callback may call
 *               any operation but free; run_forever and close of its own loop answer LOOP_RUNTIME.
 *               No function that is passed in is NULL, unless it is said what NULL means.
 *   Completion. An asynchronous operation that returned LOOP_OK calls its completion exactly once,
 *               later, from run_forever. One that returned anything else never calls it. If the loop
 *               is closed first, the completion is not called at all.
 *   Handles.    What is returned through a `struct ... **` out parameter belongs to the caller, who
 *               releases it exactly once, before free() of the loop, also when it was used up,
 *               cancelled, or when the loop was closed meanwhile. NULL for the parameter itself says
 *               'I do not want it'; a loop without handle_release is never passed anything
 *               else. On failure nothing is stored.
 *   Errors.     Calls return a loop_status. A call that fails has done nothing.
 */
#ifndef LOOPCHECK_LOOP_ABI_H
#define LOOPCHECK_LOOP_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOOP_ABI_VERSION UINT32_C(1)

#if defined(_WIN32)
#define LOOP_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define LOOP_EXPORT __attribute__((visibility("default")))
#else
#define LOOP_EXPORT
#endif

/* A descriptor on Unix, a SOCKET or HANDLE on Windows; LOOP_NO_FD is none. */
typedef intptr_t loop_fd;
#define LOOP_NO_FD ((loop_fd)-1)

/* What a call or an asynchronous operation came to. Values are fixed for ever; unknown ones may
 * appear and are to be treated as failures. */
typedef int32_t loop_status;

enum {
    LOOP_OK = 0,

    /* The meanings of Python's exceptions. */
    LOOP_NOT_IMPLEMENTED = 1,   /* NotImplementedError: refused on this variant */
    LOOP_VALUE = 2,             /* ValueError: an argument out of its domain */
    LOOP_TYPE = 3,              /* TypeError: an argument of the wrong sort */
    LOOP_RUNTIME = 4,           /* RuntimeError: not in this state, not from this thread */
    LOOP_CLOSED = 5,            /* RuntimeError: the loop is closed */
    LOOP_CANCELLED = 6,         /* CancelledError: the operation was cancelled by its handle */
    LOOP_NO_MEMORY = 7,         /* MemoryError */
    LOOP_NAME_NOT_RESOLVED = 8, /* socket.gaierror */
    LOOP_NOT_FOUND = 9,         /* a remove_* that returned False: nothing was registered */
    LOOP_FAILED = 10,           /* none of these: last_os_error tells more, if anything does */

    /* Portable errno names; Windows errors are mapped to the name of the same meaning. */
    LOOP_PERM = 101,
    LOOP_NOENT = 102,
    LOOP_SRCH = 103, /* ProcessLookupError */
    LOOP_IO = 105,
    LOOP_BADF = 109, /* also ERROR_INVALID_HANDLE */
    LOOP_CHILD = 110,
    LOOP_AGAIN = 111,
    LOOP_ACCES = 113,
    LOOP_EXIST = 117,
    LOOP_NOTDIR = 120,
    LOOP_ISDIR = 121,
    LOOP_INVAL = 122,
    LOOP_NFILE = 123,
    LOOP_MFILE = 124,
    LOOP_NOSPC = 128,
    LOOP_PIPE = 132,
    LOOP_NAMETOOLONG = 136,
    LOOP_NOTSOCK = 188, /* WSAENOTSOCK (10038) too */
    LOOP_DESTADDRREQ = 189,
    LOOP_MSGSIZE = 190,
    LOOP_NOTSUP = 195,
    LOOP_AFNOSUPPORT = 197,
    LOOP_ADDRINUSE = 198,
    LOOP_ADDRNOTAVAIL = 199,
    LOOP_NETUNREACH = 201,
    LOOP_CONNABORTED = 203,
    LOOP_CONNRESET = 204,
    LOOP_NOBUFS = 205,
    LOOP_ISCONN = 206,
    LOOP_NOTCONN = 207,
    LOOP_TIMEDOUT = 210,
    LOOP_CONNREFUSED = 211,
    LOOP_HOSTUNREACH = 213
};

struct loop;           /* an open loop */
struct loop_handle;    /* a scheduled callback or an operation under way */
struct loop_transport; /* one end of a connection, a datagram endpoint, a pipe, a child process */
struct loop_server;    /* a listening server */
struct loop_variant;   /* one way to open a loop; below */

typedef void (*loop_callback)(void *arg);

/* `transport` is the one that connection_made was given, or NULL when status is not LOOP_OK. It is
 * the same reference, not a second one to release. */
typedef void (*loop_connected)(void *arg, loop_status status, struct loop_transport *transport);

/* `server` belongs to the receiver (server_release); NULL when status is not LOOP_OK. */
typedef void (*loop_serving)(void *arg, loop_status status, struct loop_server *server);

/* An address as text, so that no platform's sockaddr crosses the boundary. When it is passed to a
 * callback its strings live until the callback returns. */
enum { LOOP_ADDRESS_ANY = 0, LOOP_ADDRESS_INET = 4, LOOP_ADDRESS_INET6 = 6, LOOP_ADDRESS_UNIX = 1 };

struct loop_address {
    uint32_t size;
    uint32_t family;    /* LOOP_ADDRESS_*; ANY lets a host name decide */
    const char *host;   /* name or numeric address; NULL is every interface (server) or loopback */
    uint32_t port;      /* 0 to 65535, host byte order; 0 lets a server choose */
    uint32_t scope_id;  /* INET6 only */
    const char *path;   /* UNIX: bytes, a leading NUL makes it abstract; NULL is unnamed */
    size_t path_length; /* bytes of path, without a terminating NUL */
};

/* What a transport tells its user. Any member may be NULL: the user does not listen. `user` is
 * passed to each. Order: connection_made first; connection_lost last and exactly once, LOOP_OK for
 * an end in good order (EOF, close, abort); nothing after it. Data pointers live until the callback
 * returns. */
struct loop_protocol {
    uint32_t size;
    void *user;
    /* The protocol owns `transport` from here on, and gives it back with transport_release. */
    void (*connection_made)(void *user, struct loop_transport *transport);
    void (*connection_lost)(void *user, loop_status why);
    void (*data_received)(void *user, const void *data, size_t length); /* length > 0 */
    int (*eof_received)(void *user); /* non-zero keeps the writing side open; NULL counts as zero */
    /* The buffer grew above the high-water mark; it fell to the low-water mark or below. Alone among
     * the callbacks these (and error_received) may come from inside transport_write, transport_sendto and
     * transport_set_write_buffer_limits, as asyncio's do. */
    void (*pause_writing)(void *user);
    void (*resume_writing)(void *user);
    void (*datagram_received)(void *user, const void *data, size_t length,
                              const struct loop_address *from); /* length may be 0 */
    /* A datagram's; the endpoint stays open. May come from inside transport_sendto, as asyncio's
     * does for what the system refuses at once. */
    void (*error_received)(void *user, loop_status why);
    void (*pipe_data_received)(void *user, int child_fd, const void *data, size_t length);
    void (*pipe_connection_lost)(void *user, int child_fd, loop_status why);
    void (*process_exited)(void *user); /* the return code is known; pipes may still hold data */
};

/* Makes the protocol of one new transport: fills *protocol, whose size is set by the loop. Called
 * on the loop's thread, where asyncio would call its protocol_factory. Anything but LOOP_OK is
 * handed to the completion, and no transport is made. */
typedef loop_status (*loop_protocol_factory)(void *arg, struct loop_protocol *protocol);

/* Errors that no call and no completion can carry. `message` lives until the handler returns. */
struct loop_exception_context {
    uint32_t size;
    loop_status status;
    const char *message;
};
typedef void (*loop_exception_handler)(void *arg, const struct loop_exception_context *context);

struct loop_open_options {
    uint32_t size;
    uint32_t profile; /* the asyncio version to be judged by: 0x030700 is 3.7.0; 0 is the newest */
};

struct loop_connection_options {
    uint32_t size;
    struct loop_address remote;
    const struct loop_address *local; /* bind here first; NULL does not bind */
    loop_fd sock; /* a connected socket to take over instead of addresses, or LOOP_NO_FD. It belongs
                     to the loop once the call returned LOOP_OK. */
};

struct loop_server_options {
    uint32_t size;
    struct loop_address local;
    loop_fd sock;     /* a bound socket to take over instead of `local`, or LOOP_NO_FD; as above */
    uint32_t backlog; /* 0 is asyncio's 100 */
    uint32_t flags;   /* LOOP_REUSE_*; 0 is the platform's default */
};

struct loop_datagram_options {
    uint32_t size;
    const struct loop_address *local;  /* NULL does not bind */
    const struct loop_address *remote; /* NULL does not connect */
    loop_fd sock;                      /* a datagram socket to take over instead, or LOOP_NO_FD */
    uint32_t flags;                    /* LOOP_REUSE_PORT, LOOP_ALLOW_BROADCAST */
    uint32_t family;                   /* LOOP_ADDRESS_* where both addresses are NULL */
};

enum { LOOP_REUSE_ADDRESS = 1, LOOP_REUSE_PORT = 2, LOOP_ALLOW_BROADCAST = 4 };

/* What a child gets for one of its first three descriptors. */
enum {
    LOOP_STDIO_INHERIT = 0,
    LOOP_STDIO_PIPE = 1, /* a pipe to the parent: get_pipe_transport, pipe_data_received */
    LOOP_STDIO_NULL = 2, /* the null device */
    LOOP_STDIO_STDOUT = 3, /* stderr only: where stdout goes */
    LOOP_STDIO_FD = 4      /* a descriptor of the caller, who keeps it */
};

struct loop_stdio {
    uint32_t size;
    uint32_t how; /* LOOP_STDIO_* */
    loop_fd fd;   /* with LOOP_STDIO_FD */
};

struct loop_subprocess_options {
    uint32_t size;
    uint32_t flags;           /* LOOP_START_NEW_SESSION */
    const char *const *argv;  /* subprocess_exec: NULL-terminated, argv[0] is the program, on PATH */
    const char *command;      /* subprocess_shell: one string for the platform's shell */
    const char *const *env;   /* NAME=VALUE, NULL-terminated, replaces all; NULL inherits */
    const char *cwd;          /* NULL inherits */
    struct loop_stdio std[3]; /* stdin, stdout, stderr */
};

enum { LOOP_START_NEW_SESSION = 1 };

/* How a loop learns that a child has ended. */
enum {
    LOOP_WATCHER_DEFAULT = 0,
    LOOP_WATCHER_PIDFD = 1,
    LOOP_WATCHER_THREAD = 2,
    LOOP_WATCHER_SIGCHLD = 3
};

/* The operations of one variant. `open`, `close`, `free`, `run_forever`, `stop` and `call_soon` are
 * the least that can be judged; all else may be NULL. */
struct loop_operations {
    uint32_t size;

    /* ---- a loop's life */

    /* Opens a loop for `variant`, one of the table's, and stores it in *loop. `options` is never
     * NULL. Descriptors, memory and signal state that it takes are given back by close and free. */
    loop_status (*open)(const struct loop_variant *variant, const struct loop_open_options *options,
                        struct loop **loop);

    /* Closes a loop that is not running: descriptors and signal handlers are given back, pending
     * callbacks are discarded uncalled. Twice is harmless (LOOP_OK). LOOP_RUNTIME while it runs.
     * Afterwards the operations that need a live loop return LOOP_CLOSED; time, stop, remove_*,
     * is_*, handle_* and *_release stay harmless. Descriptors that the caller handed to add_reader
     * or add_writer stay open: they are the caller's. */
    loop_status (*close)(struct loop *loop);

    /* Frees the memory of a closed loop. Every handle, transport and server was released before. */
    void (*free)(struct loop *loop);

    /* Runs until stop. LOOP_OK after a stop; another status if the loop itself failed, after which
     * it may be run again (the cause may still be there) or closed. LOOP_RUNTIME if it runs already,
     * or another loop runs in this thread and the loop forbids that; LOOP_CLOSED. */
    loop_status (*run_forever)(struct loop *loop);

    /* Ends run_forever when the callbacks of this iteration have run; what they added waits for the
     * next run. Before run_forever: that runs one iteration, without waiting, and returns. */
    void (*stop)(struct loop *loop);

    int (*is_running)(struct loop *loop); /* non-zero if so */
    int (*is_closed)(struct loop *loop);

    /* The raw errno, WSAGetLastError or GetLastError behind the newest failure that this loop
     * reported, for diagnostics; 0 if there was none. */
    int64_t (*last_os_error)(struct loop *loop);

    /* Takes the errors that have no other way to the user; handler NULL restores the default. */
    loop_status (*set_exception_handler)(struct loop *loop, loop_exception_handler handler,
                                         void *arg);

    /* ---- callbacks and time */

    int64_t (*time)(struct loop *loop);             /* ns; monotonic; also on a closed loop */
    int64_t (*clock_resolution)(struct loop *loop); /* ns, > 0: the step of time() */

    /* Calls `callback(arg)` in the next iteration, in the order of registration. */
    loop_status (*call_soon)(struct loop *loop, loop_callback callback, void *arg,
                             struct loop_handle **handle);

    /* The same from any thread, until free() begins, and wakes the loop. The handle's functions are
     * for the loop's thread. */
    loop_status (*call_soon_threadsafe)(struct loop *loop, loop_callback callback, void *arg,
                                        struct loop_handle **handle);

    /* Calls back once, `delay` ns from now; zero and negative are due at once. */
    loop_status (*call_later)(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                              struct loop_handle **handle);

    /* Calls back once, when time() reaches `when` ns. */
    loop_status (*call_at)(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                           struct loop_handle **handle);

    /* Cancels what has not run; harmless afterwards, and twice. An operation under way completes
     * with LOOP_CANCELLED, or as it would have if it was too late. */
    void (*handle_cancel)(struct loop *loop, struct loop_handle *handle);
    int (*handle_cancelled)(struct loop *loop, struct loop_handle *handle);
    /* A timer's due time in *when; LOOP_TYPE for a handle that is not a timer's. */
    loop_status (*handle_when)(struct loop *loop, struct loop_handle *handle, int64_t *when);
    /* Gives the handle back. What it stood for goes on. */
    void (*handle_release)(struct loop *loop, struct loop_handle *handle);

    /* ---- descriptors: level-triggered; one reader and one writer each; `fd` stays the caller's */

    /* Calls back in every iteration in which fd is readable, at its end, or broken. A second call
     * for the same fd replaces the first. */
    loop_status (*add_reader)(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
    /* LOOP_OK if there was one, LOOP_NOT_FOUND if not. It is not called again, even if it was due. */
    loop_status (*remove_reader)(struct loop *loop, loop_fd fd);
    loop_status (*add_writer)(struct loop *loop, loop_fd fd, loop_callback callback, void *arg);
    loop_status (*remove_writer)(struct loop *loop, loop_fd fd);

    /* ---- signals: `signum` is the platform's number; the callback is a loop callback */

    loop_status (*add_signal_handler)(struct loop *loop, int signum, loop_callback callback,
                                      void *arg);
    /* LOOP_OK and the previous disposition restored, or LOOP_NOT_FOUND. */
    loop_status (*remove_signal_handler)(struct loop *loop, int signum);

    /* ---- connections and servers: `operation` may be NULL; it cancels what is under way. What is
     * wrong with the arguments (a socket given together with addresses or with neither, a port above
     * 65535, a NUL in a host name) is LOOP_VALUE, at the call or at completion; a Unix path that
     * does not fit is LOOP_NAMETOOLONG; a socket that another transport of the loop has is
     * LOOP_RUNTIME. Where several addresses fail, the last one's error is reported. Closing the
     * loop leaves a Unix server's file alone; only server_close takes it away, by profile. */

    loop_status (*create_connection)(struct loop *loop,
                                     const struct loop_connection_options *options,
                                     loop_protocol_factory factory, void *factory_arg,
                                     loop_connected done, void *arg,
                                     struct loop_handle **operation);
    loop_status (*create_server)(struct loop *loop, const struct loop_server_options *options,
                                 loop_protocol_factory factory, void *factory_arg,
                                 loop_serving done, void *arg, struct loop_handle **operation);
    loop_status (*create_unix_connection)(struct loop *loop,
                                          const struct loop_connection_options *options,
                                          loop_protocol_factory factory, void *factory_arg,
                                          loop_connected done, void *arg,
                                          struct loop_handle **operation);
    loop_status (*create_unix_server)(struct loop *loop, const struct loop_server_options *options,
                                      loop_protocol_factory factory, void *factory_arg,
                                      loop_serving done, void *arg,
                                      struct loop_handle **operation);
    loop_status (*create_datagram_endpoint)(struct loop *loop,
                                            const struct loop_datagram_options *options,
                                            loop_protocol_factory factory, void *factory_arg,
                                            loop_connected done, void *arg,
                                            struct loop_handle **operation);

    /* ---- pipes: `fd` belongs to the transport once the call returned LOOP_OK, whatever the
     * completion says; on failure at completion it is closed */

    loop_status (*connect_read_pipe)(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                     void *factory_arg, loop_connected done, void *arg,
                                     struct loop_handle **operation);
    loop_status (*connect_write_pipe)(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                      void *factory_arg, loop_connected done, void *arg,
                                      struct loop_handle **operation);

    /* ---- child processes */

    loop_status (*subprocess_exec)(struct loop *loop, const struct loop_subprocess_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **operation);
    loop_status (*subprocess_shell)(struct loop *loop,
                                    const struct loop_subprocess_options *options,
                                    loop_protocol_factory factory, void *factory_arg,
                                    loop_connected done, void *arg,
                                    struct loop_handle **operation);
    /* Chooses how children started from now on are watched: LOOP_WATCHER_*. */
    loop_status (*set_child_watcher)(struct loop *loop, uint32_t watcher);

    /* ---- transports: usable from connection_made until transport_release */

    /* Sends or buffers `length` bytes, copied before it returns. After write_eof LOOP_RUNTIME; else
     * after close, abort or loss it does nothing and returns LOOP_OK. An operation that a transport
     * of its kind does not have returns LOOP_TYPE. */
    loop_status (*transport_write)(struct loop_transport *transport, const void *data,
                                   size_t length);
    loop_status (*transport_write_eof)(struct loop_transport *transport); /* after what is buffered */
    int (*transport_can_write_eof)(struct loop_transport *transport);
    void (*transport_close)(struct loop_transport *transport); /* flushes, then connection_lost */
    void (*transport_abort)(struct loop_transport *transport); /* drops what is buffered */
    int (*transport_is_closing)(struct loop_transport *transport);
    void (*transport_pause_reading)(struct loop_transport *transport);  /* twice is harmless */
    void (*transport_resume_reading)(struct loop_transport *transport); /* twice is harmless */
    /* Marks in bytes; -1 takes the default for it. LOOP_VALUE unless high >= low >= 0. */
    loop_status (*transport_set_write_buffer_limits)(struct loop_transport *transport, int64_t high,
                                                     int64_t low);
    size_t (*transport_get_write_buffer_size)(struct loop_transport *transport); /* bytes */
    /* Sends one datagram; NULL sends to the connected peer (LOOP_DESTADDRREQ where there is none).
     * LOOP_VALUE for another than that one. The host is numeric: LOOP_NAME_NOT_RESOLVED if not. */
    loop_status (*transport_sendto)(struct loop_transport *transport, const void *data,
                                    size_t length, const struct loop_address *to);
    /* Calls `receive(arg, address)` before it returns; NOTCONN, or NOTSOCK for a pipe. */
    loop_status (*transport_get_sockname)(struct loop_transport *transport,
                                          void (*receive)(void *arg, const struct loop_address *),
                                          void *arg);
    loop_status (*transport_get_peername)(struct loop_transport *transport,
                                          void (*receive)(void *arg, const struct loop_address *),
                                          void *arg);
    loop_fd (*transport_get_fd)(struct loop_transport *transport); /* still the transport's */
    /* Gives the transport back, in connection_lost or later; or after close() of its loop, which
     * then closes its descriptors without a callback. */
    void (*transport_release)(struct loop_transport *transport);

    /* ---- a child's transport, besides close, abort, is_closing and release */

    int64_t (*transport_get_pid)(struct loop_transport *transport);
    /* LOOP_OK and the exit code, or minus the signal's number, in *code; LOOP_AGAIN while it runs. */
    loop_status (*transport_get_returncode)(struct loop_transport *transport, int *code);
    /* The transport of a LOOP_STDIO_PIPE, not to be released; NULL for any other. */
    struct loop_transport *(*transport_get_pipe_transport)(struct loop_transport *transport,
                                                           int child_fd);
    loop_status (*transport_send_signal)(struct loop_transport *transport, int signum);
    loop_status (*transport_terminate)(struct loop_transport *transport);
    loop_status (*transport_kill)(struct loop_transport *transport);

    /* ---- servers */

    /* Stops listening. Connections that it accepted live on. Twice is harmless. */
    void (*server_close)(struct loop_server *server);
    /* Completes, with LOOP_OK, as asyncio's Server.wait_closed does in the loop's profile. */
    loop_status (*server_wait_closed)(struct loop_server *server, loop_callback done, void *arg);
    int (*server_is_serving)(struct loop_server *server);
    /* The address of listening socket `index`; LOOP_NOT_FOUND past the last. */
    loop_status (*server_get_sockname)(struct loop_server *server, size_t index,
                                       void (*receive)(void *arg, const struct loop_address *),
                                       void *arg);
    void (*server_release)(struct loop_server *server); /* closes it first, if it still serves */
};

/* One way to open a loop. */
enum {
    LOOP_VARIANT_EMULATED = 1, /* another platform's behaviour, imitated on this host */
    LOOP_VARIANT_DEFAULT = 2   /* what the library opens on that platform when nothing is chosen */
};

struct loop_variant {
    uint32_t size;
    uint32_t flags;               /* LOOP_VARIANT_* */
    const char *name;             /* unique in its loop: lower case, digits, '.' and '-' */
    const char *kind;             /* "selector" or "proactor" */
    const char *selector;         /* "epoll", "poll", "select", "kqueue", "iocp", or another name */
    const char *platform;         /* "linux", "windows", "macos", "freebsd", "netbsd", "openbsd"... */
    const char *platform_version; /* "10.8"; NULL is a current one */
    const struct loop_operations *operations;
};

enum {
    LOOP_CLAIMS_ASYNCIO = 1 /* the loop claims asyncio's interface: `asyncio` rules bind it */
};

struct loop_api {
    uint32_t size;
    uint32_t abi_version; /* LOOP_ABI_VERSION; the reader refuses any other */
    const char *name;     /* lower case: "reference", "libuv" */
    const char *version;  /* the library's own, as found at run time */
    uint32_t flags;       /* LOOP_CLAIMS_ASYNCIO */
    uint32_t variant_count;
    const struct loop_variant *const *variants; /* the first default one is taken by default */
    uint32_t profile; /* the asyncio version that it is judged by unless the user names another, as
                         in loop_open_options; 0 leaves it to the harness. Absent from old tables */
};

/* The one exported function. The table lives as long as the library is loaded and never changes.
 * It may be called from any thread and opens nothing. */
typedef const struct loop_api *(*loop_api_function)(void);
#define LOOP_API_SYMBOL "loop_api_v1"
LOOP_EXPORT const struct loop_api *loop_api_v1(void);

/* Whether `operations` has `name` (C and C++; other languages compare size and offset). */
#define LOOP_PROVIDES(operations, name)                                                            \
    ((operations)->size >=                                                                         \
         offsetof(struct loop_operations, name) + sizeof((operations)->name) &&                    \
     (operations)->name != NULL)

#ifdef __cplusplus
}
#endif

#endif
