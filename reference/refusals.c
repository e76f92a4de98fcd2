/* SPDX-License-Identifier: MIT */
#include "refusals.h"

#include "loop.h"

/* A profile in which no rule speaks of the operation has no such operation either. */
static loop_status refuse(const struct loop *loop, const char *operation)
{
    loop_status status = limits_refusal(loop, operation, NULL);

    return status != LOOP_OK ? status : LOOP_NOT_IMPLEMENTED;
}

#define REFUSES(name, subject, completion)                                                         \
    loop_status refuse_##name(struct loop *loop, subject, loop_protocol_factory factory,           \
                              void *factory_arg, completion done, void *arg,                       \
                              struct loop_handle **operation)                                      \
    {                                                                                              \
        (void)what, (void)factory, (void)factory_arg, (void)done, (void)arg, (void)operation;      \
        return refuse(loop, #name);                                                                \
    }

REFUSES(create_unix_connection, const struct loop_connection_options *what, loop_connected)
REFUSES(create_unix_server, const struct loop_server_options *what, loop_serving)
REFUSES(connect_read_pipe, loop_fd what, loop_connected)
REFUSES(connect_write_pipe, loop_fd what, loop_connected)
REFUSES(subprocess_exec, const struct loop_subprocess_options *what, loop_connected)
REFUSES(subprocess_shell, const struct loop_subprocess_options *what, loop_connected)

loop_status refuse_set_child_watcher(struct loop *loop, uint32_t watcher)
{
    (void)watcher;
    return refuse(loop, "set_child_watcher");
}
