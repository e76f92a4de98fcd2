/* SPDX-License-Identifier: MIT
 *
 * Addresses that have more to them than a host and a port. */
#include <errno.h>
#include <ifaddrs.h>
#include <string.h>
#include <unistd.h>

#include "datagrams.h"
#include "net.h"
#include "unix.h"

/* Whether a socket tells the scope that it was bound with; under qemu-user, of another byte order, it
 * does not. */
static bool system_tells_scope(struct check *c, const struct sockaddr_in6 *address)
{
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    struct sockaddr_in6 bound = *address;
    socklen_t size = sizeof bound;

    EXPECT(c, fd >= 0, "socket: %s", strerror(errno));
    bound.sin6_port = 0;
    bool tells = bind(fd, (const struct sockaddr *)&bound, size) == 0 &&
                 getsockname(fd, (struct sockaddr *)&bound, &size) == 0 &&
                 bound.sin6_scope_id == address->sin6_scope_id;
    close(fd);
    return tells;
}

/* An address of this machine's that means nothing without its scope; its scope. */
static uint32_t link_address(struct check *c, char host[64])
{
    struct ifaddrs *all = NULL;
    struct sockaddr_in6 found = {.sin6_scope_id = 0};

    EXPECT(c, getifaddrs(&all) == 0, "getifaddrs: %s", strerror(errno));
    for (const struct ifaddrs *at = all; at != NULL && found.sin6_scope_id == 0; at = at->ifa_next) {
        struct sockaddr_in6 in6;

        if (at->ifa_addr == NULL || at->ifa_addr->sa_family != AF_INET6)
            continue;
        memcpy(&in6, at->ifa_addr, sizeof in6);
        if (IN6_IS_ADDR_LINKLOCAL(&in6.sin6_addr) &&
            inet_ntop(AF_INET6, &in6.sin6_addr, host, 64) != NULL)
            found = in6;
    }
    freeifaddrs(all);
    if (found.sin6_scope_id == 0)
        check_skip(c, "this machine has no link-local address of IPv6");
    if (!system_tells_scope(c, &found))
        check_skip(c, "sockets do not tell their scope here, as under qemu-user");
    return found.sin6_scope_id;
}

static void scope(struct check *c)
{
    char host[64];
    struct loop_address at = {.size = sizeof at, .family = LOOP_ADDRESS_INET6, .host = host};
    struct loop_datagram_options options = datagram_options(&at, NULL);
    struct endpoint *e;
    struct loop_address own;

    at.scope_id = link_address(c, host);
    e = datagram_open(c, &options);
    own = datagram_address(e);
    EXPECT(c, own.host != NULL && strcmp(own.host, host) == 0, "its own host is %s, not %s",
           own.host, host);
    EXPECT_INT(c, "the scope of its own address", own.scope_id, at.scope_id);
    stream_finish(e);
}

static void too_long_path(struct check *c)
{
    struct loop_address at = unix_path_of(c, unix_path_room() + 1);
    struct loop_datagram_options options = datagram_options(&at, NULL);

    EXPECT_STATUS(c, "an endpoint at a path that is too long", datagram_outcome(c, &options),
                  LOOP_NAMETOOLONG);
    EXPECT_INT(c, "files made for a path that is too long", unix_entries(c), 0);
}

static const struct check_definition definitions[] = {
    {.id = "datagrams.scope",
     .run = scope,
     .rules = {"datagrams.scope"},
     .needs = {"create_datagram_endpoint", "transport_get_sockname", "transport_close"}},
    {.id = "datagrams.too-long-path",
     .run = too_long_path,
     .rules = {"datagrams.too-long-path"},
     .needs = {"create_datagram_endpoint"}},
};

CHECK_AREA_PART(datagrams, addresses, definitions);
