/* SPDX-License-Identifier: MIT
 *
 * A forked child has none of the threads that its parent's loop has set to work. */
#include <unistd.h>

#include "streams.h"

enum { CHILD_SECONDS = 3 };

static int close_body(void *arg)
{
    struct check *c = arg;

    alarm(CHILD_SECONDS); /* which ends a child that waits for what is not there */
    return c->ops->close(c->loop) == LOOP_OK ? 0 : 1;
}

static void child_closes_resolving(struct check *c)
{
    struct endpoint *e = stream_resolving(c, stream_serve(c, NULL));

    EXPECT_INT(c, "exit code of a child that closes its copy of the loop",
               scene_in_child(c, close_body, c), 0);
    peer_let_resolve();
    RUN_UNTIL(c, endpoint_completed, e, "the completion of a connection");
    EXPECT_STATUS(c, "the completion", e->status, LOOP_OK);
    stream_finish(e);
}

static const struct check_definition definitions[] = {
    {.id = "streams.child-closes-resolving",
     .run = child_closes_resolving,
     .rules = {"streams.child-closes-resolving"},
     .needs = {"create_connection", "create_server", "server_get_sockname", "transport_close",
               "handle_release", "call_later"},
     .flags = CHECK_POOL},
};

CHECK_AREA_PART(streams, fork, definitions);
