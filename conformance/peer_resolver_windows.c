/* SPDX-License-Identifier: MIT
 *
 * A resolver that can be held up, in either of the two spellings by which loops ask it. */
#include <winsock2.h>
#include <ws2tcpip.h>

#include "imports.h"
#include "peer.h"

#include <stdatomic.h>

static atomic_bool held;
static atomic_int waiting, inside;

typedef int(WSAAPI *ask_narrow)(PCSTR, PCSTR, const ADDRINFOA *, PADDRINFOA *);
typedef int(WSAAPI *ask_wide)(PCWSTR, PCWSTR, const ADDRINFOW *, PADDRINFOW *);

static import_function narrow, wide;

/* No server is asked about an address. */
static void wait_for_server(bool name, int flags)
{
    if (!name || (flags & AI_NUMERICHOST) != 0)
        return;
    atomic_fetch_add(&waiting, 1);
    while (atomic_load(&held))
        check_block(MILLISECONDS(1));
    atomic_fetch_sub(&waiting, 1);
}

static int WSAAPI answer_narrow(PCSTR node, PCSTR service, const ADDRINFOA *hints,
                                PADDRINFOA *result)
{
    int answer;

    atomic_fetch_add(&inside, 1);
    wait_for_server(node != NULL, hints == NULL ? 0 : hints->ai_flags);
    answer = ((ask_narrow)narrow)(node, service, hints, result);
    atomic_fetch_sub(&inside, 1);
    return answer;
}

static int WSAAPI answer_wide(PCWSTR node, PCWSTR service, const ADDRINFOW *hints,
                              PADDRINFOW *result)
{
    int answer;

    atomic_fetch_add(&inside, 1);
    wait_for_server(node != NULL, hints == NULL ? 0 : hints->ai_flags);
    answer = ((ask_wide)wide)(node, service, hints, result);
    atomic_fetch_sub(&inside, 1);
    return answer;
}

/* A thread that nobody waits for would look like the loop's. */
static void let_go(void *arg)
{
    (void)arg;
    peer_let_resolve();
    while (atomic_load(&inside) > 0)
        check_block(MILLISECONDS(1));
}

void peer_hold_resolver(struct check *c)
{
    imports_replace("ws2_32.dll", "getaddrinfo", (import_function)answer_narrow, &narrow);
    imports_replace("ws2_32.dll", "GetAddrInfoW", (import_function)answer_wide, &wide);
    atomic_store(&held, true);
    check_at_close(c, let_go, NULL);
}

void peer_let_resolve(void)
{
    atomic_store(&held, false);
}

bool peer_is_resolving(void)
{
    return atomic_load(&waiting) > 0;
}
