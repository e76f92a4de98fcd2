/* SPDX-License-Identifier: MIT
 *
 * The program's own getaddrinfo comes before the system's for every library in the process, as malloc
 * would. */
#include "peer.h"
#include "peer_resolver.h"

#include <dlfcn.h>
#include <netdb.h>

LOOP_EXPORT int getaddrinfo(const char *restrict node, const char *restrict service,
                            const struct addrinfo *restrict hints,
                            struct addrinfo **restrict result)
{
    union {
        void *found;
        int (*call)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    } system = {.found = dlsym(RTLD_NEXT, "getaddrinfo")};
    int answer = EAI_FAIL;

    resolver_enter(node != NULL && (hints == NULL || (hints->ai_flags & AI_NUMERICHOST) == 0));
    if (system.found != NULL)
        answer = system.call(node, service, hints, result);
    resolver_leave();
    return answer;
}

void resolver_stand_before(void)
{
    /* The linker saw to it. */
}
