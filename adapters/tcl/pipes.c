/* SPDX-License-Identifier: MIT
 *
 * connect_read_pipe and connect_write_pipe: Tcl_MakeFileChannel, which takes any number and finds
 * out itself what it stands for. */
#include "adapter.h"

static loop_status connect_pipe(struct loop *loop, loop_fd fd, enum kind kind,
                                loop_protocol_factory factory, void *factory_arg,
                                loop_connected done, void *arg, struct loop_handle **operation)
{
    int mode = kind == READ_PIPE ? TCL_READABLE : TCL_WRITABLE;

    if (loop->closed)
        return LOOP_CLOSED;
    struct operation *op = operation_make(loop, factory, factory_arg, arg, operation != NULL);
    if (op == NULL)
        return LOOP_NO_MEMORY;
    op->connected = done;
    loop_status status =
        transport_make(loop, Tcl_MakeFileChannel((ClientData)fd, mode), kind, &op->transport);
    if (status != LOOP_OK)
        return operation_discard(op, status);
    operation_turn(op, LOOP_OK);
    return operation_begun(op, operation);
}

loop_status tcl_connect_read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                  void *factory_arg, loop_connected done, void *arg,
                                  struct loop_handle **operation)
{
    return connect_pipe(loop, fd, READ_PIPE, factory, factory_arg, done, arg, operation);
}

loop_status tcl_connect_write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                   void *factory_arg, loop_connected done, void *arg,
                                   struct loop_handle **operation)
{
    return connect_pipe(loop, fd, WRITE_PIPE, factory, factory_arg, done, arg, operation);
}
