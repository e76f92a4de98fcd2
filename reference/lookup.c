/* SPDX-License-Identifier: MIT */
#include "lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internet.h"

struct lookup {
    struct addrinfo hints;
    const char *host; /* NULL asks for every interface, or for loopback */
    char port[12];
    uint32_t scope_id;
    char text[];
};

struct lookup *lookup_make(const struct loop_address *address, unsigned flags)
{
    bool every = !address->host || (address->host[0] == '\0' && (flags & RESOLVE_PASSIVE));
    size_t length = every ? 0 : strlen(address->host) + 1;
    struct lookup *lookup = calloc(1, sizeof *lookup + length);

    if (!lookup)
        return NULL;
    lookup->hints.ai_family = address->family == LOOP_ADDRESS_INET    ? AF_INET
                              : address->family == LOOP_ADDRESS_INET6 ? AF_INET6
                                                                      : AF_UNSPEC;
    lookup->hints.ai_socktype = (flags & RESOLVE_DATAGRAM) ? SOCK_DGRAM : SOCK_STREAM;
    lookup->hints.ai_flags = AI_NUMERICSERV | ((flags & RESOLVE_PASSIVE) ? AI_PASSIVE : 0);
    lookup->scope_id = address->scope_id;
    snprintf(lookup->port, sizeof lookup->port, "%u", (unsigned)address->port);
    if (!every)
        lookup->host = memcpy(lookup->text, address->host, length);
    return lookup;
}

void lookup_free(struct lookup *lookup)
{
    free(lookup);
}

static bool known(const struct addrinfo *info)
{
    return info->ai_family == AF_INET || info->ai_family == AF_INET6;
}

static void copy(const struct lookup *lookup, const struct addrinfo *info, struct address *address)
{
    struct sockaddr_in6 in6;

    *address = (struct address){.length = info->ai_addrlen};
    memcpy(address->bytes, info->ai_addr, info->ai_addrlen);
    if (info->ai_family == AF_INET6 && lookup->scope_id != 0) {
        memcpy(&in6, address->bytes, sizeof in6);
        in6.sin6_scope_id = lookup->scope_id;
        memcpy(address->bytes, &in6, sizeof in6);
    }
}

/* The answer of getaddrinfo, each address once. */
static struct addresses *collect(const struct lookup *lookup, int error, struct addrinfo *list)
{
    struct addresses *made;
    size_t count = 0;

    for (struct addrinfo *info = list; info; info = info->ai_next)
        count++;
    made = calloc(1, sizeof *made + count * sizeof made->all[0]);
    for (struct addrinfo *info = list; made && info; info = info->ai_next) {
        struct address *next = &made->all[made->count];
        size_t same = 0;

        copy(lookup, info, next);
        while (same < made->count && !address_equal(&made->all[same], next))
            same++;
        made->count += same == made->count && known(info);
    }
    if (made && made->count == 0)
        made->status = error == EAI_MEMORY ? LOOP_NO_MEMORY : LOOP_NAME_NOT_RESOLVED;
    if (list)
        freeaddrinfo(list);
    return made;
}

bool lookup_at_once(struct lookup *lookup, struct addresses **addresses)
{
    struct addrinfo hints = lookup->hints, *list = NULL;
    int error;

    if (lookup->host)
        hints.ai_flags |= AI_NUMERICHOST;
    error = getaddrinfo(lookup->host, lookup->port, &hints, &list);
    if (error != 0 && lookup->host)
        return false;
    *addresses = collect(lookup, error, error == 0 ? list : NULL);
    return true;
}

struct addresses *lookup_do(struct lookup *lookup)
{
    struct addrinfo *list = NULL;
    int error = getaddrinfo(lookup->host, lookup->port, &lookup->hints, &list);

    return collect(lookup, error, error == 0 ? list : NULL);
}
