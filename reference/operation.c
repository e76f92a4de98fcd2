/* SPDX-License-Identifier: MIT
 *
 * What is under way? Operations that were started, go on step by step, and complete later. */
#include "transport.h"

#include <stdlib.h>

static void release(struct operation *operation)
{
    handle_revoke(operation->turn);
    if (operation->ticket)
        operation->ticket->operation = NULL;
    handle_drop(operation->ticket);
    free(operation);
}

static void complete(struct operation *operation)
{
    struct loop_transport *transport = operation->transport;
    struct operation last = *operation;

    if (operation->before)
        operation->before->after = operation->after;
    else
        operation->loop->operations = operation->after;
    if (operation->after)
        operation->after->before = operation->before;
    release(operation);
    if (last.connected) {
        if (transport)
            transport_give(transport);
        last.connected(last.arg, last.status, transport);
    } else if (last.serving) {
        last.serving(last.arg, last.status, last.server);
    }
    transport_drop(transport);
}

static void turn(void *arg)
{
    struct operation *operation = arg;

    if (operation->over)
        complete(operation);
    else
        operation->step(operation);
}

struct operation *operation_make(struct loop *loop, size_t size,
                                 void (*undo)(struct operation *operation))
{
    struct operation *operation = calloc(1, size);

    if (!operation)
        return NULL;
    operation->loop = loop;
    operation->undo = undo;
    operation->turn = handle_make(turn, operation);
    operation->ticket = handle_make(turn, operation);
    if (!operation->turn || !operation->ticket) {
        release(operation);
        return NULL;
    }
    return operation;
}

void operation_start(struct operation *operation, struct loop_handle **ticket)
{
    struct loop *loop = operation->loop;

    operation->after = loop->operations;
    if (operation->after)
        operation->after->before = operation;
    loop->operations = operation;
    operation->ticket->operation = operation;
    if (ticket) {
        operation->ticket->references++;
        *ticket = operation->ticket;
    }
}

void operation_discard(struct operation *operation)
{
    operation->undo(operation);
    release(operation);
}

void operation_next(struct operation *operation, void (*step)(struct operation *operation))
{
    operation->step = step;
    ready_push(operation->loop, operation->turn);
}

void operation_end(struct operation *operation, loop_status status)
{
    if (operation->over)
        return;
    operation->over = true;
    operation->status = status;
    operation->undo(operation);
    ready_push(operation->loop, operation->turn);
}

loop_status operation_protocol(struct operation *operation, struct loop_protocol *protocol)
{
    loop_status status;

    *protocol = (struct loop_protocol){.size = sizeof *protocol};
    status = operation->factory(operation->factory_arg, protocol);
    return operation->over ? LOOP_CANCELLED : status;
}

/* A transport of which its protocol has not heard yet. */
static void take_back(struct operation *operation)
{
    struct loop_transport *transport = operation->transport;

    operation->transport = NULL;
    if (transport) {
        transport_end(transport);
        transport_drop(transport);
    }
}

void operation_cancel(struct operation *operation)
{
    if (operation->over)
        return;
    take_back(operation);
    operation_end(operation, LOOP_CANCELLED);
}

void operations_close(struct loop *loop)
{
    while (loop->operations) {
        struct operation *operation = loop->operations;

        loop->operations = operation->after;
        if (!operation->over) {
            take_back(operation);
            operation->undo(operation);
        }
        transport_drop(operation->transport);
        if (operation->server)
            loop_server_release(operation->server);
        release(operation);
    }
}
