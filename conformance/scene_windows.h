/* SPDX-License-Identifier: MIT
 *
 * What the files of the scene on Windows share. */
#ifndef LOOPCHECK_SCENE_WINDOWS_H
#define LOOPCHECK_SCENE_WINDOWS_H

#include "net.h"
#include "scene.h"

#include <windows.h>

/* Room for a path in wide characters. */
enum { WIDE = 1024 };

/* "the system's words", until the next call. */
const char *windows_text(DWORD error);

#define WINDOWS_MUST(c, condition, what)                                                           \
    EXPECT(c, condition, "%s: %s", (what), windows_text(GetLastError()))

/* What the scene closes at the end, and how. */
loop_fd scene_own_handle(struct check *c, HANDLE handle, const char *what);

bool scene_is_socket(loop_fd fd);

/* How many files, sockets and pipes this process has open. */
int scene_count_handles(void);

/* The check's directory with a name in it. */
void scene_wide_path(struct check *c, const char *name, wchar_t path[WIDE]);

#endif
