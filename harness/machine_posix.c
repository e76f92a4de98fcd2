/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "text.h"
#include "valgrind.h"

const char *const machine_debuggers[] = {"gdb --args", "strace -f", NULL};

bool machine_is_wine(void)
{
    return false;
}

static int64_t clock_read(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * SECONDS(1) + now.tv_nsec;
}

int64_t check_now(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

void check_block(int64_t duration)
{
    int64_t end = check_now() + duration;
    for (int64_t left = duration; left > 0; left = end - check_now()) {
        struct timespec pause = {.tv_sec = (time_t)(left / SECONDS(1)),
                                 .tv_nsec = (long)(left % SECONDS(1))};
        nanosleep(&pause, NULL);
    }
}

long machine_processors(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : online;
}

int64_t machine_cpu(void)
{
    return clock_read(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t machine_process(void)
{
    return (int64_t)getpid();
}

/* A few hundred thousand dependent steps: 0.3 ms of plain code on a slow machine. */
static int64_t measure_steps(void)
{
    volatile uint32_t value = 1;
    int64_t start = machine_cpu();
    for (int i = 0; i < 50000; i++)
        value = value * 1664525U + 1013904223U;
    return machine_cpu() - start;
}

int64_t machine_slowness(void)
{
    static int64_t slowness;
    if (slowness == 0) {
        int64_t first = measure_steps();
        int64_t second = measure_steps();
        int64_t best = first < second ? first : second;
        slowness = (1 + best / MILLISECONDS(1)) * valgrind_slowness();
    }
    return slowness;
}

bool machine_set_variable(const char *name, const char *value)
{
    return setenv(name, value, 1) == 0;
}

void machine_exit(int status)
{
    _exit(status);
}

bool machine_make_directory(char *path, size_t size)
{
    const char *parent = getenv("TMPDIR");
    char absolute[4096];
    if (parent == NULL || *parent == '\0')
        parent = "/tmp";
    if (realpath(parent, absolute) == NULL || strlen(absolute) + sizeof "/loopcheck-XXXXXX" > size)
        return false;
    text_print(path, size, "%s/loopcheck-XXXXXX", absolute);
    if (mkdtemp(path) != NULL)
        return true;
    path[0] = '\0';
    return false;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)walk;
    return type == FTW_DP ? rmdir(path) : unlink(path);
}

void machine_remove_directory(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void machine_quote(char *to, size_t size, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-./:=,+@%";
    if (*word != '\0' && strspn(word, plain) == strlen(word)) {
        text_copy(to, size, word);
        return;
    }
    text_copy(to, size, "'");
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            text_append(to, size, "'\\''");
        else
            text_append(to, size, "%c", *word);
    }
    text_append(to, size, "'");
}
