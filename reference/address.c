/* SPDX-License-Identifier: MIT
 *
 * How does an address look to the system, and how to the user? */
#include "socket.h"

#include <string.h>

#include "internet.h"

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

static void show_inet(const struct address *address, struct loop_address *shown, char *host)
{
    struct sockaddr_in in;

    memcpy(&in, address->bytes, sizeof in);
    shown->host = inet_ntop(AF_INET, &in.sin_addr, host, INET_ADDRSTRLEN);
    shown->port = ntohs(in.sin_port);
}

static void show_inet6(const struct address *address, struct loop_address *shown, char *host)
{
    struct sockaddr_in6 in6;

    memcpy(&in6, address->bytes, sizeof in6);
    shown->host = inet_ntop(AF_INET6, &in6.sin6_addr, host, INET6_ADDRSTRLEN);
    shown->port = ntohs(in6.sin6_port);
    shown->scope_id = in6.sin6_scope_id;
}

void address_show(const struct address *address,
                  void (*receive)(void *arg, const struct loop_address *), void *arg)
{
    struct loop_address shown = {.size = sizeof shown, .family = address_family(address)};
    char text[sizeof address->bytes + 1] = {0};

    if (shown.family == LOOP_ADDRESS_INET)
        show_inet(address, &shown, text);
    else if (shown.family == LOOP_ADDRESS_INET6)
        show_inet6(address, &shown, text);
    else if (shown.family == LOOP_ADDRESS_UNIX)
        path_show(address, &shown, text);
    receive(arg, &shown);
}
