/* SPDX-License-Identifier: MIT */
#include "spawn.h"

#include <unistd.h>

extern char **environ;

char *const *inherited_environment(void)
{
    return environ;
}
