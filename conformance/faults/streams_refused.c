/* SPDX-License-Identifier: MIT
 *
 * Loops that take nonsense, or refuse it otherwise than they should. */
#include "streams_wire.h"

static loop_status drop_address(struct wire_operation *o, struct loop_connection_options *options)
{
    (void)o;
    if (options->sock != LOOP_NO_FD) {
        options->remote.host = NULL;
        options->remote.port = 0;
    }
    return LOOP_OK;
}
WIRE_FAULT(spoil_both, .connect = drop_address)

static loop_status drop_high_bits(struct wire_operation *o, struct loop_connection_options *options)
{
    (void)o;
    options->remote.port &= 0xffff;
    return LOOP_OK;
}
WIRE_FAULT(spoil_port, .connect = drop_high_bits)

static loop_status drop_local(struct wire_operation *o, struct loop_connection_options *options)
{
    (void)o;
    if (options->local != NULL && options->local->port != 0)
        options->local = NULL;
    return LOOP_OK;
}
WIRE_FAULT(spoil_local, .connect = drop_local)

static loop_status drop_other_family(struct wire_operation *o,
                                     struct loop_connection_options *options)
{
    (void)o;
    if (options->local != NULL && options->local->family != options->remote.family)
        options->local = NULL;
    return LOOP_OK;
}
WIRE_FAULT(spoil_family, .connect = drop_other_family)

static int64_t no_error(struct loop *loop)
{
    (void)loop;
    return 0;
}

static void spoil_os_error(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    (void)inner;
    spoilt->last_os_error = no_error;
}

static void unname_shortage(struct wire_operation *o, loop_status status,
                            struct loop_transport *transport)
{
    wire_connected(o, status == LOOP_MFILE ? LOOP_FAILED : status, transport);
}

static void unname_of_server(struct wire_operation *o, loop_status status,
                             struct loop_server *server)
{
    bool named = status == LOOP_MFILE || status == LOOP_ADDRNOTAVAIL;

    wire_serving(o, named ? LOOP_FAILED : status, server);
}
WIRE_FAULT(spoil_shortage, .connected = unname_shortage, .serving = unname_of_server)

/* ---- a socket that is refused at the call */

static const struct loop_operations *inner_table;
static loop_status right, wrong;

static loop_status misname(struct loop *loop, const struct loop_connection_options *options,
                           loop_protocol_factory factory, void *factory_arg, loop_connected done,
                           void *arg, struct loop_handle **operation)
{
    loop_status status =
        inner_table->create_connection(loop, options, factory, factory_arg, done, arg, operation);

    return options->sock != LOOP_NO_FD && status == right ? wrong : status;
}

static void spoil_status(struct loop_operations *spoilt, const struct loop_operations *inner,
                         loop_status from, loop_status to)
{
    inner_table = inner;
    right = from;
    wrong = to;
    spoilt->create_connection = misname;
}

static void spoil_datagram(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    spoil_status(spoilt, inner, LOOP_VALUE, LOOP_FAILED);
}

static void spoil_no_socket(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    spoil_status(spoilt, inner, LOOP_NOTSOCK, LOOP_FAILED);
}

static void spoil_taken(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    spoil_status(spoilt, inner, LOOP_RUNTIME, LOOP_OK);
}

const struct fault streams_refused_faults[] = {
    {.id = "streams.address-beside-socket",
     .summary = "An address that is given with a connected socket is ignored",
     .checks = {"streams.socket-and-address"},
     .spoil = spoil_both},
    {.id = "streams.datagram-socket-unnamed",
     .summary = "Nonsense about a given socket is refused with FAILED",
     .checks = {"streams.datagram-socket", "streams.socket-and-address"},
     .spoil = spoil_datagram},
    {.id = "streams.no-socket-unnamed",
     .summary = "What is no socket is refused with FAILED",
     .checks = {"streams.not-a-socket"},
     .spoil = spoil_no_socket},
    {.id = "streams.socket-taken-twice",
     .summary = "The socket of a transport is taken for a second one",
     .checks = {"streams.socket-taken"},
     .spoil = spoil_taken},
    {.id = "streams.port-truncated",
     .summary = "Of a port the lower 16 bits count",
     .checks = {"streams.port-beyond"},
     .spoil = spoil_port},
    {.id = "streams.local-port-ignored",
     .summary = "A local address with a port is not bound",
     .checks = {"streams.local-in-use"},
     .spoil = spoil_local},
    {.id = "streams.local-family-ignored",
     .summary = "A local address of another family is not bound",
     .checks = {"streams.local-family"},
     .spoil = spoil_family},
    {.id = "streams.shortage-unnamed",
     .summary = "A lack of descriptors is FAILED, and so is an address of another machine",
     .checks = {"streams.connect-in-shortage", "streams.serve-in-shortage", "streams.not-here"},
     .spoil = spoil_shortage},
    {.id = "streams.os-error-untold",
     .summary = "There has never been an error of the system's",
     .checks = {"streams.tells-os-error"},
     .spoil = spoil_os_error},
    {.id = NULL},
};
