/* SPDX-License-Identifier: MIT */
#include "unix.h"

void unix_expect_kind(struct check *c, const char *file, int line, const struct loop_address *path,
                      int kind)
{
    static const char *const names[] = {"nothing", "a socket", "a regular file", "a directory",
                                        "something else"};
    int found = unix_kind(path);

    if (found != kind)
        check_fail(c, file, line, "what should be at the path is there", "%s is at \"%s\", not %s",
                   names[found], path->path, names[kind]);
}

struct endpoint *unix_connect(struct check *c, const struct loop_address *to)
{
    struct endpoint *e = endpoint_new(c, "the client");
    struct loop_connection_options options = stream_options(to);

    endpoint_connect_now(e, c->ops->create_unix_connection, "create_unix_connection", &options);
    return e;
}

struct listener *unix_serve(struct check *c, const struct loop_address *at,
                            void (*prepare)(struct endpoint *e))
{
    struct listener *l = listener_new(c, "the accepted end");
    struct loop_server_options options = stream_server_options(at);

    l->prepare = prepare;
    listener_serve_now(l, c->ops->create_unix_server, "create_unix_server", &options);
    return l;
}

struct stream_ends unix_ends(struct check *c, void (*prepare)(struct endpoint *e))
{
    struct loop_address at = unix_path(c, "s");
    struct stream_ends ends = {.listener = unix_serve(c, &at, prepare)};

    ends.client = unix_connect(c, &at);
    RUN_UNTIL(c, listener_made, ends.listener, "connection_made of the accepted end");
    ends.server = ends.listener->accepted[0];
    return ends;
}

struct endpoint *unix_accepted(struct check *c, struct listener *l, const struct loop_address *at,
                               loop_fd *peer)
{
    *peer = unix_peer(c, at);
    l->target = l->made + 1;
    RUN_UNTIL(c, listener_made, l, "connection_made of the accepted end");
    return l->accepted[l->accepts - 1];
}

loop_status unix_serving(struct listener *l, loop_status status)
{
    struct check *c = l->check;

    if (status == LOOP_OK) {
        RUN_UNTIL(c, listener_completed, l, "the completion of a server");
        return l->status;
    }
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "completions after the call itself failed", l->completions, 0);
    return status;
}

loop_status unix_connect_to(struct check *c, const struct loop_address *to)
{
    struct loop_connection_options options = stream_options(to);
    struct endpoint *e = endpoint_new(c, "the client");
    loop_status status =
        stream_outcome(e, endpoint_connect(e, c->ops->create_unix_connection, &options, false));

    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of connection_made", e->made, status == LOOP_OK);
    return status;
}

loop_status unix_serve_at(struct check *c, const struct loop_address *at)
{
    struct loop_server_options options = stream_server_options(at);
    struct listener *l = listener_new(c, "the accepted end");

    return unix_serving(l, listener_serve(l, c->ops->create_unix_server, &options, false));
}
