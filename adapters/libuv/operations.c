/* SPDX-License-Identifier: MIT
 *
 * Operations under way: names looked up by uv_getaddrinfo, then the thing itself. What libuv does at
 * once, within the call, is told in a turn of the loop. */
#include <stdlib.h>
#include <string.h>

#include "adapter.h"

static void free_operation(uv_handle_t *turn)
{
    struct operation *op = turn->data;
    free(op->path);
    free(op);
}

static void on_turn(uv_async_t *turn)
{
    struct operation *op = turn->data;
    if (op->cancelled)
        operation_end(op, LOOP_CANCELLED);
    else if (op->why != LOOP_OK)
        operation_end(op, op->why);
    else if (!op->started)
        op->start(op);
    else if (op->transport != NULL)
        operation_made(op);
    else
        operation_end(op, LOOP_OK);
}

static void cancel_at_close(uv_handle_t *turn)
{
    operation_cancel(turn->data);
}

struct operation *operation_make(struct loop *loop, loop_protocol_factory factory,
                                 void *factory_arg, void *arg, int wanted)
{
    struct operation *op = calloc(1, sizeof *op);
    if (op == NULL)
        return NULL;
    if (wanted)
        op->ticket = ticket_make(loop, operation_cancel, op);
    if ((wanted && op->ticket == NULL) || uv_async_init(&loop->uv, &op->turn, on_turn) < 0) {
        free(op->ticket);
        free(op);
        return NULL;
    }
    op->owner.close = cancel_at_close;
    op->turn.data = op;
    op->connect.data = op;
    op->loop = loop;
    op->factory = factory;
    op->factory_arg = factory_arg;
    op->arg = arg;
    return op;
}

/* libuv connects to one address, and listens at one: the first. */
static void on_lookup(uv_getaddrinfo_t *uv, int error, struct addrinfo *found)
{
    struct lookup *lookup = uv->data;
    struct operation *op = lookup->operation;

    if (error < 0) {
        op->why = status_of(op->loop, error);
    } else {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&lookup->address;
        memcpy(&lookup->address, found->ai_addr, found->ai_addrlen);
        /* The port lies at the same place in a sockaddr_in. */
        in6->sin6_port = htons((uint16_t)lookup->port);
    }
    uv_freeaddrinfo(found);
    if (--op->lookups == 0)
        uv_async_send(&op->turn);
}

loop_status operation_address(struct operation *op, struct lookup *lookup,
                              const struct loop_address *address, int passive, int socket_type)
{
    if (address == NULL)
        return LOOP_OK;
    loop_status status = address_of(address, passive, &lookup->address);
    lookup->given = 1;
    if (status != LOOP_NAME_NOT_RESOLVED)
        return status;
    struct addrinfo hints = {.ai_family = family_of(address->family), .ai_socktype = socket_type};
    lookup->port = address->port;
    lookup->uv.data = lookup;
    int error = uv_getaddrinfo(&op->loop->uv, &lookup->uv, on_lookup, address->host, NULL, &hints);
    if (error < 0)
        return status_of(op->loop, error);
    lookup->operation = op;
    op->lookups++;
    return LOOP_OK;
}

loop_status operation_begin(struct operation *op, void (*start)(struct operation *),
                            struct loop_handle **handle)
{
    op->start = start;
    if (handle != NULL)
        *handle = op->ticket;
    if (op->lookups > 0)
        return LOOP_OK;
    op->started = 1;
    op->within_call = 1;
    start(op);
    op->within_call = 0;
    return LOOP_OK;
}

static void discard_results(struct operation *op)
{
    if (op->transport != NULL)
        transport_discard(op->transport);
    if (op->server != NULL)
        libuv_server_close(op->server);
}

/* A first lookup may be under way when the second fails; it ends as one that was cancelled. */
static void swallow(void *arg, loop_status status, struct loop_transport *transport)
{
    (void)arg;
    (void)status;
    (void)transport;
}

loop_status operation_discard(struct operation *op, loop_status status)
{
    free(op->ticket);
    op->ticket = NULL;
    op->connected = swallow;
    op->serving = NULL;
    op->cancelled = 0;
    if (op->lookups > 0) {
        operation_cancel(op);
        return status;
    }
    discard_results(op);
    uv_close((uv_handle_t *)&op->turn, free_operation);
    return status;
}

/* A lookup that has begun cannot be cancelled in libuv, and ends by itself. */
void operation_cancel(void *arg)
{
    struct operation *op = arg;
    if (op->cancelled)
        return;
    op->cancelled = 1;
    if (op->remote.operation != NULL)
        uv_cancel((uv_req_t *)&op->remote.uv);
    if (op->local.operation != NULL)
        uv_cancel((uv_req_t *)&op->local.uv);
    if (op->connecting)
        transport_discard(op->transport);
}

void operation_end(struct operation *op, loop_status status)
{
    int works = status == LOOP_OK;

    if (op->within_call) {
        op->why = status;
        uv_async_send(&op->turn);
        return;
    }
    if (!works)
        discard_results(op);
    else if (op->server != NULL)
        op->server->references++;
    if (op->ticket != NULL)
        ticket_over(op->ticket);
    uv_close((uv_handle_t *)&op->turn, free_operation);
    if (op->loop->closed)
        return;
    if (op->serving != NULL)
        op->serving(op->arg, status, works ? op->server : NULL);
    else
        op->connected(op->arg, status, works ? op->transport : NULL);
}

void operation_made(struct operation *op)
{
    if (op->within_call)
        operation_end(op, LOOP_OK);
    else
        operation_end(op, transport_begin(op->transport, op->factory, op->factory_arg));
}
