/* SPDX-License-Identifier: MIT
 *
 * What checks of other things ask of Unix sockets, on Windows. */
#include "scene_windows.h"
#include "unix.h"

#include <stdio.h>

struct loop_address unix_path(struct check *c, const char *name)
{
    size_t length = strlen(c->directory) + 1 + strlen(name);
    char *path = check_alloc(c, length + 1);

    snprintf(path, length + 1, "%s\\%s", c->directory, name);
    return (struct loop_address){.size = sizeof(struct loop_address),
                                 .family = LOOP_ADDRESS_UNIX,
                                 .path = path,
                                 .path_length = length};
}

int unix_descriptors(void)
{
    return scene_count_handles();
}

void unix_leave_stale(struct check *c, const struct loop_address *address, bool datagrams)
{
    (void)address;
    (void)datagrams;
    check_skip(c, "Windows has no Unix sockets for datagrams");
}
