/* SPDX-License-Identifier: MIT
 *
 * A resolver that can be held up. The program's own getaddrinfo comes before the system's for every
 * library in the process, as malloc would. */
#include "peer.h"

#include <dlfcn.h>
#include <netdb.h>
#include <stdatomic.h>

static atomic_bool held;
static atomic_int waiting, inside;

static void wait_for_server(void)
{
    atomic_fetch_add(&waiting, 1);
    while (atomic_load(&held))
        check_block(MILLISECONDS(1));
    atomic_fetch_sub(&waiting, 1);
}

/* No server is asked about an address. */
LOOP_EXPORT int getaddrinfo(const char *restrict node, const char *restrict service,
                            const struct addrinfo *restrict hints,
                            struct addrinfo **restrict result)
{
    union {
        void *found;
        int (*call)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    } system = {.found = dlsym(RTLD_NEXT, "getaddrinfo")};

    int answer = EAI_FAIL;

    atomic_fetch_add(&inside, 1);
    if (node != NULL && (hints == NULL || (hints->ai_flags & AI_NUMERICHOST) == 0))
        wait_for_server();
    if (system.found != NULL)
        answer = system.call(node, service, hints, result);
    atomic_fetch_sub(&inside, 1);
    return answer;
}

/* A thread that nobody waits for has files open meanwhile, which would look like the loop's. */
static void let_go(void *arg)
{
    (void)arg;
    peer_let_resolve();
    while (atomic_load(&inside) > 0)
        check_block(MILLISECONDS(1));
}

void peer_hold_resolver(struct check *c)
{
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
