/* SPDX-License-Identifier: MIT
 *
 * How long does a server live? It serves until it is closed; its connections outlive that, and
 * those who wait for the end hear of it when the last one is gone. */
#include "server.h"

#include <stdlib.h>

/* Before that version wait_closed waited for nothing once close was called. */
#define WAITS_FOR_CONNECTIONS PROFILE(3, 12, 1)
/* From that version on the file of a unix socket goes with its server. */
#define REMOVES_PATH PROFILE(3, 13, 0)

struct loop_server *server_make(struct loop *loop, size_t room)
{
    struct loop_server *server = calloc(1, sizeof *server + room * sizeof server->listeners[0]);

    if (!server)
        return NULL;
    server->loop = loop;
    server->references = 1;
    server->serving = true;
    server->after = loop->servers;
    if (server->after)
        server->after->before = server;
    loop->servers = server;
    return server;
}

void server_hold(struct loop_server *server)
{
    server->references++;
}

void server_drop(struct loop_server *server)
{
    if (--server->references > 0)
        return;
    if (server->before)
        server->before->after = server->after;
    else
        server->loop->servers = server->after;
    if (server->after)
        server->after->before = server->before;
    free(server);
}

loop_status server_add(struct loop_server *server, loop_fd fd)
{
    struct listener *listener = &server->listeners[server->count];
    struct address nobody = {.length = 0};

    *listener = (struct listener){.server = server, .fd = fd};
    listener->watch = handle_make(listener_ready, listener);
    if (!listener->watch)
        return LOOP_NO_MEMORY;
    socket_names(fd, &listener->name, &nobody);
    if (address_family(&listener->name) == LOOP_ADDRESS_UNIX)
        path_identify(&listener->name, &listener->path);
    server->count++;
    return LOOP_OK;
}

loop_status server_listen(struct loop_server *server)
{
    loop_status status = LOOP_OK;

    for (size_t i = 0; i < server->count && status == LOOP_OK; i++) {
        int error = socket_listen(server->listeners[i].fd, server->backlog);

        status =
            error == 0 ? listener_watch(&server->listeners[i]) : loop_fail(server->loop, error);
    }
    return status;
}

static void close_listener(struct listener *listener)
{
    struct loop *loop = listener->server->loop;

    loop->io->give_up(loop, listener->fd, READER, &listener->request);
    descriptor_close(listener->fd);
    handle_revoke(listener->watch);
    if (listener->retry)
        loop_handle_cancel(loop, listener->retry);
    handle_drop(listener->retry);
}

/* Those who wait for the end; a closed loop calls nobody. */
static void tell_waiters(struct loop_server *server)
{
    struct loop_handle *handle, *next;

    for (handle = server->waiters; handle; handle = next) {
        next = handle->next;
        if (!server->loop->closed)
            ready_push(server->loop, handle);
        handle_drop(handle);
    }
    server->waiters = NULL;
}

static void stop_serving(struct loop_server *server)
{
    server->serving = false;
    for (size_t i = 0; i < server->count; i++)
        close_listener(&server->listeners[i]);
    if (server->connections == 0)
        tell_waiters(server);
}

void server_lost_connection(struct loop_server *server)
{
    if (!server)
        return;
    server->connections--;
    if (server->connections == 0 && !server->serving)
        tell_waiters(server);
    server_drop(server);
}

/* The files of unix sockets stay: the loop may be closed in a forked child. */
void servers_close(struct loop *loop)
{
    for (struct loop_server *server = loop->servers; server; server = server->after)
        if (server->serving)
            stop_serving(server);
}

void loop_server_close(struct loop_server *server)
{
    if (!server->serving)
        return;
    stop_serving(server);
    if (!loop_since(server->loop, REMOVES_PATH))
        return;
    for (size_t i = 0; i < server->count; i++)
        path_remove(&server->listeners[i].name, &server->listeners[i].path);
}

loop_status loop_server_wait_closed(struct loop_server *server, loop_callback done, void *arg)
{
    struct loop *loop = server->loop;
    bool over =
        !server->serving && (server->connections == 0 || !loop_since(loop, WAITS_FOR_CONNECTIONS));
    struct loop_handle *handle, **last = &server->waiters;

    if (loop->closed)
        return LOOP_CLOSED;
    handle = handle_make(done, arg);
    if (!handle)
        return LOOP_NO_MEMORY;
    if (over) {
        ready_push(loop, handle);
        handle_drop(handle);
        return LOOP_OK;
    }
    while (*last)
        last = &(*last)->next;
    *last = handle;
    return LOOP_OK;
}

int loop_server_is_serving(struct loop_server *server)
{
    return server->serving;
}

loop_status loop_server_get_sockname(struct loop_server *server, size_t index,
                                     void (*receive)(void *arg, const struct loop_address *),
                                     void *arg)
{
    if (!server->serving || index >= server->count)
        return LOOP_NOT_FOUND;
    address_show(&server->listeners[index].name, receive, arg);
    return LOOP_OK;
}

void loop_server_release(struct loop_server *server)
{
    loop_server_close(server);
    server_drop(server);
}
