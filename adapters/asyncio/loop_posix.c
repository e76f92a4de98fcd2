/* SPDX-License-Identifier: MIT
 *
 * The module that loopcheck loads: asks the chosen interpreter where its library is, loads it, and
 * has the bridge start it. The bridge is a module of its own, because it needs the library's symbols
 * when it is loaded. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "start.h"

extern char **environ;

static void complain(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
}

/* The folder of this module; "." if the system does not say. */
static void find_folder(char *folder, size_t size)
{
    Dl_info info;
    snprintf(folder, size, ".");
    if (dladdr(&environ, &info) == 0 || dladdr(__extension__(void *) loop_api_v1, &info) == 0)
        return;
    const char *slash = strrchr(info.dli_fname, '/');
    if (slash != NULL)
        snprintf(folder, size, "%.*s", (int)(slash - info.dli_fname), info.dli_fname);
}

static size_t read_all(int from, char *text, size_t size)
{
    size_t length = 0;
    while (length + 1 < size) {
        ssize_t count = read(from, text + length, size - 1 - length);
        if (count == 0 || (count < 0 && errno != EINTR))
            break;
        length += count < 0 ? 0 : (size_t)count;
    }
    text[length] = '\0';
    return length;
}

/* What `python script` prints; its exit code, or -1 after a message. */
static int run_script(const char *python, const char *script, char *text, size_t size)
{
    char *const arguments[] = {(char *)python, (char *)script, NULL};
    posix_spawn_file_actions_t actions;
    int ends[2], status = 0;
    pid_t process;
    if (pipe(ends) != 0) {
        complain(python, strerror(errno));
        return -1;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    int error = posix_spawnp(&process, python, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error == 0)
        read_all(ends[0], text, size);
    close(ends[0]);
    if (error != 0) {
        complain(python, strerror(error));
        return -1;
    }
    while (waitpid(process, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
}

/* Two lines: the program, and its shared library if it has one. */
static int find_library(const char *python, const char *folder, char *text, size_t size,
                        char **library)
{
    char script[4096];
    snprintf(script, sizeof script, "%s/loopcheck_asyncio/library.py", folder);
    int code = run_script(python, script, text, size);
    if (code == -1)
        return 0;
    char *end = strchr(text, '\n');
    if (code != 0 || end == NULL) {
        complain(python, "is no Python 3.7 or newer");
        return 0;
    }
    *end = '\0';
    *library = end + 1;
    (*library)[strcspn(*library, "\n")] = '\0';
    if (**library == '\0')
        complain(text, "has no shared libpython that could be loaded (on Debian: apt install "
                       "libpython3.X; elsewhere: a Python built with --enable-shared)");
    return **library != '\0';
}

const struct loop_api *loop_api_v1(void)
{
    static const struct loop_api *api;
    char folder[3072], bridge[4096], text[8192];
    char *library = NULL;
    const char *python = getenv("LOOPCHECK_PYTHON");
    start_function start = NULL;
    if (api != NULL)
        return api;
    if (python == NULL || *python == '\0')
        python = "python3";
    find_folder(folder, sizeof folder);
    if (!find_library(python, folder, text, sizeof text, &library))
        return NULL;
    snprintf(bridge, sizeof bridge, "%s/asyncio-bridge.so", folder);
    /* Global, because Python's extension modules look for its symbols there. */
    if (dlopen(library, RTLD_NOW | RTLD_GLOBAL) == NULL) {
        complain(library, dlerror());
        return NULL;
    }
    void *loaded = dlopen(bridge, RTLD_NOW | RTLD_LOCAL);
    void *symbol = loaded == NULL ? NULL : dlsym(loaded, START_SYMBOL);
    if (symbol == NULL) {
        complain(bridge, dlerror());
        return NULL;
    }
    memcpy(&start, &symbol, sizeof start);
    api = start(text, folder);
    return api;
}
