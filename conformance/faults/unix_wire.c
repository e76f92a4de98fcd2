/* SPDX-License-Identifier: MIT */
#include "unix.h"

#include <stdlib.h>
#include <string.h>

static const struct loop_operations *real;
static loop_fd leaked[256];
static size_t leaks;

void unix_spoil(struct loop_operations *spoilt, const struct loop_operations *inner,
                const struct wire_hooks *hooks)
{
    static struct loop_operations turned;

    turned = *inner;
    turned.create_connection = inner->create_unix_connection;
    turned.create_server = inner->create_unix_server;
    wire_spoil(spoilt, &turned, hooks);
    spoilt->create_unix_connection = spoilt->create_connection;
    spoilt->create_unix_server = spoilt->create_server;
    spoilt->create_connection = inner->create_connection;
    spoilt->create_server = inner->create_server;
}

const char *unix_keep(const struct loop_address *address)
{
    char *copy;

    if (address->path == NULL || address->path_length == 0)
        return NULL;
    copy = calloc(1, address->path_length + 1);
    if (copy == NULL)
        abort();
    memcpy(copy, address->path, address->path_length);
    return copy;
}

bool unix_is_abstract(const struct loop_address *address)
{
    return address->path != NULL && address->path_length > 0 && address->path[0] == '\0';
}

static loop_status close_loop(struct loop *loop)
{
    while (leaks > 0)
        fault_close_descriptor(leaked[--leaks]);
    return real->close(loop);
}

void unix_leak_descriptor(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    real = inner;
    spoilt->close = close_loop;
}

void unix_leak_one(void)
{
    if (leaks < sizeof leaked / sizeof *leaked)
        leaked[leaks++] = os_duplicate(0);
}
