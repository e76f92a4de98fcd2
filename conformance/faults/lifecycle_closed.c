/* SPDX-License-Identifier: MIT
 *
 * Closed loops that begin what nobody will ever hear of. */
#include "fault.h"

static const struct loop_operations *inner;

static loop_status unless_closed(loop_status status)
{
    return status == LOOP_CLOSED ? LOOP_OK : status;
}

static loop_status connects(struct loop *loop, const struct loop_connection_options *options,
                            loop_protocol_factory factory, void *factory_arg, loop_connected done,
                            void *arg, struct loop_handle **operation)
{
    return unless_closed(
        inner->create_connection(loop, options, factory, factory_arg, done, arg, operation));
}

static loop_status serves_unix(struct loop *loop, const struct loop_server_options *options,
                               loop_protocol_factory factory, void *factory_arg, loop_serving done,
                               void *arg, struct loop_handle **operation)
{
    return unless_closed(
        inner->create_unix_server(loop, options, factory, factory_arg, done, arg, operation));
}

static loop_status sends(struct loop *loop, const struct loop_datagram_options *options,
                         loop_protocol_factory factory, void *factory_arg, loop_connected done,
                         void *arg, struct loop_handle **operation)
{
    return unless_closed(
        inner->create_datagram_endpoint(loop, options, factory, factory_arg, done, arg, operation));
}

static loop_status reads_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                              void *factory_arg, loop_connected done, void *arg,
                              struct loop_handle **operation)
{
    return unless_closed(
        inner->connect_read_pipe(loop, fd, factory, factory_arg, done, arg, operation));
}

static loop_status executes(struct loop *loop, const struct loop_subprocess_options *options,
                            loop_protocol_factory factory, void *factory_arg, loop_connected done,
                            void *arg, struct loop_handle **operation)
{
    return unless_closed(
        inner->subprocess_exec(loop, options, factory, factory_arg, done, arg, operation));
}

static loop_status waits(struct loop_server *server, loop_callback done, void *arg)
{
    return unless_closed(inner->server_wait_closed(server, done, arg));
}

static void spoil_begins(struct loop_operations *spoilt, const struct loop_operations *own)
{
    inner = own;
    spoilt->create_connection = connects;
    spoilt->server_wait_closed = waits;
    spoilt->create_unix_server = serves_unix;
    spoilt->create_datagram_endpoint = sends;
    spoilt->connect_read_pipe = reads_pipe;
    spoilt->subprocess_exec = executes;
}

const struct fault lifecycle_closed_faults[] = {
    {.id = "lifecycle.closed-begins",
     .summary = "begins in silence what takes time when it is closed",
     .checks = {"lifecycle.closed-refuses-streams", "lifecycle.closed-refuses-unix",
                "lifecycle.closed-refuses-datagrams", "lifecycle.closed-refuses-pipes",
                "lifecycle.closed-refuses-subprocesses", "lifecycle.closed-refuses-waiting"},
     .spoil = spoil_begins},
    {0},
};
