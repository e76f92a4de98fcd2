/* SPDX-License-Identifier: MIT */
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

static int status_told, calls;

static void polled(uv_poll_t *poll, int status, int events)
{
    (void)events;
    calls++;
    status_told = status;
    uv_stop(poll->loop);
}

/* A socket with a pending error is reported as EBADF, and not watched any more. */
int main(void)
{
    struct sockaddr_in peer = {.sin_family = AF_INET};
    socklen_t length = sizeof peer;
    int fd = socket(AF_INET, SOCK_DGRAM, 0), port = socket(AF_INET, SOCK_DGRAM, 0);
    uv_poll_t poll;

    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(port, (struct sockaddr *)&peer, sizeof peer) != 0 ||
        getsockname(port, (struct sockaddr *)&peer, &length) != 0 ||
        connect(fd, (struct sockaddr *)&peer, length) != 0)
        return 2;
    close(port);
    uv_poll_init(uv_default_loop(), &poll, fd);
    uv_poll_start(&poll, UV_READABLE, polled);
    if (send(fd, "x", 1, 0) != 1)
        return 2;
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return calls == 1 && status_told == UV_EBADF && !uv_is_active((uv_handle_t *)&poll) ? 0 : 1;
}
