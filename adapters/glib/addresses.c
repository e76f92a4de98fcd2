/* SPDX-License-Identifier: MIT
 *
 * The ABI's addresses and GIO's. */
#include <string.h>

#include "adapter.h"

int address_is_given(const struct loop_address *address)
{
    return address->host != NULL || address->path != NULL || address->port != 0 ||
           address->family != LOOP_ADDRESS_ANY;
}

GSocketFamily family_of(uint32_t family)
{
    return family == LOOP_ADDRESS_INET    ? G_SOCKET_FAMILY_IPV4
           : family == LOOP_ADDRESS_INET6 ? G_SOCKET_FAMILY_IPV6
                                          : G_SOCKET_FAMILY_INVALID;
}

static GInetAddress *host_of(const struct loop_address *address, int passive)
{
    GSocketFamily family =
        address->family == LOOP_ADDRESS_INET6 ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4;
    if (address->host != NULL)
        return g_inet_address_new_from_string(address->host);
    return passive ? g_inet_address_new_any(family) : g_inet_address_new_loopback(family);
}

loop_status address_of(const struct loop_address *address, int passive, GSocketAddress **found)
{
    GSocketFamily family = family_of(address->family);

    if (address->port > 65535)
        return LOOP_VALUE;
    GInetAddress *host = host_of(address, passive);
    if (host == NULL)
        return LOOP_NAME_NOT_RESOLVED;
    if (family != G_SOCKET_FAMILY_INVALID && family != g_inet_address_get_family(host)) {
        g_object_unref(host);
        return LOOP_NAME_NOT_RESOLVED;
    }
    *found = g_object_new(G_TYPE_INET_SOCKET_ADDRESS, "address", host, "port", address->port,
                          "scope-id", address->scope_id, NULL);
    g_object_unref(host);
    return LOOP_OK;
}

/* GIO writes the NUL before an abstract name itself. */
loop_status address_of_path(const struct loop_address *address, GSocketAddress **found)
{
    if (address->path == NULL)
        return LOOP_VALUE;
    int abstract = address->path_length > 0 && address->path[0] == '\0';
    *found = g_unix_socket_address_new_with_type(
        address->path + abstract, (gint)address->path_length - abstract,
        abstract ? G_UNIX_SOCKET_ADDRESS_ABSTRACT : G_UNIX_SOCKET_ADDRESS_PATH);
    return LOOP_OK;
}

static void tell_inet(GInetSocketAddress *address, receiver receive, void *arg)
{
    GInetAddress *inet = g_inet_socket_address_get_address(address);
    int v6 = g_inet_address_get_family(inet) == G_SOCKET_FAMILY_IPV6;
    char *host = g_inet_address_to_string(inet);
    struct loop_address told = {
        .size = sizeof told,
        .family = v6 ? LOOP_ADDRESS_INET6 : LOOP_ADDRESS_INET,
        .host = host,
        .port = g_inet_socket_address_get_port(address),
        .scope_id = v6 ? g_inet_socket_address_get_scope_id(address) : 0,
    };
    receive(arg, &told);
    g_free(host);
}

static void tell_path(GUnixSocketAddress *address, receiver receive, void *arg)
{
    GUnixSocketAddressType type = g_unix_socket_address_get_address_type(address);
    struct loop_address told = {.size = sizeof told, .family = LOOP_ADDRESS_UNIX};
    char name[1 + 256] = "";
    size_t abstract = type != G_UNIX_SOCKET_ADDRESS_PATH;

    if (type != G_UNIX_SOCKET_ADDRESS_ANONYMOUS) {
        size_t length = MIN(g_unix_socket_address_get_path_len(address), sizeof name - abstract);
        memcpy(name + abstract, g_unix_socket_address_get_path(address), length);
        told.path = name;
        told.path_length = abstract + length;
    }
    receive(arg, &told);
}

void address_tell(GSocketAddress *address, receiver receive, void *arg)
{
    struct loop_address unknown = {.size = sizeof unknown};
    if (G_IS_INET_SOCKET_ADDRESS(address))
        tell_inet(G_INET_SOCKET_ADDRESS(address), receive, arg);
    else if (G_IS_UNIX_SOCKET_ADDRESS(address))
        tell_path(G_UNIX_SOCKET_ADDRESS(address), receive, arg);
    else
        receive(arg, &unknown);
}

static loop_status tell(GSocketAddress *address, GError *error, receiver receive, void *arg)
{
    if (address == NULL)
        return status_of(error);
    address_tell(address, receive, arg);
    g_object_unref(address);
    return LOOP_OK;
}

loop_status tell_sockname(GSocket *socket, receiver receive, void *arg)
{
    GError *error = NULL;
    GSocketAddress *address = g_socket_get_local_address(socket, &error);
    return tell(address, error, receive, arg);
}

loop_status tell_peername(GSocket *socket, receiver receive, void *arg)
{
    GError *error = NULL;
    GSocketAddress *address = g_socket_get_remote_address(socket, &error);
    return tell(address, error, receive, arg);
}
