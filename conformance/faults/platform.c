/* SPDX-License-Identifier: MIT
 *
 * Loops that do not refuse as the page says: with another status, or not at all. */
#include "fault.h"

static const struct loop_operations *inner;

static loop_status wrong(loop_status status)
{
    return status == LOOP_NOT_IMPLEMENTED ? LOOP_RUNTIME : status;
}

static loop_status unix_connection(struct loop *loop, const struct loop_connection_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **operation)
{
    return wrong(
        inner->create_unix_connection(loop, options, factory, factory_arg, done, arg, operation));
}

static void spoil_unix_connection(struct loop_operations *spoilt,
                                  const struct loop_operations *operations)
{
    inner = operations;
    spoilt->create_unix_connection = unix_connection;
}

/* A server that is promised and never comes. */
static loop_status unix_server(struct loop *loop, const struct loop_server_options *options,
                               loop_protocol_factory factory, void *factory_arg, loop_serving done,
                               void *arg, struct loop_handle **operation)
{
    (void)inner->create_unix_server(loop, options, factory, factory_arg, done, arg, operation);
    return LOOP_OK;
}

static void spoil_unix_server(struct loop_operations *spoilt,
                              const struct loop_operations *operations)
{
    inner = operations;
    spoilt->create_unix_server = unix_server;
}

/* A handler that is accepted and never called. */
static loop_status add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                      void *arg)
{
    (void)inner->add_signal_handler(loop, signum, callback, arg);
    return LOOP_OK;
}

static void spoil_add_signal_handler(struct loop_operations *spoilt,
                                     const struct loop_operations *operations)
{
    inner = operations;
    spoilt->add_signal_handler = add_signal_handler;
}

static loop_status remove_signal_handler(struct loop *loop, int signum)
{
    return wrong(inner->remove_signal_handler(loop, signum));
}

static void spoil_remove_signal_handler(struct loop_operations *spoilt,
                                        const struct loop_operations *operations)
{
    inner = operations;
    spoilt->remove_signal_handler = remove_signal_handler;
}

/* A socket whose writer was removed is taken for something else from then on. */
static loop_fd had_writer = LOOP_NO_FD;

static loop_status remove_writer(struct loop *loop, loop_fd fd)
{
    had_writer = fd;
    return inner->remove_writer(loop, fd);
}

static loop_status add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return fd == had_writer ? LOOP_NOTSOCK : inner->add_reader(loop, fd, callback, arg);
}

static void spoil_sockets(struct loop_operations *spoilt, const struct loop_operations *operations)
{
    inner = operations;
    spoilt->remove_writer = remove_writer;
    spoilt->add_reader = add_reader;
}

/* Refuses, and closes the descriptor that was never its own. */
static loop_status read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                             void *factory_arg, loop_connected done, void *arg,
                             struct loop_handle **operation)
{
    loop_status status =
        inner->connect_read_pipe(loop, fd, factory, factory_arg, done, arg, operation);
    fault_close_descriptor(fd);
    return status;
}

static void spoil_read_pipe(struct loop_operations *spoilt,
                            const struct loop_operations *operations)
{
    inner = operations;
    spoilt->connect_read_pipe = read_pipe;
}

static loop_status write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                              void *factory_arg, loop_connected done, void *arg,
                              struct loop_handle **operation)
{
    return wrong(inner->connect_write_pipe(loop, fd, factory, factory_arg, done, arg, operation));
}

static void spoil_write_pipe(struct loop_operations *spoilt,
                             const struct loop_operations *operations)
{
    inner = operations;
    spoilt->connect_write_pipe = write_pipe;
}

static loop_status subprocess_exec(struct loop *loop, const struct loop_subprocess_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **operation)
{
    return wrong(inner->subprocess_exec(loop, options, factory, factory_arg, done, arg, operation));
}

static void spoil_subprocess_exec(struct loop_operations *spoilt,
                                  const struct loop_operations *operations)
{
    inner = operations;
    spoilt->subprocess_exec = subprocess_exec;
}

/* Refuses, but leaves the loop stopped: what runs next returns at once. */
static loop_status subprocess_shell(struct loop *loop,
                                    const struct loop_subprocess_options *options,
                                    loop_protocol_factory factory, void *factory_arg,
                                    loop_connected done, void *arg, struct loop_handle **operation)
{
    loop_status status =
        inner->subprocess_shell(loop, options, factory, factory_arg, done, arg, operation);
    inner->stop(loop);
    return status;
}

static void spoil_subprocess_shell(struct loop_operations *spoilt,
                                   const struct loop_operations *operations)
{
    inner = operations;
    spoilt->subprocess_shell = subprocess_shell;
}

/* Makes a protocol's connection first and refuses then. */
static loop_status datagram_endpoint(struct loop *loop, const struct loop_datagram_options *options,
                                     loop_protocol_factory factory, void *factory_arg,
                                     loop_connected done, void *arg, struct loop_handle **operation)
{
    struct loop_protocol protocol = {.size = sizeof protocol};
    if (factory(factory_arg, &protocol) == LOOP_OK && protocol.connection_made != NULL)
        protocol.connection_made(protocol.user, NULL);
    return inner->create_datagram_endpoint(loop, options, factory, factory_arg, done, arg,
                                           operation);
}

static void spoil_datagrams(struct loop_operations *spoilt,
                            const struct loop_operations *operations)
{
    inner = operations;
    spoilt->create_datagram_endpoint = datagram_endpoint;
}

static loop_status set_child_watcher(struct loop *loop, uint32_t watcher)
{
    return wrong(inner->set_child_watcher(loop, watcher));
}

static void spoil_child_watcher(struct loop_operations *spoilt,
                                const struct loop_operations *operations)
{
    inner = operations;
    spoilt->set_child_watcher = set_child_watcher;
}

/* Threads cannot post any more once a signal handler was removed. */
static int handler_was_removed;

static loop_status forget_signal_handler(struct loop *loop, int signum)
{
    handler_was_removed = 1;
    return inner->remove_signal_handler(loop, signum);
}

static loop_status post(struct loop *loop, loop_callback callback, void *arg,
                        struct loop_handle **handle)
{
    return handler_was_removed ? LOOP_NOT_IMPLEMENTED
                               : inner->call_soon_threadsafe(loop, callback, arg, handle);
}

static void spoil_posts(struct loop_operations *spoilt, const struct loop_operations *operations)
{
    inner = operations;
    spoilt->remove_signal_handler = forget_signal_handler;
    spoilt->call_soon_threadsafe = post;
}

const struct fault platform_faults[] = {
    {.id = "platform.unix-connection-other-status",
     .summary = "create_unix_connection is refused with RUNTIME",
     .checks = {"platform.unix-connection-refused"},
     .on = "windows-selector",
     .spoil = spoil_unix_connection},
    {.id = "platform.unix-server-never-completes",
     .summary = "create_unix_server says OK and never completes",
     .checks = {"platform.unix-server-refused"},
     .on = "windows-proactor",
     .spoil = spoil_unix_server},
    {.id = "platform.signal-handler-ignored",
     .summary = "add_signal_handler says OK and the handler is never called",
     .checks = {"platform.add-signal-handler-refused"},
     .on = "windows-selector",
     .spoil = spoil_add_signal_handler},
    {.id = "platform.remove-signal-handler-other-status",
     .summary = "remove_signal_handler is refused with RUNTIME",
     .checks = {"platform.remove-signal-handler-refused"},
     .on = "windows-proactor",
     .spoil = spoil_remove_signal_handler},
    {.id = "platform.socket-taken-for-other",
     .summary = "a socket whose writer was removed is no socket to add_reader",
     .checks = {"platform.sockets-watched"},
     .on = "windows-selector",
     .spoil = spoil_sockets},
    {.id = "platform.refused-pipe-closed",
     .summary = "connect_read_pipe closes the descriptor that it refuses",
     .checks = {"platform.read-pipe-refused"},
     .on = "windows-selector",
     .spoil = spoil_read_pipe},
    {.id = "platform.write-pipe-other-status",
     .summary = "connect_write_pipe is refused with RUNTIME",
     .checks = {"platform.write-pipe-refused"},
     .on = "windows-selector",
     .spoil = spoil_write_pipe},
    {.id = "platform.subprocess-exec-other-status",
     .summary = "subprocess_exec is refused with RUNTIME",
     .checks = {"platform.subprocess-exec-refused"},
     .on = "windows-selector",
     .spoil = spoil_subprocess_exec},
    {.id = "platform.refusal-stops-loop",
     .summary = "a refused subprocess_shell stops the loop",
     .checks = {"platform.subprocess-shell-refused"},
     .on = "windows-selector",
     .spoil = spoil_subprocess_shell},
    {.id = "platform.refusal-makes-connection",
     .summary = "create_datagram_endpoint calls connection_made and is refused then",
     .checks = {"platform.datagrams-refused"},
     .on = "windows-proactor",
     .spoil = spoil_datagrams},
    {.id = "platform.child-watcher-other-status",
     .summary = "set_child_watcher is refused with RUNTIME",
     .checks = {"platform.child-watcher-refused"},
     .on = "windows-proactor",
     .spoil = spoil_child_watcher},
    {.id = "platform.posts-refused",
     .summary = "call_soon_threadsafe is refused once a signal handler was removed",
     .checks = {"platform.macos-refuses-nothing"},
     .on = "macos-kqueue",
     .spoil = spoil_posts},
    {.id = NULL},
};
