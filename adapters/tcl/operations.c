/* SPDX-License-Identifier: MIT
 *
 * Operations under way. */
#include <stdlib.h>

#include "adapter.h"

static void forget_ticket(struct operation *op)
{
    if (op->ticket != NULL)
        ticket_over(op->ticket);
    op->ticket = NULL;
}

static void discard_results(struct operation *op)
{
    if (op->transport != NULL)
        transport_lose(op->transport, LOOP_OK);
    if (op->server != NULL)
        tcl_server_release(op->server);
    op->transport = NULL;
    op->server = NULL;
}

static void release(struct operation *op)
{
    LIST_REMOVE(op, entries);
    forget_ticket(op);
    free(op);
}

static void end(struct operation *op, loop_status status)
{
    loop_connected connected = op->connected;
    loop_serving serving = op->serving;
    void *arg = op->arg;

    if (status != LOOP_OK)
        discard_results(op);
    struct loop_transport *transport = op->transport;
    struct loop_server *server = op->server;
    release(op);
    if (serving != NULL)
        serving(arg, status, server);
    else
        connected(arg, status, transport);
}

/* Cancelling is too late from here on. */
void operation_transport(struct operation *op, loop_status status)
{
    forget_ticket(op);
    if (status == LOOP_OK)
        status = transport_begin(op->transport, op->factory, op->factory_arg);
    end(op, status);
}

static void on_turn(void *arg)
{
    struct operation *op = arg;
    if (op->transport != NULL)
        operation_transport(op, op->why);
    else
        end(op, op->why);
}

void operation_turn(struct operation *op, loop_status status)
{
    op->why = status;
    if (!op->turning)
        call_in_turn(op->loop, on_turn, op);
    op->turning = 1;
}

static void cancel(void *arg)
{
    struct operation *op = arg;
    forget_ticket(op);
    discard_results(op);
    operation_turn(op, LOOP_CANCELLED);
}

struct operation *operation_make(struct loop *loop, loop_protocol_factory factory,
                                 void *factory_arg, void *arg, int wanted)
{
    struct operation *op = calloc(1, sizeof *op);
    if (op == NULL)
        return NULL;
    op->ticket = wanted ? ticket_make(loop, cancel, op) : NULL;
    if (wanted && op->ticket == NULL) {
        free(op);
        return NULL;
    }
    op->loop = loop;
    op->factory = factory;
    op->factory_arg = factory_arg;
    op->arg = arg;
    LIST_INSERT_HEAD(&loop->operations, op, entries);
    return op;
}

loop_status operation_begun(struct operation *op, struct loop_handle **handle)
{
    if (handle != NULL)
        *handle = op->ticket;
    return LOOP_OK;
}

/* The caller never saw the handle. */
loop_status operation_discard(struct operation *op, loop_status status)
{
    discard_results(op);
    if (op->ticket != NULL)
        tcl_handle_release(op->loop, op->ticket);
    release(op);
    return status;
}

void discard_operations(struct loop *loop)
{
    struct operation *op;
    while ((op = LIST_FIRST(&loop->operations)) != NULL) {
        discard_results(op);
        release(op);
    }
}
