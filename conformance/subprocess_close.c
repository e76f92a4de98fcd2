/* SPDX-License-Identifier: MIT
 *
 * Closing and aborting the transport of a child that runs. */
#include "scene_child.h"

enum { PIPE = LOOP_STDIO_PIPE, NOTHING = LOOP_STDIO_NULL };

static void close_twice(struct check *c)
{
    struct endpoint *e = child_script(c, "exec sleep 60", PIPE, PIPE, NOTHING);

    c->ops->transport_close(e->transport);
    c->ops->transport_close(e->transport);
    RUN_UNTIL(c, endpoint_lost, e, "connection_lost of a child whose transport was closed");
    c->ops->transport_close(e->transport);
    RUN_IDLE(c, MILLISECONDS(30));
    EXPECT_INT(c, "calls of connection_lost", e->lost, 1);
}

static void aborted(struct check *c)
{
    struct endpoint *e = child_script(c, "exec sleep 60", PIPE, PIPE, NOTHING);

    c->ops->transport_abort(e->transport);
    child_await_end(e);
    EXPECT(c, !child_any_left(), "a child whose transport was aborted is still there");
}

static const struct check_definition definitions[] = {
    {.id = "subprocess.close-twice",
     .run = close_twice,
     .rules = {"subprocess.close-twice"},
     .needs = {"subprocess_exec", "transport_get_returncode", "transport_release",
               "transport_close", "call_later"}},
    {.id = "subprocess.abort",
     .run = aborted,
     .rules = {"subprocess.abort"},
     .needs = {"subprocess_exec", "transport_get_returncode", "transport_release",
               "transport_abort"}},
};

CHECK_AREA_PART(subprocess, close, definitions);
