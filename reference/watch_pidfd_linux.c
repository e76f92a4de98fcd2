/* SPDX-License-Identifier: MIT
 *
 * Linux from 5.3 on: a descriptor that is readable once its process has ended. */
#include "watch.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

struct pidfd_watch {
    struct watch base;
    int fd;
};

static int open_pidfd(int64_t pid)
{
    return (int)syscall(SYS_pidfd_open, (pid_t)pid, 0U); /* not inherited */
}

static bool usable(void)
{
    int fd = open_pidfd(getpid());

    if (fd < 0)
        return errno != ENOSYS && errno != EPERM; /* the latter from a sandbox */
    close(fd);
    return true;
}

static loop_status start(struct watch *watch)
{
    struct pidfd_watch *w = (struct pidfd_watch *)watch;
    loop_status status;

    w->fd = open_pidfd(watch->child.pid);
    if (w->fd < 0)
        return loop_fail(watch->loop, errno);
    status = descriptors_watch(watch->loop, w->fd, READER, watch->look);
    if (status != LOOP_OK)
        close(w->fd);
    return status;
}

static void stop(struct watch *watch)
{
    struct pidfd_watch *w = (struct pidfd_watch *)watch;

    descriptors_unwatch(watch->loop, w->fd, READER);
    close(w->fd);
}

const struct watcher watcher_pidfd = {usable, sizeof(struct pidfd_watch), start, stop};
