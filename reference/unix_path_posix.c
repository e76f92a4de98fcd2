/* SPDX-License-Identifier: MIT */
#include "socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* NULL for an abstract name, which has no file. */
static const char *path_of(const struct address *address)
{
    const struct sockaddr_un *un = (const struct sockaddr_un *)address->bytes;

    return un->sun_path[0] == '\0' ? NULL : un->sun_path;
}

void path_clear(const struct address *address)
{
    const char *path = path_of(address);
    struct stat status;

    if (path && stat(path, &status) == 0 && S_ISSOCK(status.st_mode))
        unlink(path);
}

void path_identify(const struct address *address, struct path_identity *identity)
{
    const char *path = path_of(address);
    struct stat status;

    identity->known = path && stat(path, &status) == 0;
    if (identity->known) {
        identity->device = (uint64_t)status.st_dev;
        identity->inode = (uint64_t)status.st_ino;
    }
}

void path_remove(const struct address *address, const struct path_identity *identity)
{
    struct path_identity now;

    path_identify(address, &now);
    if (identity->known && now.known && now.device == identity->device &&
        now.inode == identity->inode)
        unlink(path_of(address));
}
