/* SPDX-License-Identifier: MIT
 *
 * A process without sockets. Windows has no limit of them that a process could reach, and answers
 * WSAEMFILE when its own memory for them is used up: so for a while every function that makes one
 * answers that. */
#include <winsock2.h>

#include "imports.h"
#include "peer.h"

#include <stdatomic.h>

static atomic_bool short_of_sockets;
static atomic_int spare; /* that can be had all the same */

typedef SOCKET(WSAAPI *make_plain)(int, int, int);
typedef SOCKET(WSAAPI *make_narrow)(int, int, int, LPWSAPROTOCOL_INFOA, GROUP, DWORD);
typedef SOCKET(WSAAPI *make_wide)(int, int, int, LPWSAPROTOCOL_INFOW, GROUP, DWORD);
typedef SOCKET(WSAAPI *take_plain)(SOCKET, struct sockaddr *, int *);
typedef SOCKET(WSAAPI *take_if)(SOCKET, struct sockaddr *, int *, LPCONDITIONPROC, DWORD_PTR);

static import_function plain, narrow, wide, accepting, accepting_if;

static bool refused(void)
{
    if (!atomic_load(&short_of_sockets) || atomic_fetch_sub(&spare, 1) > 0)
        return false;
    atomic_store(&spare, 0);
    WSASetLastError(WSAEMFILE);
    return true;
}

static SOCKET WSAAPI our_socket(int family, int type, int protocol)
{
    return refused() ? INVALID_SOCKET : ((make_plain)plain)(family, type, protocol);
}

static SOCKET WSAAPI our_socket_a(int family, int type, int protocol, LPWSAPROTOCOL_INFOA info,
                                  GROUP group, DWORD flags)
{
    return refused() ? INVALID_SOCKET
                     : ((make_narrow)narrow)(family, type, protocol, info, group, flags);
}

static SOCKET WSAAPI our_socket_w(int family, int type, int protocol, LPWSAPROTOCOL_INFOW info,
                                  GROUP group, DWORD flags)
{
    return refused() ? INVALID_SOCKET
                     : ((make_wide)wide)(family, type, protocol, info, group, flags);
}

static SOCKET WSAAPI our_accept(SOCKET listener, struct sockaddr *address, int *length)
{
    return refused() ? INVALID_SOCKET : ((take_plain)accepting)(listener, address, length);
}

static SOCKET WSAAPI our_accept_if(SOCKET listener, struct sockaddr *address, int *length,
                                   LPCONDITIONPROC condition, DWORD_PTR data)
{
    return refused() ? INVALID_SOCKET
                     : ((take_if)accepting_if)(listener, address, length, condition, data);
}

static void end(void *arg)
{
    (void)arg;
    peer_end_shortage(NULL);
}

struct peer_shortage *peer_exhaust_descriptors(struct check *c)
{
    static const char library[] = "ws2_32.dll";

    imports_replace(library, "socket", (import_function)our_socket, &plain);
    imports_replace(library, "WSASocketA", (import_function)our_socket_a, &narrow);
    imports_replace(library, "WSASocketW", (import_function)our_socket_w, &wide);
    imports_replace(library, "accept", (import_function)our_accept, &accepting);
    imports_replace(library, "WSAAccept", (import_function)our_accept_if, &accepting_if);
    atomic_store(&short_of_sockets, true);
    check_at_close(c, end, NULL);
    return NULL;
}

void peer_spare_descriptors(struct peer_shortage *shortage, int count)
{
    (void)shortage;
    atomic_store(&spare, count);
}

void peer_end_shortage(struct peer_shortage *shortage)
{
    (void)shortage;
    atomic_store(&short_of_sockets, false);
}
