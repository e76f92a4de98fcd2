/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

/* A socket that libuv itself opened stays open if its number is 0. */
int main(void)
{
    uv_tcp_t socket_of_libuv;

    close(0);
    if (uv_loop_init(uv_default_loop()) != 0) /* which takes none of the three by now */
        return 2;
    close(0);
    if (uv_tcp_init_ex(uv_default_loop(), &socket_of_libuv, AF_INET) != 0)
        return 2;
    uv_close((uv_handle_t *)&socket_of_libuv, NULL);
    uv_run(uv_default_loop(), UV_RUN_NOWAIT);
    return fcntl(0, F_GETFD) >= 0 ? 0 : 1;
}
