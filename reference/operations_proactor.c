/* SPDX-License-Identifier: MIT */
#include "operations.h"

const struct loop_operations windows_proactor_operations = {
    EVERYWHERE,
    ON_WINDOWS,
    WITH_CHILDREN,
};
