/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>

#include "machine.h"
#include "text.h"

/* The second number of a thread's schedstat: how long it was ready to run, and did not. */
static int64_t delay_of_thread(int64_t process, const char *thread)
{
    char path[400];
    int64_t ran = 0;
    int64_t waited = 0;
    text_print(path, sizeof path, "/proc/%" PRId64 "/task/%s/schedstat", process, thread);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    int count = fscanf(file, "%" SCNd64 " %" SCNd64, &ran, &waited);
    fclose(file);
    return count == 2 ? waited : 0;
}

int64_t machine_delay(int64_t process)
{
    char path[64];
    int64_t delay = 0;
    text_print(path, sizeof path, "/proc/%" PRId64 "/task", process);
    DIR *directory = opendir(path);
    if (directory == NULL)
        return 0;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        if (entry->d_name[0] != '.')
            delay += delay_of_thread(process, entry->d_name);
    }
    closedir(directory);
    return delay;
}
