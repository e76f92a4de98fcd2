/* SPDX-License-Identifier: MIT
 *
 * The ABI's addresses, and the struct sockaddr that libevent takes. */
#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "adapter.h"

#define PATH_START offsetof(struct sockaddr_un, sun_path)

int address_is_given(const struct loop_address *address)
{
    return address != NULL && (address->host != NULL || address->path != NULL ||
                               address->port != 0 || address->family != LOOP_ADDRESS_ANY);
}

int family_of(uint32_t family)
{
    return family == LOOP_ADDRESS_INET    ? AF_INET
           : family == LOOP_ADDRESS_INET6 ? AF_INET6
                                          : AF_UNSPEC;
}

static const char *host_of(const struct loop_address *address, int passive)
{
    if (address->host != NULL)
        return address->host;
    if (address->family == LOOP_ADDRESS_INET6)
        return passive ? "::" : "::1";
    return passive ? "0.0.0.0" : "127.0.0.1";
}

loop_status address_of(const struct loop_address *address, int passive, struct address *found)
{
    struct evutil_addrinfo hints = {.ai_family = family_of(address->family),
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_flags = EVUTIL_AI_NUMERICHOST};
    struct evutil_addrinfo *info = NULL;
    char port[16];

    if (address->port > 65535)
        return LOOP_VALUE;
    snprintf(port, sizeof port, "%u", (unsigned)address->port);
    if (evutil_getaddrinfo(host_of(address, passive), port, &hints, &info) != 0)
        return LOOP_NAME_NOT_RESOLVED;
    found->length = (int)info->ai_addrlen;
    memcpy(&found->storage, info->ai_addr, info->ai_addrlen);
    if (info->ai_family == AF_INET6 && address->scope_id != 0)
        ((struct sockaddr_in6 *)&found->storage)->sin6_scope_id = address->scope_id;
    evutil_freeaddrinfo(info);
    return LOOP_OK;
}

loop_status address_of_path(const struct loop_address *address, struct address *found)
{
    struct sockaddr_un *un = (struct sockaddr_un *)&found->storage;
    size_t length = address->path_length;

    if (address->path == NULL || length == 0)
        return LOOP_VALUE;
    int abstract = address->path[0] == '\0';
    if (!abstract && memchr(address->path, '\0', length) != NULL)
        return LOOP_VALUE;
    if (length + !abstract > sizeof un->sun_path)
        return LOOP_NAMETOOLONG;
    memset(found, 0, sizeof *found);
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, address->path, length);
    found->length = (int)(PATH_START + length + !abstract);
    return LOOP_OK;
}

static void tell(const struct address *name, void (*receive)(void *, const struct loop_address *),
                 void *arg)
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)&name->storage;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&name->storage;
    struct loop_address told = {.size = sizeof told};
    char host[INET6_ADDRSTRLEN] = "";
    size_t length = (size_t)name->length;

    if (name->storage.ss_family == AF_INET) {
        told.family = LOOP_ADDRESS_INET;
        told.host = evutil_inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        told.port = ntohs(in->sin_port);
    } else if (name->storage.ss_family == AF_INET6) {
        told.family = LOOP_ADDRESS_INET6;
        told.host = evutil_inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
        told.port = ntohs(in6->sin6_port);
        told.scope_id = in6->sin6_scope_id;
    } else if (name->storage.ss_family == AF_UNIX) {
        told.family = LOOP_ADDRESS_UNIX;
        if (length > PATH_START) {
            told.path = ((const struct sockaddr_un *)&name->storage)->sun_path;
            told.path_length = length - PATH_START;
            if (told.path[0] != '\0')
                told.path_length = strnlen(told.path, told.path_length);
        }
    }
    receive(arg, &told);
}

loop_status address_tell(struct loop *loop, evutil_socket_t fd,
                         int (*ask)(int, struct sockaddr *, socklen_t *),
                         void (*receive)(void *, const struct loop_address *), void *arg)
{
    struct address name = {.length = 0};
    socklen_t length = sizeof name.storage;

    if (ask(fd, (struct sockaddr *)&name.storage, &length) < 0)
        return failure(loop, errno);
    name.length = (int)length;
    tell(&name, receive, arg);
    return LOOP_OK;
}
