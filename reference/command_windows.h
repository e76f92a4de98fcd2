/* SPDX-License-Identifier: MIT
 *
 * What CreateProcess is told, in the system's own characters. */
#ifndef REFERENCE_COMMAND_WINDOWS_H
#define REFERENCE_COMMAND_WINDOWS_H

#include <wchar.h>

#include "spawn.h"

struct command {
    wchar_t *line;
    wchar_t *env; /* NULL inherits */
    wchar_t *cwd; /* NULL inherits */
};

int command_make(const struct spawn *spawn, struct command *command); /* 0, or the system's error */
void command_free(struct command *command); /* also where making it failed */

#endif
