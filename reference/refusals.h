/* SPDX-License-Identifier: MIT
 *
 * Operations that a platform has no way to do: each returns the status of the rule that says so. */
#ifndef REFERENCE_REFUSALS_H
#define REFERENCE_REFUSALS_H

#include "loop_abi.h"

loop_status refuse_create_unix_connection(struct loop *loop,
                                          const struct loop_connection_options *options,
                                          loop_protocol_factory factory, void *factory_arg,
                                          loop_connected done, void *arg,
                                          struct loop_handle **operation);
loop_status refuse_create_unix_server(struct loop *loop, const struct loop_server_options *options,
                                      loop_protocol_factory factory, void *factory_arg,
                                      loop_serving done, void *arg, struct loop_handle **operation);
loop_status refuse_connect_read_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                     void *factory_arg, loop_connected done, void *arg,
                                     struct loop_handle **operation);
loop_status refuse_connect_write_pipe(struct loop *loop, loop_fd fd, loop_protocol_factory factory,
                                      void *factory_arg, loop_connected done, void *arg,
                                      struct loop_handle **operation);
loop_status refuse_subprocess_exec(struct loop *loop, const struct loop_subprocess_options *options,
                                   loop_protocol_factory factory, void *factory_arg,
                                   loop_connected done, void *arg, struct loop_handle **operation);
loop_status refuse_subprocess_shell(struct loop *loop,
                                    const struct loop_subprocess_options *options,
                                    loop_protocol_factory factory, void *factory_arg,
                                    loop_connected done, void *arg, struct loop_handle **operation);
loop_status refuse_set_child_watcher(struct loop *loop, uint32_t watcher);

#endif
