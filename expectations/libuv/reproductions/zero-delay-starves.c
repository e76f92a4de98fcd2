/* SPDX-License-Identifier: MIT */
#include <uv.h>

enum { MANY = 10000 };
static int calls, checks;

static void again(uv_timer_t *timer)
{
    if (++calls < MANY)
        uv_timer_start(timer, again, 0, 0);
}

static void check_call(uv_check_t *check)
{
    checks++;
    uv_check_stop(check);
}

/* A timer that starts itself again with 0 lets nothing else come. */
int main(void)
{
    uv_timer_t timer;
    uv_check_t check;

    uv_timer_init(uv_default_loop(), &timer);
    uv_check_init(uv_default_loop(), &check);
    uv_check_start(&check, check_call);
    uv_timer_start(&timer, again, 0, 0);
    uv_run(uv_default_loop(), UV_RUN_NOWAIT);
    return calls == MANY && checks <= 1 ? 0 : 1;
}
