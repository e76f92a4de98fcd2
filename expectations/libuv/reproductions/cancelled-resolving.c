/* SPDX-License-Identifier: MIT */
#include <uv.h>

static int completed;

static void resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
    (void)request;
    (void)status;
    completed++;
    uv_freeaddrinfo(found);
}

/* What a thread has begun with cannot be cancelled. */
int main(void)
{
    uv_getaddrinfo_t request;

    if (uv_getaddrinfo(uv_default_loop(), &request, resolved, "localhost", NULL, NULL) != 0)
        return 2;
    uv_sleep(100);
    if (completed > 0 || uv_cancel((uv_req_t *)&request) != UV_EBUSY)
        return 1;
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return 0;
}
