/* SPDX-License-Identifier: MIT
 *
 * The resolver of Windows, in either of the two spellings by which loops ask it. */
#include <winsock2.h>
#include <ws2tcpip.h>

#include "imports.h"
#include "peer_resolver.h"

typedef int(WSAAPI *ask_narrow)(PCSTR, PCSTR, const ADDRINFOA *, PADDRINFOA *);
typedef int(WSAAPI *ask_wide)(PCWSTR, PCWSTR, const ADDRINFOW *, PADDRINFOW *);

static import_function narrow, wide;

static int WSAAPI answer_narrow(PCSTR node, PCSTR service, const ADDRINFOA *hints,
                                PADDRINFOA *result)
{
    int answer;

    resolver_enter(node != NULL && (hints == NULL || (hints->ai_flags & AI_NUMERICHOST) == 0));
    answer = ((ask_narrow)narrow)(node, service, hints, result);
    resolver_leave();
    return answer;
}

static int WSAAPI answer_wide(PCWSTR node, PCWSTR service, const ADDRINFOW *hints,
                              PADDRINFOW *result)
{
    int answer;

    resolver_enter(node != NULL && (hints == NULL || (hints->ai_flags & AI_NUMERICHOST) == 0));
    answer = ((ask_wide)wide)(node, service, hints, result);
    resolver_leave();
    return answer;
}

void resolver_stand_before(void)
{
    imports_replace("ws2_32.dll", "getaddrinfo", (import_function)answer_narrow, &narrow);
    imports_replace("ws2_32.dll", "GetAddrInfoW", (import_function)answer_wide, &wide);
}
