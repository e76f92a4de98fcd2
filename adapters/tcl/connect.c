/* SPDX-License-Identifier: MIT
 *
 * Connections: Tcl_OpenTcpClient, which looks names up before it returns and then connects in the
 * background, or a socket that is connected already. */
#include "adapter.h"

static void on_connected(ClientData operation, int mask)
{
    struct operation *op = operation;
    Tcl_Channel channel = op->transport->channel;
    (void)mask;
    Tcl_DeleteChannelHandler(channel, on_connected, op);
    operation_transport(op, status_of_channel(op->loop, channel));
}

static Tcl_Channel open_client(struct loop *loop, const struct loop_connection_options *options)
{
    const struct loop_address any = {.size = sizeof any};
    const struct loop_address *local = options->local != NULL ? options->local : &any;
    Tcl_Interp *interp = interpreter(loop);
    Tcl_DString text, local_text;

    Tcl_DStringInit(&text);
    Tcl_DStringInit(&local_text);
    Tcl_ResetResult(interp);
    Tcl_Channel channel =
        Tcl_OpenTcpClient(interp, (int)options->remote.port, host_of(&options->remote, 0, &text),
                          host_of(local, 1, &local_text), (int)local->port, 1);
    Tcl_DStringFree(&text);
    Tcl_DStringFree(&local_text);
    return channel;
}

static loop_status start(struct operation *op, const struct loop_connection_options *options)
{
    int given = options->sock != LOOP_NO_FD;
    Tcl_Channel channel = given ? Tcl_MakeTcpClientChannel((ClientData)options->sock)
                                : open_client(op->loop, options);

    if (channel == NULL)
        return failure_of_call(op->loop);
    loop_status status = transport_make(op->loop, channel, CONNECTION, &op->transport);
    if (status != LOOP_OK)
        return status;
    if (given)
        operation_turn(op, LOOP_OK);
    else
        Tcl_CreateChannelHandler(channel, TCL_WRITABLE, on_connected, op);
    return LOOP_OK;
}

loop_status tcl_create_connection(struct loop *loop, const struct loop_connection_options *options,
                                  loop_protocol_factory factory, void *factory_arg,
                                  loop_connected done, void *arg, struct loop_handle **operation)
{
    int given = options->sock != LOOP_NO_FD;

    if (loop->closed)
        return LOOP_CLOSED;
    if (address_is_given(&options->remote) == given || (given && options->local != NULL) ||
        options->remote.port > 65535 || (options->local != NULL && options->local->port > 65535))
        return LOOP_VALUE;
    struct operation *op = operation_make(loop, factory, factory_arg, arg, operation != NULL);
    if (op == NULL)
        return LOOP_NO_MEMORY;
    op->connected = done;
    loop_status status = start(op, options);
    return status == LOOP_OK ? operation_begun(op, operation) : operation_discard(op, status);
}
