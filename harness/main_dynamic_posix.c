/* SPDX-License-Identifier: MIT
 *
 * The runner that loads a loop from a shared library. */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"
#include "text.h"

/* dlopen looks a bare name up in system directories; a file in this one is meant. */
static void make_path(char *to, size_t size, const char *path)
{
    text_print(to, size, "%s%s", strchr(path, '/') == NULL ? "./" : "", path);
}

static const struct loop_api *load(const char *path, char *error, size_t size)
{
    char full[4096];
    loop_api_function function = NULL;
    make_path(full, sizeof full, path);
    if (access(full, R_OK) != 0) {
        text_copy(error, size, strerror(errno));
        return NULL;
    }
    void *library = dlopen(full, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        text_print(error, size, "no shared library that can be loaded (%s)", dlerror());
        return NULL;
    }
    void *symbol = dlsym(library, LOOP_API_SYMBOL);
    /* POSIX lets a pointer from dlsym be a function's; ISO C has no cast for it. */
    memcpy(&function, &symbol, sizeof function);
    if (function == NULL) {
        text_print(error, size, "no adapter: it does not export %s()", LOOP_API_SYMBOL);
        return NULL;
    }
    const struct loop_api *api = function();
    if (api == NULL)
        text_print(error, size, "%s() returned NULL", LOOP_API_SYMBOL);
    return api;
}

int main(int argc, char **argv)
{
    static const struct loader loader = {.takes_path = true, .load = load};
    return runner_main(argc, argv, &loader);
}
