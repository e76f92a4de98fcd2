/* SPDX-License-Identifier: MIT */
#include "operations.h"

const struct loop_operations unix_operations = {
    EVERYWHERE,
    WITH_CHILDREN,
    .create_unix_connection = loop_create_unix_connection,
    .create_unix_server = loop_create_unix_server,
    .set_child_watcher = loop_set_child_watcher,
};
