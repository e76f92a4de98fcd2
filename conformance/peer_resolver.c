/* SPDX-License-Identifier: MIT
 *
 * A resolver that can be held up. */
#include "peer_resolver.h"

#include <stdatomic.h>

#include "peer.h"

static atomic_bool held;
static atomic_int waiting, inside;

void resolver_enter(bool asks_server)
{
    atomic_fetch_add(&inside, 1);
    if (!asks_server)
        return;
    atomic_fetch_add(&waiting, 1);
    while (atomic_load(&held))
        check_block(MILLISECONDS(1));
    atomic_fetch_sub(&waiting, 1);
}

void resolver_leave(void)
{
    atomic_fetch_sub(&inside, 1);
}

/* A thread that nobody waits for would look like the loop's, and so would the files that it opens. */
static void let_go(void *arg)
{
    (void)arg;
    peer_let_resolve();
    while (atomic_load(&inside) > 0)
        check_block(MILLISECONDS(1));
}

void peer_hold_resolver(struct check *c)
{
    resolver_stand_before();
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
