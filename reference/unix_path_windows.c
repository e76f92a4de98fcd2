/* SPDX-License-Identifier: MIT
 *
 * No loop on Windows opens a unix socket. */
#include "socket.h"

loop_status address_of_path(const struct loop_address *path, struct address *address)
{
    (void)path, (void)address;
    return LOOP_AFNOSUPPORT;
}

void path_show(const struct address *address, struct loop_address *shown, char *path)
{
    (void)address, (void)shown, (void)path;
}

void path_clear(const struct address *address)
{
    (void)address;
}

void path_identify(const struct address *address, struct path_identity *identity)
{
    (void)address;
    identity->known = false;
}

void path_remove(const struct address *address, const struct path_identity *identity)
{
    (void)address, (void)identity;
}
