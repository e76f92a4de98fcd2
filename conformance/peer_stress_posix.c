/* SPDX-License-Identifier: MIT
 *
 * Peers that never pause, and a process without descriptors. */
#include "peer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

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
    struct pollfd entry = {.fd = (int)f->fd, .events = POLLOUT};

    while (!atomic_load(&f->ends)) {
        ssize_t sent = send((int)f->fd, bytes, sizeof bytes, MSG_NOSIGNAL);

        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return;
        if (sent < 0)
            poll(&entry, 1, 10);
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

enum { MOST = 512 };

struct peer_shortage {
    struct rlimit before;
    int fds[MOST];
    int count, spared; /* the first ones */
};

/* Only those up to a little above what is open now, so that not too many must be taken. */
struct peer_shortage *peer_exhaust_descriptors(struct check *c)
{
    struct peer_shortage *s = check_alloc(c, sizeof *s);
    struct rlimit lower;
    int first = open("/dev/null", O_RDWR | O_CLOEXEC);

    EXPECT(c, first >= 0 && getrlimit(RLIMIT_NOFILE, &s->before) == 0, "%s", strerror(errno));
    lower = s->before;
    lower.rlim_cur = (rlim_t)first + 64;
    EXPECT(c, setrlimit(RLIMIT_NOFILE, &lower) == 0, "setrlimit: %s", strerror(errno));
    s->fds[s->count++] = first;
    while (s->count < MOST && (s->fds[s->count] = fcntl(first, F_DUPFD_CLOEXEC, 0)) >= 0)
        s->count++;
    if (errno != EMFILE)
        check_skip(c, "the descriptors of this process cannot be used up");
    return s;
}

void peer_spare_descriptors(struct peer_shortage *s, int count)
{
    while (count-- > 0 && s->spared < s->count)
        close(s->fds[s->spared++]);
}

void peer_end_shortage(struct peer_shortage *s)
{
    setrlimit(RLIMIT_NOFILE, &s->before);
    while (s->spared < s->count)
        close(s->fds[s->spared++]);
}
