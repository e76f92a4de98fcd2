/* SPDX-License-Identifier: MIT */
#include "pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

int pipe_sort(loop_fd fd, enum pipe_sort *sort)
{
    struct stat status;

    if (fstat((int)fd, &status) < 0)
        return errno;
    if (S_ISFIFO(status.st_mode))
        *sort = PIPE_FIFO;
    else if (S_ISSOCK(status.st_mode))
        *sort = PIPE_SOCKET;
    else if (S_ISCHR(status.st_mode))
        *sort = PIPE_DEVICE;
    else
        *sort = PIPE_NEITHER;
    return 0;
}

/* What comes nearest to it here: nobody waits in what it is asked for. */
bool pipe_overlaps(loop_fd fd)
{
    int flags = fcntl((int)fd, F_GETFL);

    return flags < 0 || (flags & O_NONBLOCK) != 0;
}

int pipe_adopt(struct loop *loop, loop_fd fd)
{
    int flags = fcntl((int)fd, F_GETFL);

    (void)loop;
    return flags < 0 || fcntl((int)fd, F_SETFL, flags | O_NONBLOCK) < 0 ? errno : 0;
}

static int receive(struct loop_transport *t, void *data, size_t length, size_t *count)
{
    ssize_t got;

    do
        got = read((int)t->fd, data, length);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return errno == EWOULDBLOCK ? EAGAIN : errno;
    *count = (size_t)got;
    return 0;
}

static bool is_pending(int signum)
{
    sigset_t pending;

    return sigpending(&pending) == 0 && sigismember(&pending, signum) == 1;
}

/* SIGPIPE goes to the thread that writes: it is held back there, and taken if the write raised it.
 */
static int send_some(struct loop_transport *t, const void *data, size_t length, size_t *count)
{
    bool was_pending = is_pending(SIGPIPE);
    sigset_t broken, before;
    ssize_t written;
    int error = 0, signum;

    sigemptyset(&broken);
    sigaddset(&broken, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken, &before);
    do
        written = write((int)t->fd, data, length);
    while (written < 0 && errno == EINTR);
    if (written < 0)
        error = errno == EWOULDBLOCK ? EAGAIN : errno;
    if (error == EPIPE && !was_pending && is_pending(SIGPIPE))
        sigwait(&broken, &signum);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0)
        *count = (size_t)written;
    return error;
}

const struct carrier pipe_carrier = {.send = send_some, .receive = receive};

/* A device cannot tell whether anybody reads: to be readable means that it has input. */
bool pipe_tells_of_reader(loop_fd fd)
{
    enum pipe_sort sort = PIPE_DEVICE;

    return pipe_sort(fd, &sort) == 0 && sort != PIPE_DEVICE;
}

/* A socket that can be read is at its end, or has bytes that nobody asked for. A pipe's writing end
 * can be read only when it is broken, but for one that was opened for both. */
bool pipe_reader_gone(struct loop_transport *t)
{
    struct pollfd state = {.fd = (int)t->fd};
    ssize_t got;
    char byte;

    got = recv((int)t->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got >= 0 || errno != ENOTSOCK)
        return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
    return poll(&state, 1, 0) > 0 && (state.revents & (POLLERR | POLLHUP));
}
