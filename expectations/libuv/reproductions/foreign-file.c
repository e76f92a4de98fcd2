/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>
#include <uv.h>

/* Closing a server removes whatever lies at its path by then. */
int main(void)
{
    char path[64];
    uv_pipe_t server;
    FILE *file;

    snprintf(path, sizeof path, "/tmp/libuv-%d", (int)getpid());
    uv_pipe_init(uv_default_loop(), &server, 0);
    if (uv_pipe_bind(&server, path) != 0 || unlink(path) != 0)
        return 2;
    file = fopen(path, "w");
    if (!file || fclose(file) != 0)
        return 2;
    uv_close((uv_handle_t *)&server, NULL);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return unlink(path) == 0 ? 1 : 0;
}
