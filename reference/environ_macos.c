/* SPDX-License-Identifier: MIT
 *
 * A library has no `environ` there: the program's is asked for. */
#include "spawn.h"

#include <crt_externs.h>

char *const *inherited_environment(void)
{
    return *_NSGetEnviron();
}
