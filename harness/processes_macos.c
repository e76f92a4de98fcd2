/* SPDX-License-Identifier: MIT
 *
 * Threads are not counted: the system's libraries start some, and keep them, behind a program's
 * back. */
#include <libproc.h>
#include <string.h>
#include <unistd.h>

#include "holdings.h"
#include "text.h"

size_t holdings_threads(char *names, size_t size)
{
    text_copy(names, size, "");
    return 1;
}

size_t holdings_child_numbers(int *numbers, size_t room)
{
    int bytes =
        proc_listpids(PROC_PPID_ONLY, (uint32_t)getpid(), numbers, (int)(room * sizeof *numbers));
    return bytes < 0 ? 0 : (size_t)bytes / sizeof *numbers;
}

void holdings_children(char *names, size_t size)
{
    int numbers[64];
    size_t count = holdings_child_numbers(numbers, sizeof numbers / sizeof *numbers);
    names[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        char line[64] = "";
        char name[256];
        proc_name(numbers[i], line, sizeof line);
        text_escape(name, sizeof name, line, strlen(line));
        text_append(names, size, "%s%d (%s)", i == 0 ? "" : ", ", numbers[i], name);
    }
}
