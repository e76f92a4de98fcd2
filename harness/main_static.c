/* SPDX-License-Identifier: MIT
 *
 * The runner with a loop that is linked into it. */
#include "runner.h"

static const struct loop_api *load(const char *path, char *error, size_t size)
{
    (void)path;
    (void)error;
    (void)size;
    return loop_api_v1();
}

int main(int argc, char **argv)
{
    static const struct loader loader = {.takes_path = false, .load = load};
    return runner_main(argc, argv, &loader);
}
