/* SPDX-License-Identifier: MIT
 *
 * A function of the system, replaced for the whole process: on Windows a program's own does not come
 * before the system's by its name alone. */
#ifndef LOOPCHECK_IMPORTS_H
#define LOOPCHECK_IMPORTS_H

#include <windows.h>

typedef void (*import_function)(void);

/* From now on `ours` is called by every module loaded by now that imports `name` of `library`, which
 * is loaded. In *theirs, if it is not yet there, the system's own. What a module asks
 * GetProcAddress for stays the system's. */
void imports_replace(const char *library, const char *name, import_function ours,
                     import_function *theirs);

#endif
