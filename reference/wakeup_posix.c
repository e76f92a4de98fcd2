/* SPDX-License-Identifier: MIT
 *
 * A pipe to oneself. When it is full the loop is awake already, so that a byte more says nothing.
 */
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int prepare(int fd)
{
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return errno;
    return 0;
}

int wakeup_open(struct wakeup *wakeup)
{
    int ends[2], error;

    if (pipe(ends) < 0)
        return errno;
    wakeup->receiver = ends[0];
    wakeup->sender = ends[1];
    error = prepare(ends[0]);
    if (error == 0)
        error = prepare(ends[1]);
    if (error != 0)
        wakeup_close(wakeup);
    return error;
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
