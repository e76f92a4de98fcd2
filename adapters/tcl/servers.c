/* SPDX-License-Identifier: MIT
 *
 * Servers: Tcl_OpenTcpServer, with a backlog of Tcl's own. There is no word for a socket that is
 * bound already, nor for SO_REUSEPORT before 8.7; and it knows nothing of the connections that it
 * accepted, so there is no server_wait_closed. */
#include <stdlib.h>

#include "adapter.h"

static void on_connection(ClientData data, Tcl_Channel channel, char *host, int port)
{
    struct loop_server *server = data;
    struct loop_transport *t;
    (void)host;
    (void)port;
    if (transport_make(server->loop, channel, CONNECTION, &t) == LOOP_OK &&
        transport_begin(t, server->factory, server->factory_arg) != LOOP_OK)
        transport_lose(t, LOOP_OK);
}

static loop_status start(struct operation *op, const struct loop_address *local)
{
    struct loop_server *server = calloc(1, sizeof *server);
    Tcl_Interp *interp = interpreter(op->loop);
    Tcl_DString text;

    if (server == NULL)
        return LOOP_NO_MEMORY;
    server->loop = op->loop;
    server->factory = op->factory;
    server->factory_arg = op->factory_arg;
    Tcl_DStringInit(&text);
    Tcl_ResetResult(interp);
    server->channel = Tcl_OpenTcpServer(interp, (int)local->port, host_of(local, 1, &text),
                                        on_connection, server);
    Tcl_DStringFree(&text);
    if (server->channel == NULL) {
        free(server);
        return failure_of_call(op->loop);
    }
    LIST_INSERT_HEAD(&op->loop->servers, server, entries);
    op->server = server;
    operation_turn(op, LOOP_OK);
    return LOOP_OK;
}

loop_status tcl_create_server(struct loop *loop, const struct loop_server_options *options,
                              loop_protocol_factory factory, void *factory_arg, loop_serving done,
                              void *arg, struct loop_handle **operation)
{
    int given = options->sock != LOOP_NO_FD;

    if (loop->closed)
        return LOOP_CLOSED;
    if ((given && address_is_given(&options->local)) || options->local.port > 65535)
        return LOOP_VALUE;
    if (given || options->flags & LOOP_REUSE_PORT)
        return LOOP_NOT_IMPLEMENTED;
    struct operation *op = operation_make(loop, factory, factory_arg, arg, operation != NULL);
    if (op == NULL)
        return LOOP_NO_MEMORY;
    op->serving = done;
    loop_status status = start(op, &options->local);
    return status == LOOP_OK ? operation_begun(op, operation) : operation_discard(op, status);
}

void tcl_server_close(struct loop_server *server)
{
    if (server->channel == NULL)
        return;
    LIST_REMOVE(server, entries);
    Tcl_Close(NULL, server->channel);
    server->channel = NULL;
}

int tcl_server_is_serving(struct loop_server *server)
{
    return server->channel != NULL;
}

loop_status tcl_server_get_sockname(struct loop_server *server, size_t index,
                                    void (*receive)(void *arg, const struct loop_address *),
                                    void *arg)
{
    if (server->channel == NULL)
        return LOOP_NOT_FOUND;
    return address_tell(server->loop, server->channel, "-sockname", index, receive, arg);
}

void tcl_server_release(struct loop_server *server)
{
    tcl_server_close(server);
    free(server);
}

void discard_servers(struct loop *loop)
{
    while (!LIST_EMPTY(&loop->servers))
        tcl_server_close(LIST_FIRST(&loop->servers));
}
