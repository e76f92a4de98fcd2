/* SPDX-License-Identifier: MIT
 *
 * How does an address look to the system, and how to the user? */
#include "socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define PATH_START offsetof(struct sockaddr_un, sun_path)
#define PATH_ROOM  (sizeof(struct sockaddr_un) - PATH_START)

_Static_assert(sizeof(struct sockaddr_storage) <= sizeof((struct address *)NULL)->bytes, "room");

uint32_t address_family(const struct address *address)
{
    switch (((const struct sockaddr *)address->bytes)->sa_family) {
    case AF_INET:
        return LOOP_ADDRESS_INET;
    case AF_INET6:
        return LOOP_ADDRESS_INET6;
    case AF_UNIX:
        return LOOP_ADDRESS_UNIX;
    default:
        return LOOP_ADDRESS_ANY;
    }
}

bool address_equal(const struct address *a, const struct address *b)
{
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

static void show_inet(const struct address *address, struct loop_address *shown, char *host,
                      socklen_t room)
{
    struct sockaddr_in in;

    memcpy(&in, address->bytes, sizeof in);
    shown->host = inet_ntop(AF_INET, &in.sin_addr, host, room);
    shown->port = ntohs(in.sin_port);
}

static void show_inet6(const struct address *address, struct loop_address *shown, char *host,
                       socklen_t room)
{
    struct sockaddr_in6 in6;

    memcpy(&in6, address->bytes, sizeof in6);
    shown->host = inet_ntop(AF_INET6, &in6.sin6_addr, host, room);
    shown->port = ntohs(in6.sin6_port);
    shown->scope_id = in6.sin6_scope_id;
}

/* A path may or may not be counted with the NUL behind it; a leading NUL belongs to the name. */
static void show_unix(const struct address *address, struct loop_address *shown, char *path)
{
    size_t length = address->length > PATH_START ? address->length - PATH_START : 0;

    if (length == 0)
        return;
    memcpy(path, address->bytes + PATH_START, length);
    shown->path = path;
    shown->path_length = path[0] == '\0' ? length : strnlen(path, length);
}

void address_show(const struct address *address,
                  void (*receive)(void *arg, const struct loop_address *), void *arg)
{
    struct loop_address shown = {.size = sizeof shown, .family = address_family(address)};
    char text[sizeof address->bytes + 1] = {0};

    if (shown.family == LOOP_ADDRESS_INET)
        show_inet(address, &shown, text, sizeof text);
    else if (shown.family == LOOP_ADDRESS_INET6)
        show_inet6(address, &shown, text, sizeof text);
    else if (shown.family == LOOP_ADDRESS_UNIX)
        show_unix(address, &shown, text);
    receive(arg, &shown);
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
