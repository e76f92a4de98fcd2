/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

static int open_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 64; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* A loop that cannot be opened for lack of descriptors keeps one. */
int main(void)
{
    struct rlimit limit;
    uv_loop_t loop;
    int before, leaks = 0;

    if (uv_loop_init(uv_default_loop()) != 0) /* what libuv opens once for the process */
        return 2;
    before = open_descriptors();
    getrlimit(RLIMIT_NOFILE, &limit);
    for (int more = 0; more < 12; more++) {
        limit.rlim_cur = (rlim_t)(before + more);
        setrlimit(RLIMIT_NOFILE, &limit);
        if (uv_loop_init(&loop) == 0)
            break;
        leaks = open_descriptors() - before;
        if (leaks > 0)
            break;
    }
    return leaks > 0 ? 0 : 1;
}
