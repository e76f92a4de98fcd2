/* SPDX-License-Identifier: MIT
 *
 * What the page says that a platform cannot do, and what it says that it can. A refusal is clean:
 * the status of the rule, at a moment that the rule permits, nothing made, nothing left behind, and
 * the loop works on. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "scene.h"

/* One try of an operation that makes a transport or a server. */
struct attempt {
    struct check *check;
    struct loop_transport *transport;
    struct loop_server *server;
    loop_status status;
    int completions;
    int connections;
    int losses;
};

static void on_made(void *user, struct loop_transport *transport)
{
    struct attempt *a = user;
    a->connections++;
    a->transport = transport;
}

static void on_lost(void *user, loop_status why)
{
    struct attempt *a = user;
    (void)why;
    a->losses++;
    check_notify(a->check);
}

static loop_status make_protocol(void *arg, struct loop_protocol *protocol)
{
    protocol->user = arg;
    protocol->connection_made = on_made;
    protocol->connection_lost = on_lost;
    return LOOP_OK;
}

static void on_connected(void *arg, loop_status status, struct loop_transport *transport)
{
    struct attempt *a = arg;
    (void)transport;
    a->completions++;
    a->status = status;
    check_notify(a->check);
}

static void on_serving(void *arg, loop_status status, struct loop_server *server)
{
    struct attempt *a = arg;
    a->server = server;
    on_connected(arg, status, NULL);
}

static bool completed(void *arg)
{
    return ((struct attempt *)arg)->completions > 0;
}

static bool lost(void *arg)
{
    return ((struct attempt *)arg)->losses > 0;
}

static void expect_loop_works(struct check *c)
{
    struct counter soon = {.check = c, .target = 1};
    RUN_ITERATIONS(c, 3);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, counter_call, &soon, NULL));
    RUN_UNTIL(c, counter_reached, &soon, "a callback after the refusal");
    RUN_IDLE(c, MILLISECONDS(20));
    EXPECT_INT(c, "calls of that callback", soon.calls, 1);
}

/* What a loop that can do it made is taken down again, in good order. */
static void take_down(struct check *c, struct attempt *a)
{
    if (a->server != NULL) {
        c->ops->server_close(a->server);
        c->ops->server_release(a->server);
        return;
    }
    EXPECT_INT(c, "calls of connection_made", a->connections, 1);
    c->ops->transport_close(a->transport);
    RUN_UNTIL(c, lost, a, "connection_lost after transport_close");
    EXPECT_INT(c, "calls of connection_lost", a->losses, 1);
    c->ops->transport_release(a->transport);
}

/* `status` is what the call itself returned. True if the operation was refused, cleanly. */
static bool decide(struct check *c, struct attempt *a, const char *operation, loop_status status)
{
    uint32_t moment = LOOP_RULE_AT_CALL;
    if (status == LOOP_OK) {
        RUN_UNTIL(c, completed, a, "the operation's completion");
        status = a->status;
        moment = LOOP_RULE_AT_COMPLETION;
    }
    bool refused = CHECK_REFUSED(c, operation, NULL, status);
    if (refused) {
        const struct loop_rule *rule = loop_rule_refusing(c->variant, c->profile, operation, NULL);
        EXPECT(c, (rule->when & moment) != 0, "%s refused %s, where its rule does not allow it",
               operation, moment == LOOP_RULE_AT_CALL ? "at the call" : "at its completion");
        EXPECT_INT(c, "calls of connection_made", a->connections, 0);
        EXPECT(c, a->server == NULL, "a server was made all the same");
    } else {
        take_down(c, a);
    }
    expect_loop_works(c);
    EXPECT_INT(c, "completions", a->completions, moment == LOOP_RULE_AT_CALL ? 0 : 1);
    return refused;
}

static struct loop_address unix_address(struct check *c, const char *name)
{
    size_t size = strlen(c->directory) + strlen(name) + 2;
    char *path = check_alloc(c, size);
    snprintf(path, size, "%s/%s", c->directory, name);
    return (struct loop_address){.size = sizeof(struct loop_address),
                                 .family = LOOP_ADDRESS_UNIX,
                                 .path = path,
                                 .path_length = size - 1};
}

static void unix_connection_refused(struct check *c)
{
    struct attempt a = {.check = c};
    struct loop_connection_options options = {
        .size = sizeof options, .remote = unix_address(c, "nobody"), .sock = LOOP_NO_FD};
    decide(c, &a, "create_unix_connection",
           c->ops->create_unix_connection(c->loop, &options, make_protocol, &a, on_connected, &a,
                                          NULL));
}

static void unix_server_refused(struct check *c)
{
    struct attempt a = {.check = c};
    struct loop_server_options options = {
        .size = sizeof options, .local = unix_address(c, "server"), .sock = LOOP_NO_FD};
    decide(c, &a, "create_unix_server",
           c->ops->create_unix_server(c->loop, &options, make_protocol, &a, on_serving, &a, NULL));
}

static void datagrams_refused(struct check *c)
{
    struct attempt a = {.check = c};
    struct loop_address local = {
        .size = sizeof local, .family = LOOP_ADDRESS_INET, .host = "127.0.0.1"};
    struct loop_datagram_options options = {
        .size = sizeof options, .local = &local, .sock = LOOP_NO_FD};
    decide(c, &a, "create_datagram_endpoint",
           c->ops->create_datagram_endpoint(c->loop, &options, make_protocol, &a, on_connected, &a,
                                            NULL));
}

/* A refusal at the call leaves the descriptor the caller's; one at completion has closed it. */
static void pipe_refused(struct check *c, const char *operation, loop_fd fd,
                         loop_status (*connect)(struct loop *, loop_fd, loop_protocol_factory,
                                                void *, loop_connected, void *,
                                                struct loop_handle **))
{
    struct attempt a = {.check = c};
    loop_status status = connect(c->loop, fd, make_protocol, &a, on_connected, &a, NULL);
    if (status == LOOP_OK)
        scene_forget(c, fd);
    decide(c, &a, operation, status);
    if (a.completions == 0)
        EXPECT(c, scene_is_open(c, fd), "the refused descriptor was closed");
}

static void read_pipe_refused(struct check *c)
{
    pipe_refused(c, "connect_read_pipe", scene_pipe(c).end, c->ops->connect_read_pipe);
}

static void write_pipe_refused(struct check *c)
{
    pipe_refused(c, "connect_write_pipe", scene_pipe(c).peer, c->ops->connect_write_pipe);
}

static struct loop_subprocess_options silent_child(void)
{
    struct loop_subprocess_options options = {.size = sizeof options};
    for (int i = 0; i < 3; i++)
        options.std[i] = (struct loop_stdio){
            .size = sizeof options.std[i], .how = LOOP_STDIO_NULL, .fd = LOOP_NO_FD};
    return options;
}

static void subprocess_exec_refused(struct check *c)
{
    struct attempt a = {.check = c};
    const char *const argv[] = {"hostname", NULL};
    struct loop_subprocess_options options = silent_child();
    options.argv = argv;
    decide(c, &a, "subprocess_exec",
           c->ops->subprocess_exec(c->loop, &options, make_protocol, &a, on_connected, &a, NULL));
}

static void subprocess_shell_refused(struct check *c)
{
    struct attempt a = {.check = c};
    struct loop_subprocess_options options = silent_child();
    options.command = "exit 0";
    decide(c, &a, "subprocess_shell",
           c->ops->subprocess_shell(c->loop, &options, make_protocol, &a, on_connected, &a, NULL));
}

static void child_watcher_refused(struct check *c)
{
    CHECK_REFUSED(c, "set_child_watcher", NULL,
                  c->ops->set_child_watcher(c->loop, LOOP_WATCHER_THREAD));
    expect_loop_works(c);
}

static void add_signal_handler_refused(struct check *c)
{
    struct counter calls = {.check = c, .target = 1};
    loop_status status = c->ops->add_signal_handler(c->loop, SIGINT, counter_call, &calls);
    if (!CHECK_REFUSED(c, "add_signal_handler", NULL, status)) {
        scene_signal_self(c, SIGINT);
        RUN_UNTIL(c, counter_reached, &calls, "the handler of a signal");
        c->ops->remove_signal_handler(c->loop, SIGINT);
    }
    expect_loop_works(c);
}

static void remove_signal_handler_refused(struct check *c)
{
    loop_status status = c->ops->remove_signal_handler(c->loop, SIGINT);
    if (status == LOOP_NOT_FOUND) /* what a loop that has signals says of one without a handler */
        status = LOOP_OK;
    CHECK_REFUSED(c, "remove_signal_handler", NULL, status);
    expect_loop_works(c);
}

/* Reads once and stops listening. */
struct watched {
    struct counter calls;
    loop_fd fd;
};

static void on_event(void *arg)
{
    struct watched *w = arg;
    scene_drain(w->calls.check, w->fd);
    counter_call(&w->calls);
}

static void sockets_watched(struct check *c)
{
    struct scene_pair pair = scene_tcp(c);
    struct watched reader = {{.check = c, .target = 1}, pair.end};
    struct counter writer = {.check = c, .target = 1};
    EXPECT_STATUS(c, "add_writer of a socket",
                  c->ops->add_writer(c->loop, pair.end, counter_call, &writer), LOOP_OK);
    RUN_UNTIL(c, counter_reached, &writer, "a writable socket's writer");
    EXPECT_STATUS(c, "remove_writer of it", c->ops->remove_writer(c->loop, pair.end), LOOP_OK);
    EXPECT_STATUS(c, "add_reader of a socket",
                  c->ops->add_reader(c->loop, pair.end, on_event, &reader), LOOP_OK);
    scene_send(c, pair.peer, "x");
    RUN_UNTIL(c, counter_reached, &reader.calls, "a readable socket's reader");
    EXPECT_STATUS(c, "remove_reader of it", c->ops->remove_reader(c->loop, pair.end), LOOP_OK);
    RUN_IDLE(c, MILLISECONDS(20));
    EXPECT_INT(c, "calls of the reader after one byte", reader.calls.calls, 1);
}

static void expect_not_refused(struct check *c, const char *operation, loop_status status)
{
    EXPECT(c, status != LOOP_NOT_IMPLEMENTED, "%s is refused", operation);
    EXPECT_STATUS(c, operation, status, LOOP_OK);
}

static void macos_refuses_nothing(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct counter calls = {.check = c, .target = 1};
    expect_not_refused(c, "add_reader",
                       c->ops->add_reader(c->loop, pair.end, counter_call, &calls));
    expect_not_refused(c, "remove_reader", c->ops->remove_reader(c->loop, pair.end));
    expect_not_refused(c, "add_writer",
                       c->ops->add_writer(c->loop, pair.peer, counter_call, &calls));
    expect_not_refused(c, "remove_writer", c->ops->remove_writer(c->loop, pair.peer));
    expect_not_refused(c, "add_signal_handler",
                       c->ops->add_signal_handler(c->loop, SIGTERM, counter_call, &calls));
    expect_not_refused(c, "remove_signal_handler", c->ops->remove_signal_handler(c->loop, SIGTERM));
    expect_not_refused(c, "call_soon_threadsafe",
                       c->ops->call_soon_threadsafe(c->loop, counter_call, &calls, NULL));
    RUN_UNTIL(c, counter_reached, &calls, "a callback of call_soon_threadsafe");
}

static const struct check_definition definitions[] = {
    {.id = "platform.unix-connection-refused",
     .run = unix_connection_refused,
     .rules = {"windows.no-unix-connection"},
     .needs = {"create_unix_connection", "call_later"}},
    {.id = "platform.unix-server-refused",
     .run = unix_server_refused,
     .rules = {"windows.no-unix-server"},
     .needs = {"create_unix_server", "call_later"}},
    {.id = "platform.add-signal-handler-refused",
     .run = add_signal_handler_refused,
     .rules = {"windows.no-add-signal-handler"},
     .needs = {"add_signal_handler", "call_later"}},
    {.id = "platform.remove-signal-handler-refused",
     .run = remove_signal_handler_refused,
     .rules = {"windows.no-remove-signal-handler"},
     .needs = {"remove_signal_handler", "call_later"}},
    {.id = "platform.sockets-watched",
     .run = sockets_watched,
     .rules = {"windows.selector.sockets"},
     .needs = {"add_reader", "remove_reader", "add_writer", "remove_writer", "call_later"}},
    {.id = "platform.read-pipe-refused",
     .run = read_pipe_refused,
     .rules = {"windows.selector.no-read-pipe"},
     .needs = {"connect_read_pipe", "call_later"}},
    {.id = "platform.write-pipe-refused",
     .run = write_pipe_refused,
     .rules = {"windows.selector.no-write-pipe"},
     .needs = {"connect_write_pipe", "call_later"}},
    {.id = "platform.subprocess-exec-refused",
     .run = subprocess_exec_refused,
     .rules = {"windows.selector.no-subprocess-exec"},
     .needs = {"subprocess_exec", "call_later"}},
    {.id = "platform.subprocess-shell-refused",
     .run = subprocess_shell_refused,
     .rules = {"windows.selector.no-subprocess-shell"},
     .needs = {"subprocess_shell", "call_later"}},
    {.id = "platform.datagrams-refused",
     .run = datagrams_refused,
     .rules = {"windows.proactor.no-datagrams"},
     .needs = {"create_datagram_endpoint", "call_later"}},
    {.id = "platform.child-watcher-refused",
     .run = child_watcher_refused,
     .rules = {"windows.no-child-watcher"},
     .needs = {"set_child_watcher", "call_later"}},
    {.id = "platform.macos-refuses-nothing",
     .run = macos_refuses_nothing,
     .rules = {"macos.nothing-refused"},
     .needs = {"add_reader", "remove_reader", "add_writer", "remove_writer", "add_signal_handler",
               "remove_signal_handler", "call_soon_threadsafe"}},
};

CHECK_AREA(platform, definitions);
