/* SPDX-License-Identifier: MIT
 *
 * The ABI's addresses and libuv's. */
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "adapter.h"

int address_is_given(const struct loop_address *address)
{
    return address != NULL && (address->host != NULL || address->path != NULL ||
                               address->port != 0 || address->family != LOOP_ADDRESS_ANY);
}

int family_of(uint32_t family)
{
    return family == LOOP_ADDRESS_INET    ? AF_INET
           : family == LOOP_ADDRESS_INET6 ? AF_INET6
           : family == LOOP_ADDRESS_UNIX  ? AF_UNIX
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

/* libuv counts the whole of sun_path with every such address, so it has no abstract names. */
static loop_status unix_address(const struct loop_address *address, struct sockaddr_un *un)
{
    char *path;
    loop_status status = path_of(address, &path);
    if (status != LOOP_OK)
        return status;
    if (strlen(path) >= sizeof un->sun_path)
        status = LOOP_NAMETOOLONG;
    else
        strcpy(un->sun_path, path);
    un->sun_family = AF_UNIX;
    free(path);
    return status;
}

loop_status address_of(const struct loop_address *address, int passive,
                       struct sockaddr_storage *storage)
{
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)storage;
    const char *host = host_of(address, passive);

    memset(storage, 0, sizeof *storage);
    if (address->family == LOOP_ADDRESS_UNIX)
        return unix_address(address, (struct sockaddr_un *)storage);
    if (address->port > 65535)
        return LOOP_VALUE;
    if (address->family != LOOP_ADDRESS_INET6 &&
        uv_ip4_addr(host, (int)address->port, (struct sockaddr_in *)storage) == 0)
        return LOOP_OK;
    if (address->family == LOOP_ADDRESS_INET || uv_ip6_addr(host, (int)address->port, in6) != 0)
        return LOOP_NAME_NOT_RESOLVED;
    if (address->scope_id != 0)
        in6->sin6_scope_id = address->scope_id;
    return LOOP_OK;
}

/* libuv takes C strings: it has no word for a name that begins with NUL (before uv_pipe_bind2 of
 * 1.46), nor for one with a NUL within. */
loop_status path_of(const struct loop_address *address, char **path)
{
    if (address->path == NULL)
        return LOOP_VALUE;
    if (memchr(address->path, '\0', address->path_length) != NULL)
        return address->path[0] == '\0' ? LOOP_NOT_IMPLEMENTED : LOOP_VALUE;
    *path = calloc(1, address->path_length + 1);
    if (*path == NULL)
        return LOOP_NO_MEMORY;
    memcpy(*path, address->path, address->path_length);
    return LOOP_OK;
}

void address_tell(const struct sockaddr *name, void (*receive)(void *, const struct loop_address *),
                  void *arg)
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)name;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)name;
    struct loop_address told = {.size = sizeof told};
    char host[64] = "";

    if (name->sa_family == AF_INET) {
        told.family = LOOP_ADDRESS_INET;
        uv_ip4_name(in, host, sizeof host);
        told.port = ntohs(in->sin_port);
        told.host = host;
    } else if (name->sa_family == AF_INET6) {
        told.family = LOOP_ADDRESS_INET6;
        uv_ip6_name(in6, host, sizeof host);
        told.port = ntohs(in6->sin6_port);
        told.scope_id = in6->sin6_scope_id;
        told.host = host;
    } else if (name->sa_family == AF_UNIX) {
        told.family = LOOP_ADDRESS_UNIX;
        told.path = ((const struct sockaddr_un *)name)->sun_path;
        told.path_length = strlen(told.path);
    }
    receive(arg, &told);
}

/* libuv names its pipes by strings with a length. */
static void tell_path(const char *path, size_t length,
                      void (*receive)(void *, const struct loop_address *), void *arg)
{
    struct loop_address told = {.size = sizeof told,
                                .family = LOOP_ADDRESS_UNIX,
                                .path = length > 0 ? path : NULL,
                                .path_length = length};
    receive(arg, &told);
}

static int tell(uv_handle_t *handle, int peer, void (*receive)(void *, const struct loop_address *),
                void *arg)
{
    struct sockaddr_storage storage = {.ss_family = AF_UNSPEC};
    struct sockaddr *name = (struct sockaddr *)&storage;
    int length = sizeof storage, error = UV_ENOTSOCK;
    char path[256] = "";
    size_t size = sizeof path;

    switch (uv_handle_get_type(handle)) {
    case UV_TCP:
        error = peer ? uv_tcp_getpeername((uv_tcp_t *)handle, name, &length)
                     : uv_tcp_getsockname((uv_tcp_t *)handle, name, &length);
        break;
    case UV_UDP:
        error = peer ? uv_udp_getpeername((uv_udp_t *)handle, name, &length)
                     : uv_udp_getsockname((uv_udp_t *)handle, name, &length);
        break;
    case UV_NAMED_PIPE:
        error = peer ? uv_pipe_getpeername((uv_pipe_t *)handle, path, &size)
                     : uv_pipe_getsockname((uv_pipe_t *)handle, path, &size);
        if (error == 0)
            tell_path(path, size, receive, arg);
        return error;
    default:
        return error;
    }
    if (error == 0)
        address_tell(name, receive, arg);
    return error;
}

int tell_sockname(uv_handle_t *handle, void (*receive)(void *, const struct loop_address *),
                  void *arg)
{
    return tell(handle, 0, receive, arg);
}

int tell_peername(uv_handle_t *handle, void (*receive)(void *, const struct loop_address *),
                  void *arg)
{
    return tell(handle, 1, receive, arg);
}
