/* SPDX-License-Identifier: MIT
 *
 * Operations under way. */
#include <stdlib.h>

#include "adapter.h"

static void release(struct operation *op)
{
    LIST_REMOVE(op, entries);
    if (op->ticket != NULL)
        ticket_over(op->ticket);
    event_free(op->turn);
    free(op);
}

static void discard_results(struct operation *op)
{
    if (op->transport != NULL)
        transport_lose(op->transport, LOOP_OK);
    if (op->server != NULL)
        libevent_server_release(op->server);
}

loop_status operation_transport(struct operation *op)
{
    if (op->ticket != NULL)
        ticket_over(op->ticket);
    op->ticket = NULL;
    return transport_begin(op->transport, op->factory, op->factory_arg);
}

static void on_turn(evutil_socket_t fd, short events, void *arg)
{
    struct operation *op = arg;
    (void)fd;
    (void)events;
    if (op->why == LOOP_OK && op->transport != NULL)
        op->why = operation_transport(op);
    operation_end(op, op->why);
}

static void cancel(void *arg)
{
    struct operation *op = arg;
    discard_results(op);
    op->transport = NULL;
    op->server = NULL;
    operation_turn(op, LOOP_CANCELLED);
}

struct operation *operation_make(struct loop *loop, loop_protocol_factory factory,
                                 void *factory_arg, void *arg, int wanted)
{
    struct operation *op = calloc(1, sizeof *op);
    if (op == NULL)
        return NULL;
    op->turn = event_new(loop->base, -1, 0, on_turn, op);
    op->ticket = wanted ? ticket_make(loop, cancel, op) : NULL;
    if (op->turn == NULL || (wanted && op->ticket == NULL)) {
        if (op->turn != NULL)
            event_free(op->turn);
        free(op);
        return NULL;
    }
    op->loop = loop;
    op->factory = factory;
    op->factory_arg = factory_arg;
    op->arg = arg;
    op->starting = 1;
    LIST_INSERT_HEAD(&loop->operations, op, entries);
    return op;
}

void operation_turn(struct operation *op, loop_status status)
{
    op->why = status;
    event_active(op->turn, EV_TIMEOUT, 0);
}

loop_status operation_begun(struct operation *op, struct loop_handle **handle)
{
    op->starting = 0;
    if (handle != NULL)
        *handle = op->ticket;
    return LOOP_OK;
}

/* The caller never saw the handle. */
loop_status operation_discard(struct operation *op, loop_status status)
{
    discard_results(op);
    if (op->ticket != NULL)
        libevent_handle_release(op->loop, op->ticket);
    release(op);
    return status;
}

void operation_end(struct operation *op, loop_status status)
{
    loop_connected connected = op->connected;
    loop_serving serving = op->serving;
    struct loop_transport *transport = op->transport;
    struct loop_server *server = op->server;
    void *arg = op->arg;

    if (status != LOOP_OK) {
        discard_results(op);
        transport = NULL;
        server = NULL;
    }
    release(op);
    if (serving != NULL)
        serving(arg, status, server);
    else
        connected(arg, status, transport);
}

void discard_operations(struct loop *loop)
{
    struct operation *op;
    while ((op = LIST_FIRST(&loop->operations)) != NULL) {
        discard_results(op);
        release(op);
    }
}
