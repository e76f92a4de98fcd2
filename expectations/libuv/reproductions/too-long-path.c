/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

/* A path that does not fit is cut, and what is left of it is served. */
int main(void)
{
    char path[200], cut[108];
    uv_pipe_t server;
    int status;

    memset(path, 'x', sizeof path);
    snprintf(path, 32, "/tmp/libuv-%d-", (int)getpid());
    path[strlen(path)] = 'x';
    path[sizeof path - 1] = '\0';
    uv_pipe_init(uv_default_loop(), &server, 0);
    status = uv_pipe_bind(&server, path);
    memcpy(cut, path, sizeof cut - 1);
    cut[sizeof cut - 1] = '\0';
    return status == 0 && unlink(cut) == 0 ? 0 : 1;
}
