/* SPDX-License-Identifier: MIT */
#include "socket.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PATH_START offsetof(struct sockaddr_un, sun_path)
#define PATH_ROOM  (sizeof(struct sockaddr_un) - PATH_START)

/* A name that begins with a NUL stands for itself on Linux, and elsewhere for no name at all. */
#ifdef __linux__
enum { ABSTRACT_NAMES = 1 };
#else
enum { ABSTRACT_NAMES = 0 };
#endif

/* A path may or may not be counted with the NUL behind it; a leading NUL belongs to the name. */
void path_show(const struct address *address, struct loop_address *shown, char *path)
{
    size_t length = address->length > PATH_START ? address->length - PATH_START : 0;

    if (length == 0 || (!ABSTRACT_NAMES && address->bytes[PATH_START] == 0))
        return;
    memcpy(path, address->bytes + PATH_START, length);
    shown->path = path;
    shown->path_length = path[0] == '\0' ? length : strnlen(path, length);
}

loop_status address_of_path(const struct loop_address *path, struct address *address)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    bool abstract = path->path && path->path_length > 0 && path->path[0] == '\0';
    size_t length = path->path_length + !abstract; /* with the NUL behind it */

    if (!path->path || path->path_length == 0)
        return LOOP_VALUE;
    if (!abstract && memchr(path->path, '\0', path->path_length))
        return LOOP_VALUE;
    if (length > PATH_ROOM)
        return LOOP_NAMETOOLONG;
    memcpy(un.sun_path, path->path, path->path_length);
    *address = (struct address){.length = PATH_START + length};
    memcpy(address->bytes, &un, sizeof un);
    return LOOP_OK;
}

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
