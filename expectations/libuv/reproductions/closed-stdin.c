/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

static void in_child(void)
{
    const struct rlimit none = {0, 0};
    uv_loop_t loop;

    setrlimit(RLIMIT_CORE, &none);
    close(0);
    if (uv_loop_init(&loop) == 0)
        uv_loop_close(&loop);
    _exit(0);
}

/* A loop one of whose descriptors is 0 aborts when it is closed. */
int main(void)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0)
        in_child();
    if (waitpid(child, &status, 0) != child)
        return 2;
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? 0 : 1;
}
