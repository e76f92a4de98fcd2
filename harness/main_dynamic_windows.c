/* SPDX-License-Identifier: MIT
 *
 * The runner that loads a loop from a DLL. */
#include <string.h>
#include <windows.h>

#include "runner.h"
#include "text.h"
#include "workers_windows.h"

static const struct loop_api *load(const char *path, char *error, size_t size)
{
    char full[PATH_ROOM];
    loop_api_function function = NULL;
    DWORD length = GetFullPathNameA(path, sizeof full, full, NULL);
    if (length == 0 || length >= sizeof full ||
        GetFileAttributesA(full) == INVALID_FILE_ATTRIBUTES) {
        windows_error(error, size, GetLastError());
        return NULL;
    }
    /* What the library needs may lie beside it. */
    HMODULE library = LoadLibraryExA(full, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (library == NULL) {
        char reason[400];
        windows_error(reason, sizeof reason, GetLastError());
        text_print(error, size, "no DLL that can be loaded: %s", reason);
        return NULL;
    }
    FARPROC symbol = GetProcAddress(library, LOOP_API_SYMBOL);
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
