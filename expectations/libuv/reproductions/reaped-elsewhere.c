/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>
#include <uv.h>

static int exits;

static void on_exit_of(uv_process_t *process, int64_t code, int signum)
{
    (void)process, (void)code, (void)signum;
    exits++;
}

static void on_timer(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

/* The exit of a child that somebody else has reaped is never told. */
int main(void)
{
    char shell[] = "/bin/sh", option[] = "-c", nothing[] = ":";
    char *arguments[] = {shell, option, nothing, NULL};
    uv_process_options_t options = {.exit_cb = on_exit_of, .file = shell, .args = arguments};
    uv_loop_t *loop = uv_default_loop();
    uv_process_t process;
    uv_timer_t timer;

    if (uv_spawn(loop, &process, &options) != 0 || waitpid(process.pid, NULL, 0) != process.pid)
        return 2;
    uv_timer_init(loop, &timer);
    uv_timer_start(&timer, on_timer, 1000, 0);
    uv_run(loop, UV_RUN_DEFAULT);
    return exits == 0 ? 0 : 1;
}
