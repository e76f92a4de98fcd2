/* SPDX-License-Identifier: MIT
 *
 * The ABI's addresses and Asio's. */
#include <cstring>

#include "adapter.h"

bool address_is_given(const struct loop_address *address)
{
    return address->host != nullptr || address->path != nullptr || address->port != 0 ||
           address->family != LOOP_ADDRESS_ANY;
}

static asio::ip::address unnamed(uint32_t family, bool passive)
{
    using namespace asio::ip;
    if (family == LOOP_ADDRESS_INET6)
        return passive ? address_v6::any() : address_v6::loopback();
    return passive ? address_v4::any() : address_v4::loopback();
}

loop_status address_of(const struct loop_address &address, bool passive,
                       asio::ip::tcp::endpoint *at)
{
    error_code error;
    asio::ip::address numeric = unnamed(address.family, passive);

    if (address.port > 65535)
        return LOOP_VALUE;
    if (address.host != nullptr)
        numeric = asio::ip::make_address(address.host, error);
    if (error || (address.family == LOOP_ADDRESS_INET && !numeric.is_v4()) ||
        (address.family == LOOP_ADDRESS_INET6 && !numeric.is_v6()))
        return LOOP_NAME_NOT_RESOLVED;
    if (numeric.is_v6() && address.scope_id != 0) {
        asio::ip::address_v6 scoped = numeric.to_v6();
        scoped.scope_id(address.scope_id);
        numeric = scoped;
    }
    *at = {numeric, static_cast<unsigned short>(address.port)};
    return LOOP_OK;
}

/* Asio's constructor throws for a path that does not fit. */
loop_status path_of(const struct loop_address &address, asio::local::stream_protocol::endpoint *at)
{
    if (address.path == nullptr)
        return LOOP_VALUE;
    try {
        *at = std::string(address.path, address.path_length);
    } catch (const boost::system::system_error &) {
        return LOOP_NAMETOOLONG;
    }
    return LOOP_OK;
}

/* Asio's assign() is told what a socket is. */
loop_status family_of(struct loop *loop, int socket, int *family)
{
    sockaddr_storage name{};
    socklen_t length = sizeof name;
    if (getsockname(socket, reinterpret_cast<sockaddr *>(&name), &length) < 0)
        return status_of(loop, error_code(errno, asio::error::get_system_category()));
    *family = name.ss_family;
    return LOOP_OK;
}

static void tell_path(const sockaddr *name, size_t length, receiver receive, void *arg)
{
    struct loop_address told = {};
    told.size = sizeof told;
    told.family = LOOP_ADDRESS_UNIX;
    const char *path = reinterpret_cast<const sockaddr_un *>(name)->sun_path;
    if (length > offsetof(sockaddr_un, sun_path)) {
        size_t bytes = length - offsetof(sockaddr_un, sun_path);
        told.path = path;
        told.path_length = path[0] == '\0' ? bytes : strnlen(path, bytes);
    }
    receive(arg, &told);
}

void address_tell(const sockaddr *name, size_t length, receiver receive, void *arg)
{
    if (name->sa_family == AF_UNIX) {
        tell_path(name, length, receive, arg);
        return;
    }
    asio::ip::tcp::endpoint at;
    std::memcpy(at.data(), name, std::min(length, at.capacity()));
    struct loop_address told = {};
    told.size = sizeof told;
    told.family = at.address().is_v6() ? LOOP_ADDRESS_INET6 : LOOP_ADDRESS_INET;
    told.port = at.port();
    std::string host;
    if (at.address().is_v6()) {
        asio::ip::address_v6 v6 = at.address().to_v6();
        told.scope_id = static_cast<uint32_t>(v6.scope_id());
        v6.scope_id(0);
        host = v6.to_string();
    } else {
        host = at.address().to_string();
    }
    told.host = host.c_str();
    receive(arg, &told);
}
