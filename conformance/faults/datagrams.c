/* SPDX-License-Identifier: MIT
 *
 * Loops whose datagram endpoints begin badly, or take the wrong arguments. */
#include "datagrams.h"

#include <string.h>

/* The port of a sender, until the endpoint itself has sent something. */
static void wrong_port(struct relay *r, const void *data, size_t length,
                       const struct loop_address *from, uint32_t family)
{
    struct loop_address wrong = *from;

    if (from->family == family && r->sent == 0 && length > 0 && !r->remote)
        wrong.port ^= 1;
    relay_datagram(r, data, length, &wrong);
}

static void wrong_port4(struct relay *r, const void *data, size_t length,
                        const struct loop_address *from)
{
    wrong_port(r, data, length, from, LOOP_ADDRESS_INET);
}
RELAY_FAULT(spoil_port, .datagram = wrong_port4)

static void wrong_port6(struct relay *r, const void *data, size_t length,
                        const struct loop_address *from)
{
    wrong_port(r, data, length, from, LOOP_ADDRESS_INET6);
}
RELAY_FAULT(spoil_port6, .datagram = wrong_port6)

static void lose_badly(struct relay *r, loop_status why)
{
    bool talked = r->remote && !r->local && r->sent == 1 && r->received == 1;

    relay_lost(r, talked ? LOOP_NOTCONN : why);
}
RELAY_FAULT(spoil_connected, .lost = lose_badly)

/* Sends to the peer and receives from everybody. */
static struct loop_address peer;

static loop_status forget_peer(struct relay *r, struct loop_datagram_options *options)
{
    if (r->local && r->remote && r->flags == 0 &&
        options->local->family == options->remote->family) {
        peer = *options->remote;
        options->remote = NULL;
    }
    return LOOP_OK;
}

static loop_status send_to_peer(struct relay *r, const void *data, size_t length,
                                const struct loop_address *to)
{
    return relay_send(r, data, length,
                      to == NULL && r->local && r->remote && r->flags == 0 ? &peer : to);
}
RELAY_FAULT(spoil_both, .open = forget_peer, .send = send_to_peer)

static loop_status any_peername(struct loop_transport *transport,
                                void (*receive)(void *arg, const struct loop_address *), void *arg)
{
    loop_status status = relay_inner->transport_get_peername(transport, receive, arg);

    return status == LOOP_NOTCONN ? LOOP_OK : status;
}
RELAY_FAULT_OF(spoil_names, transport_get_peername, any_peername, .made = NULL)

static loop_status refuse_unbound(struct relay *r, struct loop_datagram_options *options)
{
    bool unbound = !r->local && !r->remote && r->sock == LOOP_NO_FD;

    return unbound && options->family != LOOP_ADDRESS_ANY ? LOOP_VALUE : LOOP_OK;
}
RELAY_FAULT(spoil_unbound, .open = refuse_unbound)

static loop_status only_numbers(struct relay *r, struct loop_datagram_options *options)
{
    const struct loop_address *to = options->remote;
    bool name = to != NULL && to->host != NULL && strpbrk(to->host, ".:") == NULL;

    (void)r;
    return name ? LOOP_NAME_NOT_RESOLVED : LOOP_OK;
}
RELAY_FAULT(spoil_lookup, .open = only_numbers)

static void lose_given(struct relay *r, const void *data, size_t length,
                       const struct loop_address *from)
{
    if (r->sock == LOOP_NO_FD)
        relay_datagram(r, data, length, from);
}
RELAY_FAULT(spoil_taken, .datagram = lose_given)

static loop_status share_port(struct relay *r, struct loop_datagram_options *options)
{
    if (r->local && r->sock == LOOP_NO_FD && r->family == LOOP_ADDRESS_INET)
        options->flags |= LOOP_REUSE_PORT;
    return LOOP_OK;
}
RELAY_FAULT(spoil_reuse, .open = share_port)

static void rename_in_use(struct relay *r, loop_status status, struct loop_transport *transport)
{
    bool first = relay_count() == 1;

    relay_opened(r, first && status == LOOP_ADDRINUSE ? LOOP_ADDRNOTAVAIL : status, transport);
}
RELAY_FAULT(spoil_in_use, .opened = rename_in_use)

static void cut_path(struct relay *r, const void *data, size_t length,
                     const struct loop_address *from)
{
    struct loop_address shorter = *from;

    if (shorter.path_length > 0)
        shorter.path_length--;
    relay_datagram(r, data, length, &shorter);
}
RELAY_FAULT(spoil_path, .datagram = cut_path)

static loop_status stale_in_use(struct relay *r, struct loop_datagram_options *options)
{
    bool bound = r->local && options->local->family == LOOP_ADDRESS_UNIX;

    return bound && os_at(unix_keep(options->local)) == OS_AT_SOCKET ? LOOP_ADDRINUSE : LOOP_OK;
}
RELAY_FAULT(spoil_stale, .open = stale_in_use)

static loop_status name_stream(struct relay *r, struct loop_datagram_options *options)
{
    (void)options;
    return r->sock != LOOP_NO_FD && !os_is_datagram(r->sock) ? LOOP_NOTSUP : LOOP_OK;
}
RELAY_FAULT(spoil_stream, .open = name_stream)

static loop_status name_nothing(struct relay *r, struct loop_datagram_options *options)
{
    bool nothing = !r->local && !r->remote && r->sock == LOOP_NO_FD;

    return nothing && options->family == LOOP_ADDRESS_ANY ? LOOP_AFNOSUPPORT : LOOP_OK;
}
RELAY_FAULT(spoil_nothing, .open = name_nothing)

static loop_status prefer_remote(struct relay *r, struct loop_datagram_options *options)
{
    if (r->local && r->remote && options->local->family != options->remote->family)
        options->local = NULL;
    return LOOP_OK;
}
RELAY_FAULT(spoil_families, .open = prefer_remote)

static loop_status prefer_socket(struct relay *r, struct loop_datagram_options *options)
{
    if (r->sock != LOOP_NO_FD)
        options->local = NULL;
    return LOOP_OK;
}
RELAY_FAULT(spoil_socket, .open = prefer_socket)

static void unname_unresolved(struct relay *r, loop_status status, struct loop_transport *transport)
{
    relay_opened(r, status == LOOP_NAME_NOT_RESOLVED ? LOOP_FAILED : status, transport);
}
RELAY_FAULT(spoil_unknown, .opened = unname_unresolved)

static void unname_shortage(struct relay *r, loop_status status, struct loop_transport *transport)
{
    relay_opened(r, status == LOOP_MFILE ? LOOP_FAILED : status, transport);
}
RELAY_FAULT(spoil_shortage, .opened = unname_shortage)

static loop_status unname_long_path(struct relay *r, struct loop_datagram_options *options)
{
    return r->local && options->local->path_length > 104 ? LOOP_INVAL : LOOP_OK;
}
RELAY_FAULT(spoil_long_path, .open = unname_long_path)

static loop_status forget_scope(struct relay *r, struct loop_datagram_options *options)
{
    static struct loop_address at;

    if (r->local) {
        at = *options->local;
        at.scope_id = 0;
        options->local = &at;
    }
    return LOOP_OK;
}
RELAY_FAULT(spoil_scope, .open = forget_scope)

static loop_status allow_broadcast(struct relay *r, struct loop_datagram_options *options)
{
    size_t length = r->remote && options->remote->host != NULL ? strlen(options->remote->host) : 0;

    if (length > 4 && strcmp(options->remote->host + length - 4, ".255") == 0)
        options->flags |= LOOP_ALLOW_BROADCAST;
    return LOOP_OK;
}
RELAY_FAULT(spoil_permission, .open = allow_broadcast)

static void forbid_broadcast(struct relay *r)
{
    if (r->flags & LOOP_ALLOW_BROADCAST)
        os_forbid_broadcast(relay_inner->transport_get_fd(r->transport));
    relay_made(r);
}
RELAY_FAULT(spoil_broadcast, .made = forbid_broadcast)

const struct fault datagrams_faults[] = {
    {.id = "datagrams.wrong-port",
     .summary = "The sender of a datagram has another port than is said",
     .checks = {"datagrams.bound"},
     .spoil = spoil_port},
    {.id = "datagrams.wrong-port-inet6",
     .summary = "The sender of a datagram over IPv6 has another port than is said",
     .checks = {"datagrams.inet6"},
     .spoil = spoil_port6},
    {.id = "datagrams.wrong-port-on-proactor",
     .summary = "The sender of a datagram to a proactor has another port than is said",
     .checks = {"datagrams.proactor"},
     .on = "windows-proactor",
     .asyncio = "3.8",
     .spoil = spoil_port},
    {.id = "datagrams.lost-unconnected",
     .summary = "A connected endpoint that has sent and received is lost as NOTCONN",
     .checks = {"datagrams.connected"},
     .spoil = spoil_connected},
    {.id = "datagrams.hears-strangers",
     .summary = "An endpoint that is bound and connected receives from everybody",
     .checks = {"datagrams.bound-and-connected"},
     .spoil = spoil_both},
    {.id = "datagrams.peer-of-nobody",
     .summary = "An endpoint that is not connected is said to have a peer",
     .checks = {"datagrams.names"},
     .spoil = spoil_names},
    {.id = "datagrams.unbound-refused",
     .summary = "An endpoint without an address is refused although its family is given",
     .checks = {"datagrams.unbound"},
     .spoil = spoil_unbound},
    {.id = "datagrams.only-numbers",
     .summary = "The name of a peer is not looked up",
     .checks = {"datagrams.resolves"},
     .spoil = spoil_lookup},
    {.id = "datagrams.taken-over-deaf",
     .summary = "A socket that was taken over receives nothing",
     .checks = {"datagrams.takes-over-socket"},
     .spoil = spoil_taken},
    {.id = "datagrams.ports-shared",
     .summary = "Endpoints share their ports unasked",
     .checks = {"datagrams.reuse-port"},
     .spoil = spoil_reuse},
    {.id = "datagrams.in-use-other-status",
     .summary = "A port that is in use is refused with ADDRNOTAVAIL",
     .checks = {"datagrams.port-in-use"},
     .spoil = spoil_in_use},
    {.id = "datagrams.path-cut",
     .summary = "The path of a sender lacks its last byte",
     .checks = {"datagrams.by-path"},
     .spoil = spoil_path},
    {.id = "datagrams.stale-in-use",
     .summary = "A stale socket's file is in the way of an endpoint",
     .checks = {"datagrams.stale-path"},
     .asyncio = "3.8",
     .spoil = spoil_stale},
    {.id = "datagrams.stream-other-status",
     .summary = "A stream socket is refused with NOTSUP",
     .checks = {"datagrams.stream-socket"},
     .spoil = spoil_stream},
    {.id = "datagrams.nothing-other-status",
     .summary = "An endpoint of nothing is refused with AFNOSUPPORT",
     .checks = {"datagrams.no-address"},
     .spoil = spoil_nothing},
    {.id = "datagrams.remote-preferred",
     .summary = "The local address is left out if the remote one is of another family",
     .checks = {"datagrams.two-families"},
     .spoil = spoil_families},
    {.id = "datagrams.socket-preferred",
     .summary = "An endpoint that is given both a socket and an address takes the socket",
     .checks = {"datagrams.socket-and-address"},
     .spoil = spoil_socket},
    {.id = "datagrams.unknown-host-unnamed",
     .summary = "A host that is unknown is FAILED",
     .checks = {"datagrams.unknown-host"},
     .spoil = spoil_unknown},
    {.id = "datagrams.shortage-unnamed",
     .summary = "A lack of descriptors is FAILED",
     .checks = {"datagrams.in-shortage"},
     .spoil = spoil_shortage},
    {.id = "datagrams.long-path-other-status",
     .summary = "A path that is too long is INVAL",
     .checks = {"datagrams.too-long-path"},
     .spoil = spoil_long_path},
    {.id = "datagrams.scope-forgotten",
     .summary = "The scope of an endpoint's own address is forgotten",
     .checks = {"datagrams.scope"},
     .spoil = spoil_scope},
    {.id = "datagrams.broadcast-unasked",
     .summary = "Broadcasting is allowed unasked",
     .checks = {"datagrams.broadcast-refused"},
     .spoil = spoil_permission},
    {.id = "datagrams.broadcast-forgotten",
     .summary = "Permission to broadcast is not passed on to the socket",
     .checks = {"datagrams.broadcast-allowed"},
     .spoil = spoil_broadcast},
    {.id = NULL},
};
