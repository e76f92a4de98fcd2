/* SPDX-License-Identifier: MIT
 *
 * One scene a subject. Each goes as far as the loop lets it. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "memory.h"

/* ---- what a call may answer, and waiting */

/* Whether the call succeeded; if not, the failed allocation must be why. */
static bool went_well(loop_status status)
{
    if (status == LOOP_OK)
        return true;
    if (!memory_failed())
        memory_wrong("a call failed");
    if (status != LOOP_NO_MEMORY && status != LOOP_AGAIN)
        memory_wrong("a call failed of something else");
    return false;
}

static bool always(struct run *r)
{
    (void)r;
    return true;
}

/* Runs the loop until then, or for a fifth of a second once memory failed. */
static void run_until(struct run *r, bool (*then)(struct run *r), const char *what)
{
    for (int i = 0; !then(r); i++) {
        r->ops->stop(r->loop);
        went_well(r->ops->run_forever(r->loop)); /* or it goes on where it was */
        if (memory_failed() && i > 200)
            return;
        if (i > 5000)
            memory_wrong(what);
        if (i > 3)
            usleep(1000);
    }
}

static void count_call(void *arg)
{
    struct run *r = arg;

    r->calls++;
}

/* ---- transports */

static void made(void *user, struct loop_transport *transport)
{
    struct end *e = user;

    e->made = true;
    e->transport = transport;
}

static void lost(void *user, loop_status why)
{
    struct end *e = user;

    e->lost = true;
    if (why != LOOP_OK && !memory_failed() && !e->run->finishing)
        memory_wrong("a transport was lost");
}

static void data(void *user, const void *bytes, size_t length)
{
    struct end *e = user;

    (void)bytes;
    e->received += length;
}

static void datagram(void *user, const void *bytes, size_t length, const struct loop_address *from)
{
    (void)from;
    data(user, bytes, length);
}

static void pipe_data(void *user, int fd, const void *bytes, size_t length)
{
    (void)fd;
    data(user, bytes, length);
}

static loop_status factory(void *arg, struct loop_protocol *protocol)
{
    protocol->user = arg;
    protocol->connection_made = made;
    protocol->connection_lost = lost;
    protocol->data_received = data;
    protocol->datagram_received = datagram;
    protocol->pipe_data_received = pipe_data;
    return LOOP_OK;
}

static struct end *new_end(struct run *r)
{
    struct end *e = &r->ends[r->count++];

    if (r->count > ENDS)
        memory_wrong("the scene has too many ends");
    e->run = r;
    return e;
}

static loop_status accept_factory(void *arg, struct loop_protocol *protocol)
{
    return factory(new_end(arg), protocol);
}

static void completed(void *arg, loop_status status, struct loop_transport *transport)
{
    struct end *e = arg;

    e->completions++;
    e->status = status;
    if (!transport != !went_well(status))
        memory_wrong("a completion with a status that its transport belies");
}

static void serving(void *arg, loop_status status, struct loop_server *server)
{
    struct run *r = arg;

    went_well(status);
    r->served++;
    r->server = server;
}

static bool all_completed(struct run *r)
{
    for (int i = 0; i < r->count; i++) {
        if (r->ends[i].started && r->ends[i].completions == 0)
            return false;
    }
    return true;
}

static bool is_served(struct run *r)
{
    return r->served > 0;
}

static bool all_lost(struct run *r)
{
    for (int i = 0; i < r->count; i++) {
        if (r->ends[i].made && !r->ends[i].lost)
            return false;
    }
    return true;
}

/* Starts are told of what came of them, whatever fails. */
static void await(struct run *r)
{
    run_until(r, all_completed, "an operation does not complete");
    if (!all_completed(r))
        memory_wrong("an operation does not complete");
    run_until(r, always, "the next iteration");
}

static bool is_up(const struct end *e)
{
    return e->made && !e->lost;
}

/* One end may be gone before the other has sent all. */
static void finish(struct run *r)
{
    r->finishing = true;
    for (int i = 0; i < r->count; i++) {
        if (is_up(&r->ends[i]))
            r->ops->transport_close(r->ends[i].transport);
    }
    run_until(r, all_lost, "a transport that was closed is not lost");
}

/* ---- the scenes */

static void callbacks(struct run *r)
{
    struct loop_handle *handle;
    int wanted = 0;

    for (int i = 0; i < 70; i++)
        wanted += went_well(r->ops->call_later(r->loop, i, count_call, r, NULL));
    wanted += went_well(r->ops->call_soon(r->loop, count_call, r, NULL));
    wanted += went_well(r->ops->call_soon_threadsafe(r->loop, count_call, r, NULL));
    if (went_well(r->ops->call_soon(r->loop, count_call, r, &handle))) {
        r->ops->handle_cancel(r->loop, handle);
        r->ops->handle_release(r->loop, handle);
    }
    for (int i = 0; i < 100 && r->calls < wanted; i++) {
        r->ops->stop(r->loop);
        went_well(r->ops->run_forever(r->loop));
    }
    if (r->calls != wanted)
        memory_wrong("a callback was lost");
}

static void descriptors(struct run *r)
{
    int ends[20][2];

    for (int i = 0; i < 20; i++) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends[i]) < 0)
            memory_wrong("no socketpair");
        went_well(r->ops->add_reader(r->loop, ends[i][0], count_call, r));
        went_well(r->ops->add_writer(r->loop, ends[i][0], count_call, r));
    }
    run_until(r, always, "the next iteration");
    r->ops->stop(r->loop);
    went_well(r->ops->run_forever(r->loop));
    if (r->calls == 0 && !memory_failed())
        memory_wrong("no writer was called");
    for (int i = 0; i < 20; i++) {
        r->ops->remove_reader(r->loop, ends[i][0]);
        r->ops->remove_writer(r->loop, ends[i][0]);
        close(ends[i][0]);
        close(ends[i][1]);
    }
}

static bool is_called(struct run *r)
{
    return r->calls > 0;
}

static void signals(struct run *r)
{
    if (!went_well(r->ops->add_signal_handler(r->loop, SIGUSR1, count_call, r)))
        return;
    raise(SIGUSR1);
    run_until(r, is_called, "a signal's handler is not called");
    if (r->ops->remove_signal_handler(r->loop, SIGUSR1) != LOOP_OK)
        memory_wrong("a signal's handler cannot be removed");
}

static void keep_name(void *arg, const struct loop_address *address)
{
    struct run *r = arg;

    snprintf(r->host, sizeof r->host, "%s", address->host ? address->host : "");
    r->port = address->port;
}

/* More than the system takes at once, so that it waits in a buffer. */
static void talk(struct run *r, struct end *from)
{
    static char much[1 << 20];

    if (!is_up(from))
        return;
    r->ops->transport_write(from->transport, much, sizeof much);
    r->ops->transport_write(from->transport, much, sizeof much);
    run_until(r, always, "the next iteration");
    for (int i = 0; i < 50; i++) {
        r->ops->stop(r->loop);
        went_well(r->ops->run_forever(r->loop));
    }
}

static void connect_to(struct run *r, const char *host, bool local)
{
    struct loop_address any = {
        .size = sizeof any, .family = LOOP_ADDRESS_INET, .host = "127.0.0.1"};
    struct loop_server_options serve = {.size = sizeof serve, .local = any, .sock = LOOP_NO_FD};
    struct loop_connection_options connect = {
        .size = sizeof connect, .remote = any, .sock = LOOP_NO_FD};
    struct end *e;

    if (!went_well(r->ops->create_server(r->loop, &serve, accept_factory, r, serving, r, NULL)))
        return;
    run_until(r, is_served, "a server does not complete");
    if (!is_served(r))
        memory_wrong("a server does not complete");
    if (!r->server)
        return;
    r->ops->server_get_sockname(r->server, 0, keep_name, r);
    connect.remote.host = host;
    connect.remote.port = r->port;
    connect.local = local ? &any : NULL;
    e = new_end(r);
    e->started = went_well(
        r->ops->create_connection(r->loop, &connect, factory, e, completed, e, &e->operation));
    await(r);
    talk(r, e);
    r->ops->server_close(r->server);
    finish(r);
}

static void connections(struct run *r)
{
    connect_to(r, "127.0.0.1", true);
}

static void names(struct run *r)
{
    connect_to(r, "localhost", false);
}

static void unix_sockets(struct run *r)
{
    char path[64];
    struct loop_address at = {.size = sizeof at, .family = LOOP_ADDRESS_UNIX, .path = path};
    struct loop_server_options serve = {.size = sizeof serve, .sock = LOOP_NO_FD};
    struct loop_connection_options connect = {.size = sizeof connect, .sock = LOOP_NO_FD};
    struct end *e;

    at.path_length = (size_t)snprintf(path, sizeof path, "%cmemory-%d", 0, (int)getpid());
    serve.local = connect.remote = at;
    if (!went_well(
            r->ops->create_unix_server(r->loop, &serve, accept_factory, r, serving, r, NULL)))
        return;
    run_until(r, is_served, "a server does not complete");
    if (!r->server)
        return;
    e = new_end(r);
    e->started = went_well(
        r->ops->create_unix_connection(r->loop, &connect, factory, e, completed, e, NULL));
    await(r);
    talk(r, e);
    went_well(r->ops->server_wait_closed(r->server, count_call, r));
    r->ops->server_close(r->server);
    finish(r);
}

static bool first_has_received(struct run *r)
{
    return r->ends[0].received > 0;
}

static void datagrams(struct run *r)
{
    struct loop_address any = {
        .size = sizeof any, .family = LOOP_ADDRESS_INET, .host = "127.0.0.1"};
    struct loop_datagram_options options = {
        .size = sizeof options, .local = &any, .sock = LOOP_NO_FD};
    struct end *e[2];

    for (int i = 0; i < 2; i++) {
        e[i] = new_end(r);
        e[i]->started = went_well(r->ops->create_datagram_endpoint(
            r->loop, &options, factory, e[i], completed, e[i], &e[i]->operation));
    }
    await(r);
    if (is_up(e[0]) && is_up(e[1])) {
        r->ops->transport_get_sockname(e[0]->transport, keep_name, r);
        any.host = r->host;
        any.port = r->port;
        if (went_well(r->ops->transport_sendto(e[1]->transport, "x", 1, &any)))
            run_until(r, first_has_received, "a datagram does not arrive");
    }
    finish(r);
}

/* A socket with an abstract name of this process's, which receives nothing. */
static int deaf_socket(struct loop_address *at, char path[64])
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    size_t length = (size_t)snprintf(path, 64, "%cdeaf-%d", 0, (int)getpid());

    memcpy(un.sun_path, path, length);
    if (fd < 0 || bind(fd, (struct sockaddr *)&un,
                       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0)
        memory_wrong("no socket");
    *at = (struct loop_address){
        .size = sizeof *at, .family = LOOP_ADDRESS_UNIX, .path = path, .path_length = length};
    return fd;
}

static void datagrams_that_wait(struct run *r)
{
    static const char too_large[1 << 20];
    char path[64];
    struct loop_address at;
    int fd = deaf_socket(&at, path);
    struct loop_datagram_options options = {
        .size = sizeof options, .remote = &at, .sock = LOOP_NO_FD};
    struct end *e = new_end(r);

    e->started = went_well(
        r->ops->create_datagram_endpoint(r->loop, &options, factory, e, completed, e, NULL));
    await(r);
    for (int i = 0; i < 20 && is_up(e); i++)
        went_well(r->ops->transport_sendto(e->transport, "waits", 5, NULL));
    if (is_up(e))
        r->ops->transport_abort(e->transport);
    finish(r);
    close(fd);
    e = new_end(r);
    options.remote = NULL;
    options.family = LOOP_ADDRESS_INET;
    e->started = went_well(
        r->ops->create_datagram_endpoint(r->loop, &options, factory, e, completed, e, NULL));
    await(r);
    at = (struct loop_address){.size = sizeof at, .host = "127.0.0.1", .port = 9};
    if (is_up(e))
        went_well(r->ops->transport_sendto(e->transport, too_large, sizeof too_large, &at));
    finish(r);
}

static void pipes(struct run *r)
{
    struct end *reader = new_end(r), *writer = new_end(r);
    int fds[2];

    if (pipe(fds) < 0)
        memory_wrong("no pipe");
    reader->started = went_well(
        r->ops->connect_read_pipe(r->loop, fds[0], factory, reader, completed, reader, NULL));
    writer->started = went_well(
        r->ops->connect_write_pipe(r->loop, fds[1], factory, writer, completed, writer, NULL));
    if (!reader->started)
        close(fds[0]);
    if (!writer->started)
        close(fds[1]);
    await(r);
    talk(r, writer);
    finish(r);
}

static void child(struct run *r, uint32_t watcher)
{
    const char *const argv[] = {"sh", "-c", "read line; echo $line", NULL};
    const char *const env[] = {"PATH=/usr/bin:/bin", NULL};
    struct loop_subprocess_options options = {.size = sizeof options, .argv = argv, .env = env};
    struct end *e = new_end(r);

    for (int i = 0; i < 3; i++)
        options.std[i] = (struct loop_stdio){.size = sizeof options.std[i], .how = LOOP_STDIO_PIPE};
    if (r->ops->set_child_watcher(r->loop, watcher) != LOOP_OK)
        return;
    e->started =
        went_well(r->ops->subprocess_exec(r->loop, &options, factory, e, completed, e, NULL));
    await(r);
    if (is_up(e)) {
        struct loop_transport *in = r->ops->transport_get_pipe_transport(e->transport, 0);

        r->ops->transport_write(in, "line\n", 5);
        run_until(r, all_lost, "a child does not end");
    }
    run_until(r, memory_failed() ? always : all_lost, "a child does not end");
}

static void child_by_pidfd(struct run *r)
{
    child(r, LOOP_WATCHER_PIDFD);
}

static void child_by_thread(struct run *r)
{
    child(r, LOOP_WATCHER_THREAD);
}

static void child_by_signal(struct run *r)
{
    child(r, LOOP_WATCHER_SIGCHLD);
}

const struct scene scenes[] = {
    {"callbacks", callbacks},
    {"descriptors", descriptors},
    {"signals", signals},
    {"connections", connections},
    {"names", names},
    {"unix sockets", unix_sockets},
    {"datagrams", datagrams},
    {"datagrams that wait", datagrams_that_wait},
    {"pipes", pipes},
    {"a child watched by a pidfd", child_by_pidfd},
    {"a child watched by a thread", child_by_thread},
    {"a child watched by SIGCHLD", child_by_signal},
    {NULL, NULL},
};
