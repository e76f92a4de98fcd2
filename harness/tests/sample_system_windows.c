/* SPDX-License-Identifier: MIT */
#include <windows.h>

#include "sample_system.h"

struct call {
    void (*body)(void *arg);
    void *arg;
};

static DWORD WINAPI run_call(void *arg)
{
    struct call *call = arg;
    call->body(call->arg);
    return 0;
}

void sample_in_thread(void (*body)(void *arg), void *arg)
{
    struct call call = {body, arg};
    HANDLE thread = CreateThread(NULL, 0, run_call, &call, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

static void leaves_handle(struct check *c)
{
    EXPECT(c, CreateEventA(NULL, FALSE, FALSE, NULL) != NULL, "no event");
}

static void leaves_open_file(struct check *c)
{
    char path[1024];
    GetModuleFileNameA(NULL, path, sizeof path);
    HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    EXPECT(c, file != INVALID_HANDLE_VALUE, "no file");
}

static const struct check_definition definitions[] = {
    {"ends.leaves-handle", leaves_handle, MUST, {NULL}, 0},
    {"ends.leaves-open-file", leaves_open_file, MUST, {NULL}, 0},
};
CHECK_AREA_PART(ends, system, definitions);
