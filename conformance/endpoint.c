/* SPDX-License-Identifier: MIT */
#include "endpoint_protocol.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Endpoints of several loops may be made in several threads. */
static struct endpoint *_Atomic endpoints;
static struct listener *_Atomic listeners;
static atomic_bool silenced;

static void free_all(void *arg)
{
    struct endpoint *e = atomic_exchange(&endpoints, NULL);
    struct listener *l = atomic_exchange(&listeners, NULL);

    (void)arg;
    while (e != NULL) {
        struct endpoint *next = e->next;

        for (int i = 0; i < e->datagrams; i++) {
            free(e->datagram[i]->data);
            free(e->datagram[i]);
        }
        for (int i = 0; i < 3; i++)
            free(e->pipe[i].data);
        free(e->datagram);
        free(e->data);
        free(e);
        e = next;
    }
    while (l != NULL) {
        struct listener *next = l->next;

        free(l->accepted);
        free(l);
        l = next;
    }
}

/* The first of them arranges for the end of all, so it must be made by the check's own thread. */
static void arrange_end(struct check *c)
{
    if (atomic_load(&endpoints) == NULL && atomic_load(&listeners) == NULL) {
        atomic_store(&silenced, false);
        check_at_close(c, endpoints_release_all, c);
        check_at_end(c, free_all, NULL);
    }
}

void *endpoint_grown(struct check *c, void *memory, size_t bytes)
{
    void *larger = realloc(memory, bytes);

    EXPECT(c, larger != NULL, "no memory for what an endpoint received");
    return larger;
}

struct endpoint *endpoint_new(struct check *c, const char *name)
{
    struct endpoint *e = endpoint_grown(c, NULL, sizeof *e);

    arrange_end(c);
    *e = (struct endpoint){.check = c, .loop = c->loop, .name = name};
    e->next = atomic_load(&endpoints);
    while (!atomic_compare_exchange_weak(&endpoints, &e->next, e))
        ;
    return e;
}

struct listener *listener_new(struct check *c, const char *name)
{
    struct listener *l = endpoint_grown(c, NULL, sizeof *l);

    arrange_end(c);
    *l = (struct listener){.check = c, .loop = c->loop, .name = name};
    l->next = atomic_load(&listeners);
    while (!atomic_compare_exchange_weak(&listeners, &l->next, l))
        ;
    return l;
}

/* ---- factories and completions */

loop_status endpoint_factory(void *arg, struct loop_protocol *protocol)
{
    struct endpoint *e = arg;

    protocol_enter(e, "the protocol factory", false);
    EXPECT_INT(e->check, "calls of the protocol factory before this one", e->factories, 0);
    e->factories = 1;
    protocol_note(e, 'F', false);
    if (e->refuses == LOOP_OK)
        protocol_fill(e, protocol);
    protocol_leave(e);
    return e->refuses;
}

void endpoint_connected(void *arg, loop_status status, struct loop_transport *transport)
{
    struct endpoint *e = arg;
    struct check *c = e->check;

    EXPECT(c, !endpoints_are_silent(), "%s was completed after the loop was closed", e->name);
    EXPECT(c, !e->calling, "%s was completed from inside the call that asked for it", e->name);
    EXPECT(c, !protocol_is_inside(), "%s was completed from inside another callback", e->name);
    EXPECT(c, e->completions == 0, "%s was completed twice", e->name);
    if (status == LOOP_OK) {
        EXPECT(c, e->made == 1, "%s was completed before connection_made", e->name);
        EXPECT(c, transport != NULL && (e->released || transport == e->transport),
               "the completion of %s got another transport than connection_made", e->name);
    } else {
        EXPECT(c, transport == NULL, "%s failed, and its completion got a transport", e->name);
    }
    e->completions = 1;
    e->status = status;
    protocol_note(e, 'C', false);
    protocol_begin_callback();
    if (e->on_completion != NULL)
        e->on_completion(e);
    protocol_leave(e);
}

loop_status listener_factory(void *arg, struct loop_protocol *protocol)
{
    struct listener *l = arg;
    struct endpoint *e;

    EXPECT(l->check, !l->calling, "the factory was called from inside the call that serves");
    e = endpoint_new(l->check, l->name);
    e->loop = l->loop;
    e->listener = l;
    e->user = l->user;
    e->keeps_open = l->keeps_open;
    if (l->accepts == l->capacity) {
        l->capacity = l->capacity * 2 + 16;
        l->accepted =
            endpoint_grown(l->check, l->accepted, (size_t)l->capacity * sizeof(struct endpoint *));
    }
    l->accepted[l->accepts++] = e;
    if (l->prepare != NULL)
        l->prepare(e);
    return endpoint_factory(e, protocol);
}

void listener_serving(void *arg, loop_status status, struct loop_server *server)
{
    struct listener *l = arg;
    struct check *c = l->check;

    EXPECT(c, !endpoints_are_silent(), "the server was completed after the loop was closed");
    EXPECT(c, !l->calling, "the server was completed from inside the call that asked for it");
    EXPECT(c, !protocol_is_inside(), "the server was completed from inside another callback");
    EXPECT_INT(c, "completions of the server before this one", l->completions, 0);
    EXPECT(c, (status == LOOP_OK) == (server != NULL), "completed with %d and %s server",
           (int)status, server != NULL ? "a" : "no");
    l->completions = 1;
    l->status = status;
    l->server = server;
    if (server != NULL && c->ops->server_get_sockname != NULL)
        c->ops->server_get_sockname(server, 0, keep_address, &l->address);
    if (l->loop == c->loop)
        check_notify(c);
}

/* ---- the operations */

/* A loop without handle_release is never asked for a handle. */
static struct loop_handle **handle_place(struct check *c, bool wanted, struct loop_handle **place)
{
    return wanted && c->ops->handle_release != NULL ? place : NULL;
}

loop_status endpoint_connect(struct endpoint *e, connect_operation connect,
                             const struct loop_connection_options *options, bool wants_handle)
{
    e->calling = true;
    loop_status status = connect(e->loop, options, endpoint_factory, e, endpoint_connected, e,
                                 handle_place(e->check, wants_handle, &e->operation));
    e->calling = false;
    return status;
}

loop_status endpoint_datagrams(struct endpoint *e, const struct loop_datagram_options *options,
                               bool wants_handle)
{
    e->calling = true;
    loop_status status = e->check->ops->create_datagram_endpoint(
        e->loop, options, endpoint_factory, e, endpoint_connected, e,
        handle_place(e->check, wants_handle, &e->operation));
    e->calling = false;
    return status;
}

loop_status endpoint_pipe(struct endpoint *e, pipe_operation connect, loop_fd fd, bool wants_handle)
{
    e->calling = true;
    loop_status status = connect(e->loop, fd, endpoint_factory, e, endpoint_connected, e,
                                 handle_place(e->check, wants_handle, &e->operation));
    e->calling = false;
    return status;
}

loop_status endpoint_spawn(struct endpoint *e, spawn_operation spawn,
                           const struct loop_subprocess_options *options, bool wants_handle)
{
    e->calling = true;
    loop_status status = spawn(e->loop, options, endpoint_factory, e, endpoint_connected, e,
                               handle_place(e->check, wants_handle, &e->operation));
    e->calling = false;
    return status;
}

loop_status listener_serve(struct listener *l, serve_operation serve,
                           const struct loop_server_options *options, bool wants_handle)
{
    l->calling = true;
    loop_status status = serve(l->loop, options, listener_factory, l, listener_serving, l,
                               handle_place(l->check, wants_handle, &l->operation));
    l->calling = false;
    return status;
}

void endpoint_connect_now(struct endpoint *e, connect_operation connect, const char *operation,
                          const struct loop_connection_options *options)
{
    struct check *c = e->check;

    NEED_OK(c, operation, endpoint_connect(e, connect, options, false));
    RUN_UNTIL(c, endpoint_completed, e, "the completion of a connection");
    NEED_OK(c, operation, e->status);
}

void listener_serve_now(struct listener *l, serve_operation serve, const char *operation,
                        const struct loop_server_options *options)
{
    struct check *c = l->check;

    NEED_OK(c, operation, listener_serve(l, serve, options, false));
    RUN_UNTIL(c, listener_completed, l, "the completion of a server");
    NEED_OK(c, operation, l->status);
}

/* ---- conditions */

bool endpoint_completed(void *arg)
{
    return ((struct endpoint *)arg)->completions > 0;
}

bool endpoint_made(void *arg)
{
    return ((struct endpoint *)arg)->made > 0;
}

bool endpoint_lost(void *arg)
{
    return ((struct endpoint *)arg)->lost > 0;
}

bool endpoint_ended(void *arg)
{
    return ((struct endpoint *)arg)->eofs > 0;
}

bool endpoint_paused(void *arg)
{
    const struct endpoint *e = arg;

    return e->pauses > e->resumes;
}

bool endpoint_resumed(void *arg)
{
    const struct endpoint *e = arg;

    return e->resumes > 0 && e->resumes == e->pauses;
}

bool endpoint_exited(void *arg)
{
    return ((struct endpoint *)arg)->exits > 0;
}

bool endpoint_received(void *arg)
{
    const struct endpoint *e = arg;

    return e->bytes >= e->target;
}

bool endpoint_datagrams_received(void *arg)
{
    const struct endpoint *e = arg;

    return (size_t)e->datagrams >= e->target;
}

bool listener_completed(void *arg)
{
    return ((struct listener *)arg)->completions > 0;
}

bool listener_made(void *arg)
{
    const struct listener *l = arg;

    return l->made >= (l->target > 0 ? l->target : 1);
}

bool listener_lost(void *arg)
{
    const struct listener *l = arg;

    return l->lost >= (l->target > 0 ? l->target : 1);
}

bool listener_closed(void *arg)
{
    return ((struct listener *)arg)->closures > 0;
}

/* ---- the end */

void endpoint_release(struct endpoint *e)
{
    const struct loop_operations *ops = e->check->ops;

    if (e->operation != NULL && ops->handle_release != NULL)
        ops->handle_release(e->loop, e->operation);
    e->operation = NULL;
    if (e->transport != NULL && ops->transport_release != NULL)
        ops->transport_release(e->transport);
    e->released = e->released || e->transport != NULL;
    e->transport = NULL;
}

void listener_release(struct listener *l)
{
    const struct loop_operations *ops = l->check->ops;

    if (l->operation != NULL && ops->handle_release != NULL)
        ops->handle_release(l->loop, l->operation);
    l->operation = NULL;
    if (l->server != NULL && ops->server_release != NULL)
        ops->server_release(l->server);
    l->released = l->released || l->server != NULL;
    l->server = NULL;
}

void endpoints_release_all(void *check)
{
    endpoints_expect_silence(check);
    for (struct listener *l = atomic_load(&listeners); l != NULL; l = l->next)
        listener_release(l);
    for (struct endpoint *e = atomic_load(&endpoints); e != NULL; e = e->next)
        endpoint_release(e);
}

bool endpoints_are_silent(void)
{
    return atomic_load(&silenced);
}

void endpoints_expect_silence(struct check *c)
{
    (void)c;
    atomic_store(&silenced, true);
}
