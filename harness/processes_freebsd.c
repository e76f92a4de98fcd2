/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysctl.h>
#include <sys/types.h>
#include <sys/user.h>
#include <unistd.h>

#include "holdings.h"
#include "text.h"

size_t holdings_threads(char *names, size_t size)
{
    const int question[] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, (int)getpid()};
    struct kinfo_proc self;
    size_t length = sizeof self;
    text_copy(names, size, "");
    if (sysctl(question, 4, &self, &length, NULL, 0) != 0 || self.ki_numthreads < 1)
        return 1;
    return (size_t)self.ki_numthreads;
}

/* All processes, to be freed; NULL without memory. One that starts meanwhile may be missed. */
static struct kinfo_proc *list_processes(size_t *count)
{
    const int question[] = {CTL_KERN, KERN_PROC, KERN_PROC_PROC};
    size_t length = 0;
    if (sysctl(question, 3, NULL, &length, NULL, 0) != 0)
        return NULL;
    length += length / 4;
    struct kinfo_proc *all = malloc(length);
    if (all != NULL && sysctl(question, 3, all, &length, NULL, 0) != 0)
        length = 0;
    *count = length / sizeof *all;
    return all;
}

static bool is_child(const struct kinfo_proc *process)
{
    return process->ki_ppid == getpid();
}

size_t holdings_child_numbers(int *numbers, size_t room)
{
    size_t count = 0;
    size_t found = 0;
    struct kinfo_proc *all = list_processes(&count);
    for (size_t i = 0; all != NULL && i < count && found < room; i++) {
        if (is_child(&all[i]))
            numbers[found++] = (int)all[i].ki_pid;
    }
    free(all);
    return found;
}

void holdings_children(char *names, size_t size)
{
    size_t count = 0;
    struct kinfo_proc *all = list_processes(&count);
    names[0] = '\0';
    for (size_t i = 0; all != NULL && i < count; i++) {
        char name[256];
        if (!is_child(&all[i]))
            continue;
        text_escape(name, sizeof name, all[i].ki_comm, strlen(all[i].ki_comm));
        text_append(names, size, "%s%d (%s)", names[0] == '\0' ? "" : ", ", (int)all[i].ki_pid,
                    name);
    }
    free(all);
}
