/* SPDX-License-Identifier: MIT
 *
 * How connections over Unix sockets begin: by path, by abstract name, with a socket that is
 * ready. */
#include <string.h>

#include "unix.h"

static void works(struct check *c)
{
    struct stream_ends ends = unix_ends(c, NULL);

    stream_say(ends.client, "there");
    AWAIT_BYTES(ends.server, 5);
    stream_say(ends.server, "back");
    AWAIT_BYTES(ends.client, 4);
    EXPECT_TEXT(ends.server, "there");
    EXPECT_TEXT(ends.client, "back");
    stream_finish(ends.client);
    RUN_UNTIL(c, endpoint_lost, ends.server, "connection_lost of the accepted end");
}

static void connects(struct check *c)
{
    struct loop_address at = unix_path(c, "s");
    loop_fd listener = unix_listen(c, &at);
    struct endpoint *e = unix_connect(c, &at);
    struct peer *p = peer_start(c, peer_accept(c, listener));

    EXPECT_LOG(e, "FMC");
    stream_say(e, "hello");
    PEER_RECEIVE(p, 5);
    PEER_EXPECT_TEXT(p, "hello");
    peer_send(p, "answer", 6);
    AWAIT_BYTES(e, 6);
    EXPECT_TEXT(e, "answer");
    stream_finish(e);
    RUN_UNTIL(c, peer_ended, p, "the end of the connection at the peer");
    EXPECT_KIND(c, &at, UNIX_SOCKET);
}

/* A peer that has said everything and gone before the loop first looked. */
static void serves(struct check *c)
{
    struct loop_address at = unix_path(c, "s");
    struct listener *l = unix_serve(c, &at, NULL);
    loop_fd peer = unix_peer(c, &at);

    EXPECT_KIND(c, &at, UNIX_SOCKET);
    scene_send(c, peer, "hello");
    scene_close(c, peer);
    RUN_UNTIL(c, listener_lost, l, "connection_lost of the accepted end");
    EXPECT_INT(c, "protocols made", l->accepts, 1);
    EXPECT_TEXT(l->accepted[0], "hello");
    EXPECT_LOG(l->accepted[0], "FMdeL");
    EXPECT_STATUS(c, "connection_lost", l->accepted[0]->why, LOOP_OK);
}

static void abstract(struct check *c)
{
    struct loop_address at = unix_abstract(c, "-server", 7);
    struct listener *l = unix_serve(c, &at, NULL);
    struct endpoint *client = unix_connect(c, &at);

    RUN_UNTIL(c, listener_made, l, "connection_made of the accepted end");
    stream_say(client, "no file");
    AWAIT_BYTES(l->accepted[0], 7);
    EXPECT_TEXT(l->accepted[0], "no file");
    EXPECT_INT(c, "files made for an abstract name", unix_entries(c), 0);
    stream_finish(client);
    c->ops->server_close(l->server);
    RUN_ITERATIONS(c, 3);
    EXPECT_STATUS(c, "connecting after the server was closed", unix_try(c, &at), LOOP_CONNREFUSED);
}

/* Every byte counts, a NUL within and one at the end too, and there is none behind the last. */
static void abstract_bytes(struct check *c)
{
    struct loop_address at = unix_abstract(c, "a\0b\0", 4), shorter = at;
    struct listener *l = unix_serve(c, &at, NULL);
    loop_fd peer;

    EXPECT(c,
           l->address.address.path_length == at.path_length &&
               memcmp(l->address.path, at.path, at.path_length) == 0,
           "the server's name is not the one that it was given");
    unix_accepted(c, l, &at, &peer);
    for (size_t cut = 1; cut <= 3; cut++) {
        shorter.path_length = at.path_length - cut;
        EXPECT_STATUS(c, "connecting to a beginning of the name", unix_try(c, &shorter),
                      LOOP_CONNREFUSED);
        EXPECT_STATUS(c, "the loop's connecting to a beginning of the name",
                      unix_connect_to(c, &shorter), LOOP_CONNREFUSED);
    }
    unix_connect(c, &at);
}

static void abstract_in_use(struct check *c)
{
    struct loop_address at = unix_abstract(c, "-taken", 6);
    loop_fd listener = unix_listen(c, &at);

    EXPECT_STATUS(c, "serving an abstract name that is in use", unix_serve_at(c, &at),
                  LOOP_ADDRINUSE);
    EXPECT_STATUS(c, "connecting to its owner", unix_try(c, &at), LOOP_OK);
    scene_close(c, listener);
    unix_serve(c, &at, NULL);
}

static void takes_over_socket(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct endpoint *e = endpoint_new(c, "the client");
    struct loop_address none = {.size = sizeof none};
    struct loop_connection_options options = stream_options(&none);
    struct peer *p = peer_start(c, pair.peer);

    options.sock = pair.end;
    NEED_OK(c, "create_unix_connection",
            endpoint_connect(e, c->ops->create_unix_connection, &options, false));
    scene_forget(c, pair.end);
    RUN_UNTIL(c, endpoint_completed, e, "the completion for a connected socket");
    EXPECT_STATUS(c, "the completion", e->status, LOOP_OK);
    EXPECT_LOG(e, "FMC");
    peer_send(p, "question", 8);
    AWAIT_BYTES(e, 8);
    stream_say(e, "answer");
    PEER_RECEIVE(p, 6);
    PEER_EXPECT_TEXT(p, "answer");
    stream_finish(e);
    RUN_UNTIL(c, peer_ended, p, "the end of the connection at the peer");
}

static void serves_given_socket(struct check *c)
{
    struct loop_address at = unix_path(c, "given"), none = {.size = sizeof none};
    loop_fd fd = unix_bound(c, &at, false), peer;
    struct listener *l = listener_new(c, "the accepted end");
    struct loop_server_options options = stream_server_options(&none);

    options.sock = fd;
    NEED_OK(c, "create_unix_server",
            listener_serve(l, c->ops->create_unix_server, &options, false));
    scene_forget(c, fd);
    RUN_UNTIL(c, listener_completed, l, "the completion of a server");
    EXPECT_STATUS(c, "the completion", l->status, LOOP_OK);
    struct endpoint *e = unix_accepted(c, l, &at, &peer);
    scene_send(c, peer, "hello");
    AWAIT_BYTES(e, 5);
    EXPECT_TEXT(e, "hello");
}

static void expect_path(struct check *c, const char *whose, const struct kept_address *name,
                        const struct loop_address *at)
{
    EXPECT_INT(c, "the family of an address", name->address.family, LOOP_ADDRESS_UNIX);
    EXPECT(c,
           name->address.path != NULL && name->address.path_length == at->path_length &&
               memcmp(name->path, at->path, at->path_length) == 0,
           "%s is \"%s\"", whose, name->path);
}

static void names(struct check *c)
{
    struct stream_ends ends = unix_ends(c, NULL);
    struct loop_address at = unix_path(c, "s");
    struct kept_address peer = {.calls = 0}, own = {.calls = 0}, client = {.calls = 0};

    expect_path(c, "the server's name", &ends.listener->address, &at);
    c->ops->transport_get_peername(ends.client->transport, keep_address, &peer);
    expect_path(c, "the name of the client's peer", &peer, &at);
    c->ops->transport_get_sockname(ends.server->transport, keep_address, &own);
    expect_path(c, "the accepted end's own name", &own, &at);
    c->ops->transport_get_sockname(ends.client->transport, keep_address, &client);
    EXPECT(c, client.calls == 0 || client.address.path_length == 0,
           "the client, which was bound to no path, is named \"%s\"", client.path);
}

static const struct check_definition definitions[] = {
    {.id = "unix.af-unix",
     .run = works,
     .rules = {"unix.af-unix"},
     .needs = {"create_unix_connection", "create_unix_server", "transport_write",
               "transport_close"}},
    {.id = "unix.connects",
     .run = connects,
     .rules = {"unix.connects"},
     .needs = {"create_unix_connection", "transport_write", "transport_close", "call_later"}},
    {.id = "unix.serves", .run = serves, .rules = {"unix.serves"}, .needs = {"create_unix_server"}},
    {.id = "unix.abstract",
     .run = abstract,
     .rules = {"unix.abstract"},
     .needs = {"create_unix_connection", "create_unix_server", "server_close", "transport_write",
               "transport_close"}},
    {.id = "unix.abstract-bytes",
     .run = abstract_bytes,
     .rules = {"unix.abstract-bytes"},
     .needs = {"create_unix_connection", "create_unix_server", "server_get_sockname"}},
    {.id = "unix.abstract-in-use",
     .run = abstract_in_use,
     .rules = {"unix.abstract-in-use"},
     .needs = {"create_unix_server"}},
    {.id = "unix.takes-over-socket",
     .run = takes_over_socket,
     .rules = {"unix.takes-over-socket"},
     .needs = {"create_unix_connection", "transport_write", "transport_close", "call_later"}},
    {.id = "unix.serves-given-socket",
     .run = serves_given_socket,
     .rules = {"unix.serves-given-socket"},
     .needs = {"create_unix_server"}},
    {.id = "unix.names",
     .run = names,
     .rules = {"unix.names"},
     .needs = {"create_unix_connection", "create_unix_server", "server_get_sockname",
               "transport_get_sockname", "transport_get_peername"}},
};

CHECK_AREA(unix, definitions);
