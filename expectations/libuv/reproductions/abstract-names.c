/* SPDX-License-Identifier: MIT */
#include <uv.h>

/* A name is a C string, which cannot begin with NUL; uv_pipe_bind2 of 1.46 takes a length. */
int main(void)
{
    return uv_version() < (1 << 16 | 46 << 8) ? 0 : 1;
}
