/* SPDX-License-Identifier: MIT */
#include "operations.h"

const struct loop_operations windows_selector_operations = {
    EVERYWHERE,
    ON_WINDOWS,
    .connect_read_pipe = refuse_connect_read_pipe,
    .connect_write_pipe = refuse_connect_write_pipe,
    .subprocess_exec = refuse_subprocess_exec,
    .subprocess_shell = refuse_subprocess_shell,
};
