/* SPDX-License-Identifier: MIT
 *
 * Connections and servers for which there is no descriptor. */
#include "streams.h"

static void connect_in_shortage(struct check *c)
{
    struct loop_address to;
    loop_fd listener = peer_listen(c, LOOP_ADDRESS_INET, 8, &to);
    struct loop_connection_options options = stream_options(&to);
    struct endpoint *e = endpoint_new(c, "the client");
    struct peer_shortage *shortage = peer_exhaust_descriptors(c);
    loop_status status =
        stream_outcome(e, endpoint_connect(e, c->ops->create_connection, &options, false));

    peer_end_shortage(shortage);
    EXPECT_STATUS(c, "a connection without a descriptor", status, LOOP_MFILE);
    EXPECT_INT(c, "calls of connection_made", e->made, 0);
    EXPECT(c, !peer_can_accept(c, listener), "the peer was connected to");
    stream_finish(stream_connect(c, &to));
}

static void serve_in_shortage(struct check *c)
{
    struct loop_address local = peer_loopback(LOOP_ADDRESS_INET, 0);
    struct loop_server_options options = stream_server_options(&local);
    struct listener *l = listener_new(c, "the accepted end");
    struct peer_shortage *shortage = peer_exhaust_descriptors(c);
    loop_status status = listener_serve(l, c->ops->create_server, &options, false);

    if (status == LOOP_OK) {
        RUN_UNTIL(c, listener_completed, l, "the completion of a server");
        status = l->status;
    }
    peer_end_shortage(shortage);
    EXPECT_STATUS(c, "a server without a descriptor", status, LOOP_MFILE);
    stream_serve(c, NULL);
}

static const struct check_definition definitions[] = {
    {.id = "streams.connect-in-shortage",
     .run = connect_in_shortage,
     .rules = {"streams.connect-in-shortage"},
     .needs = {"create_connection", "transport_close"}},
    {.id = "streams.serve-in-shortage",
     .run = serve_in_shortage,
     .rules = {"streams.serve-in-shortage"},
     .needs = {"create_server"}},
};

CHECK_AREA_PART(streams, shortage, definitions);
