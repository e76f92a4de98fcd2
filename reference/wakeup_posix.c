/* SPDX-License-Identifier: MIT
 *
 * A pipe to oneself. When it is full the loop is awake already, so that a byte more says nothing.
 */
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void prepare(int fd)
{
    fcntl(fd, F_SETFL, O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int wakeup_open(struct wakeup *wakeup)
{
    int ends[2];

    if (pipe(ends) < 0)
        return errno;
    wakeup->receiver = ends[0];
    wakeup->sender = ends[1];
    prepare(ends[0]);
    prepare(ends[1]);
    return 0;
}

void wakeup_close(struct wakeup *wakeup)
{
    close((int)wakeup->receiver);
    close((int)wakeup->sender);
}

void wakeup_send(loop_fd sender)
{
    ssize_t sent;

    do
        sent = write((int)sender, "", 1);
    while (sent < 0 && errno == EINTR);
}

void wakeup_receive(struct wakeup *wakeup)
{
    char bytes[1024];
    ssize_t got;

    do
        got = read((int)wakeup->receiver, bytes, sizeof bytes);
    while (got == (ssize_t)sizeof bytes || (got < 0 && errno == EINTR));
}
