/* SPDX-License-Identifier: MIT */
#include "holdings.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

static int compare_numbers(const void *left, const void *right)
{
    int a = *(const int *)left;
    int b = *(const int *)right;
    return (a > b) - (a < b);
}

size_t holdings_descriptors(int *numbers, size_t room)
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (directory == NULL)
        return 0;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        int number = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && number != dirfd(directory) && count < room)
            numbers[count++] = number;
    }
    closedir(directory);
    qsort(numbers, count, sizeof *numbers, compare_numbers);
    return count;
}

bool holdings_describe(int descriptor, char *text, size_t size)
{
    char path[64];
    text_print(path, sizeof path, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(path, text, size - 1);
    text[length < 0 ? 0 : length] = '\0';
    return length >= 0 || errno != ENOENT;
}

static void read_line(const char *path, char *line, size_t size)
{
    FILE *file = fopen(path, "re");
    line[0] = '\0';
    if (file == NULL)
        return;
    if (fgets(line, (int)size, file) == NULL)
        line[0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    fclose(file);
}

size_t holdings_threads(char *names, size_t size)
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/task");
    names[0] = '\0';
    if (directory == NULL)
        return 1;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        char path[300];
        char name[64];
        if (entry->d_name[0] == '.')
            continue;
        count++;
        if (atoi(entry->d_name) == (int)getpid())
            continue;
        text_print(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        read_line(path, name, sizeof name);
        text_append(names, size, "%s%s", names[0] == '\0' ? "" : ", ", name);
    }
    closedir(directory);
    return count;
}

static size_t children_of_thread(const char *thread, int *numbers, size_t room)
{
    char path[300];
    size_t count = 0;
    int number;
    text_print(path, sizeof path, "/proc/self/task/%s/children", thread);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    while (count < room && fscanf(file, "%d", &number) == 1)
        numbers[count++] = number;
    fclose(file);
    return count;
}

size_t holdings_child_numbers(int *numbers, size_t room)
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/task");
    if (directory == NULL)
        return 0;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        if (entry->d_name[0] != '.')
            count += children_of_thread(entry->d_name, numbers + count, room - count);
    }
    closedir(directory);
    return count;
}

void holdings_children(char *names, size_t size)
{
    int numbers[64];
    size_t count = holdings_child_numbers(numbers, sizeof numbers / sizeof *numbers);
    names[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        char path[64];
        char line[64];
        char name[256];
        text_print(path, sizeof path, "/proc/%d/comm", numbers[i]);
        read_line(path, line, sizeof line);
        text_escape(name, sizeof name, line, strlen(line));
        text_append(names, size, "%s%d (%s)", i == 0 ? "" : ", ", numbers[i], name);
    }
}
