/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sample_system.h"

struct call {
    void (*body)(void *arg);
    void *arg;
};

static void *run_call(void *arg)
{
    struct call *call = arg;
    call->body(call->arg);
    return NULL;
}

void sample_in_thread(void (*body)(void *arg), void *arg)
{
    struct call call = {body, arg};
    pthread_t thread;
    pthread_create(&thread, NULL, run_call, &call);
    pthread_join(thread, NULL);
}

static void copy_fails(struct check *c)
{
    pid_t copy = fork();
    if (copy == 0)
        check_fail(c, __FILE__, __LINE__, "false", "failed in a forked copy");
    waitpid(copy, NULL, 0);
}

static void copy_passes(struct check *c)
{
    pid_t copy = fork();
    if (copy == 0)
        check_skip(c, "a forked copy decides nothing");
    waitpid(copy, NULL, 0);
    EXPECT(c, false, "failed after the copy");
}

static const struct check_definition definitions[] = {
    {"ends.copy-fails", copy_fails, MUST, {NULL}, 0},
    {"ends.copy-passes", copy_passes, MUST, {NULL}, 0},
};
CHECK_AREA_PART(ends, system, definitions);
