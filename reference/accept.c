/* SPDX-License-Identifier: MIT
 *
 * How does a server take a connection? What waits is accepted, and each gets a protocol in a turn
 * of its own. A machine that has no descriptor left is asked again after a second. */
#include "server.h"

#define RETRY_AFTER INT64_C(1000000000)

/* A connection without a protocol yet. */
struct accepted {
    struct operation base;
    struct loop_server *server;
    loop_fd fd;
};

static void undo(struct operation *operation)
{
    struct accepted *a = (struct accepted *)operation;

    if (a->fd != LOOP_NO_FD)
        descriptor_close(a->fd);
    a->fd = LOOP_NO_FD;
    server_lost_connection(a->server);
    a->server = NULL;
}

static void make_transport(struct operation *operation)
{
    struct accepted *a = (struct accepted *)operation;
    struct loop *loop = operation->loop;
    struct loop_protocol protocol;
    struct loop_transport *transport = NULL;
    loop_status status = operation_protocol(operation, &protocol);

    if (status == LOOP_OK) {
        transport = stream_make(loop, a->fd, &protocol);
        status = transport ? LOOP_OK : LOOP_NO_MEMORY;
    }
    if (transport) {
        transport->server = a->server;
        a->server = NULL;
        a->fd = LOOP_NO_FD;
        transport_begin(transport, NULL);
    }
    operation_end(operation, status);
    if (status != LOOP_OK)
        loop_report(loop, status, "an incoming connection got no protocol and was closed");
}

static void take(struct loop_server *server, loop_fd fd)
{
    struct loop *loop = server->loop;
    struct accepted *a = (struct accepted *)operation_make(loop, sizeof *a, undo);

    if (!a) {
        descriptor_close(fd);
        return;
    }
    a->fd = fd;
    a->server = server;
    server_hold(server);
    server->connections++;
    a->base.factory = server->factory;
    a->base.factory_arg = server->factory_arg;
    operation_next(&a->base, make_transport);
    operation_start(&a->base, NULL);
}

static void pause_accepting(struct listener *listener, loop_status status);

static void retry(void *arg)
{
    struct listener *listener = arg;
    loop_status status = listener_watch(listener);

    handle_drop(listener->retry);
    listener->retry = NULL;
    if (status != LOOP_OK)
        pause_accepting(listener, status);
}

/* The report comes last: it may close the server. */
static void pause_accepting(struct listener *listener, loop_status status)
{
    struct loop *loop = listener->server->loop;

    loop->io->give_up(loop, listener->fd, READER, &listener->request);
    loop_call_later(loop, RETRY_AFTER, retry, listener, &listener->retry);
    loop_report(loop, status, "accepting failed, and is tried again in a second");
}

loop_status listener_watch(struct listener *listener)
{
    struct loop *loop = listener->server->loop;

    return loop->io->await(loop, listener->fd, listener->watch, &listener->request);
}

void listener_ready(void *arg)
{
    struct listener *listener = arg;
    struct loop_server *server = listener->server;
    struct loop *loop = server->loop;
    loop_status status = LOOP_OK;
    loop_fd fd = LOOP_NO_FD;

    if (listener->retry) /* put off already */
        return;
    for (uint32_t i = 0; i < server->backlog && status == LOOP_OK; i++) {
        int error = loop->io->accept(loop, listener->fd, listener->watch, &listener->request, &fd);

        status = error == 0 ? LOOP_OK : loop_fail(loop, error);
        if (status == LOOP_OK)
            take(server, fd);
    }
    if (status != LOOP_OK && status != LOOP_AGAIN && status != LOOP_CONNABORTED)
        pause_accepting(listener, status);
}
