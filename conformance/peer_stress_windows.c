/* SPDX-License-Identifier: MIT
 *
 * Peers that never pause. */
#include "net.h"
#include "peer.h"

#include <stdatomic.h>

struct peer_flood {
    struct check *check;
    struct scene_thread *thread;
    loop_fd fd;
    atomic_bool ends;
};

static void flood(void *arg)
{
    static const char bytes[65536];
    struct peer_flood *f = arg;

    while (!atomic_load(&f->ends)) {
        WSAPOLLFD entry = {.fd = (SOCKET)f->fd, .events = POLLOUT};

        if (net_send((SOCKET)f->fd, bytes, sizeof bytes) >= 0)
            continue;
        if (!net_later(net_error()))
            return;
        net_wait(&entry, 10);
    }
}

struct peer_flood *peer_flood(struct check *c, loop_fd fd)
{
    struct peer_flood *f = check_alloc(c, sizeof *f);

    f->check = c;
    f->fd = fd;
    f->thread = scene_start(c, flood, f);
    return f;
}

void peer_flood_end(struct peer_flood *f)
{
    atomic_store(&f->ends, true);
    scene_join(f->check, f->thread);
}
