/* SPDX-License-Identifier: MIT */
#include "bridge.h"

void bridge_server_close(struct loop_server *server)
{
    call_plain(server, "close");
}

loop_status bridge_server_wait_closed(struct loop_server *server, loop_callback done, void *arg)
{
    return call_status(server, "wait_closed", "(KK)", FUNCTION(done), as_number(arg));
}

int bridge_server_is_serving(struct loop_server *server)
{
    return call_number(server, "is_serving", 0) != 0;
}

loop_status bridge_server_get_sockname(struct loop_server *server, size_t index,
                                       void (*receive)(void *arg, const struct loop_address *),
                                       void *arg)
{
    return call_status(server, "get_sockname", "(KKK)", (unsigned long long)index,
                       FUNCTION(receive), as_number(arg));
}

void bridge_server_release(struct loop_server *server)
{
    call_plain(server, "close");
    release_object(server);
}
