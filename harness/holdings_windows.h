/* SPDX-License-Identifier: MIT
 *
 * What snapshot_windows.c asks of Windows: the handles and threads of this process. */
#ifndef LOOPCHECK_HOLDINGS_WINDOWS_H
#define LOOPCHECK_HOLDINGS_WINDOWS_H

#include <stddef.h>
#include <windows.h>

struct held_handle {
    ULONG_PTR value;
    const char *kind; /* the system's word: "File", "Event" */
};

/* The open handles of this process in rising order, in memory to be freed; NULL and no count where
 * the system does not tell. */
struct held_handle *holdings_handles(size_t *count);

/* What a handle stands for, beyond its kind: "socket", "pipe", "file"... */
void holdings_describe(const struct held_handle *handle, char *text, size_t size);

/* The threads of this process but those of the system's own pools, as "12, 13"; how many. In
 * *of_system how many the pools have, unless it is NULL. */
size_t holdings_threads(char *numbers, size_t size, size_t *of_system);

#endif
