/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

static void in_child(void)
{
    const struct rlimit none = {0, 0};
    char *argv[] = {"true", NULL};
    uv_loop_t *loop = uv_default_loop();
    uv_stdio_container_t stdio = {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE};
    uv_process_options_t options = {
        .file = "true", .args = argv, .stdio = &stdio, .stdio_count = 1};
    uv_process_t process;
    uv_pipe_t pipe;

    setrlimit(RLIMIT_CORE, &none);
    uv_pipe_init(loop, &pipe, 0);
    stdio.data.stream = (uv_stream_t *)&pipe;
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    uv_spawn(loop, &process, &options);
    _exit(0);
}

/* A child with a pipe, started by a process that has none of the three, aborts that process. */
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
