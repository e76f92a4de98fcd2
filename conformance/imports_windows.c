/* SPDX-License-Identifier: MIT
 *
 * Each module has a table of the addresses of what it imports, which its calls go through. */
#include "imports.h"

#include <psapi.h>
#include <string.h>

static void replace_one(ULONG_PTR *entry, ULONG_PTR theirs, ULONG_PTR ours)
{
    DWORD before;

    if (*entry != theirs || !VirtualProtect(entry, sizeof *entry, PAGE_READWRITE, &before))
        return;
    *entry = ours;
    VirtualProtect(entry, sizeof *entry, before, &before);
}

static void replace_in(HMODULE module, ULONG_PTR theirs, ULONG_PTR ours)
{
    char *base = (char *)module;
    const IMAGE_DOS_HEADER *start = (const void *)base;
    const IMAGE_NT_HEADERS *headers = (const void *)(base + start->e_lfanew);
    DWORD at = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;
    const IMAGE_IMPORT_DESCRIPTOR *library = (const void *)(base + at);

    for (; at != 0 && library->FirstThunk != 0; library++) {
        for (ULONG_PTR *entry = (void *)(base + library->FirstThunk); *entry != 0; entry++)
            replace_one(entry, theirs, ours);
    }
}

void imports_replace(const char *library, const char *name, import_function ours,
                     import_function *theirs)
{
    HMODULE modules[512];
    DWORD size = 0;
    FARPROC found;

    if (*theirs == NULL) {
        found = GetProcAddress(GetModuleHandleA(library), name);
        memcpy((void *)theirs, (void *)&found, sizeof found);
    }
    if (!EnumProcessModules(GetCurrentProcess(), modules, sizeof modules, &size))
        return;
    for (DWORD i = 0; i < size / sizeof *modules && i < sizeof modules / sizeof *modules; i++)
        replace_in(modules[i], (ULONG_PTR)*theirs, (ULONG_PTR)ours);
}
