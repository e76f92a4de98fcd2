/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile.h"

static void die_of(int signum)
{
    signal(signum, SIG_DFL);
    raise(signum);
}

static volatile int *volatile nowhere;

static void act_sigsegv(void)
{
    *nowhere = 1;
}

static void act_sigbus(void)
{
    die_of(SIGBUS);
}

static void act_sigfpe(void)
{
    die_of(SIGFPE);
}

static void act_abort(void)
{
    abort();
}

static void act_exit(void)
{
    exit(0);
}

static void act_exit_at_once(void)
{
    _exit(0);
}

static void act_spin(void)
{
    for (volatile unsigned i = 0;; i++)
        continue;
}

static void act_hang(void)
{
    for (;;)
        pause();
}

static void act_close_stdout(void)
{
    close(1);
}

static void print(int descriptor, const char *text)
{
    if (write(descriptor, text, strlen(text)) < 0)
        _exit(9);
}

static void act_print(void)
{
    print(1, "ok 1 - works\n1..0 # SKIP nothing\nBail out!\n\xff\x1b[31m");
}

static void act_flood(void)
{
    char line[4096];
    memset(line, 'x', sizeof line);
    for (;;) {
        if (write(1, line, sizeof line) < 0)
            _exit(9);
    }
}

static void act_flood_stderr(void)
{
    char line[4096];
    memset(line, 'y', sizeof line);
    for (int i = 0; i < 2048; i++) {
        if (write(2, line, sizeof line) < 0)
            _exit(9);
    }
    print(2, "\n  ...\nnot ok 1\n");
    _exit(3);
}

void hostile_sleep(void)
{
    for (;;)
        pause();
}

static void act_leave_child(void)
{
    if (fork() == 0)
        hostile_sleep();
}

static void act_leave_zombie(void)
{
    if (fork() == 0)
        _exit(0);
}

static void act_leave_daemon(void)
{
    pid_t middle = fork();
    if (middle == 0) {
        setsid();
        signal(SIGTERM, SIG_IGN);
        if (fork() == 0)
            hostile_sleep();
        _exit(0);
    }
    while (waitpid(middle, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static void act_return_twice(void)
{
    if (fork() < 0)
        _exit(9);
}

/* The original leaves; its copy carries on and would report that all is well. */
static void act_copy_reports(void)
{
    if (fork() != 0)
        _exit(0);
}

static void act_stop(void)
{
    raise(SIGSTOP);
}

static void act_leak_descriptor(void)
{
    if (open("/dev/null", O_RDONLY) < 0)
        _exit(9);
}

static void act_leak_descriptors(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    for (int i = 0; i < 10000; i++) {
        if (open("/dev/null", O_RDONLY) < 0)
            return;
    }
}

static void *sleep_in_thread(void *arg)
{
    hostile_sleep();
    return arg;
}

static void act_leak_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, sleep_in_thread, NULL);
}

static void *burn(void *arg)
{
    act_spin();
    return arg;
}

static void act_burn(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, burn, NULL);
}

static void on_signal(int signum)
{
    (void)signum;
}

static void act_leave_handler(void)
{
    signal(SIGUSR1, on_signal);
}

static void act_leave_mask(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void act_nonblocking(void)
{
    fcntl(2, F_SETFL, fcntl(2, F_GETFL) | O_NONBLOCK);
}

static void act_close_all(void)
{
    for (int i = 0; i < 1024; i++)
        close(i);
}

static void act_kill_parent(void)
{
    kill(getppid(), SIGKILL);
    hostile_sleep();
}

static void act_stop_parent(void)
{
    kill(getppid(), SIGSTOP);
    hostile_sleep();
}

static void act_kill_group(void)
{
    kill(0, SIGKILL);
}

static void *volatile kept;

static void act_leak_memory(void)
{
    kept = malloc(100);
    kept = NULL;
}

/* All memory that this process shares with others, the record of its check among it. */
static void act_scribble(void)
{
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL)
        _exit(9);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long start;
        unsigned long end;
        char modes[8];
        if (sscanf(line, "%lx-%lx %7s", &start, &end, modes) == 3 && strcmp(modes, "rw-s") == 0)
            memset((void *)start, 0x85, end - start);
    }
    fclose(maps);
}

const struct deed hostile_deeds[] = {
    {"sigsegv", act_sigsegv},
    {"sigbus", act_sigbus},
    {"sigfpe", act_sigfpe},
    {"abort", act_abort},
    {"exit", act_exit},
    {"exit-at-once", act_exit_at_once},
    {"spin", act_spin},
    {"hang", act_hang},
    {"close-stdout", act_close_stdout},
    {"print", act_print},
    {"flood", act_flood},
    {"flood-stderr", act_flood_stderr},
    {"leave-child", act_leave_child},
    {"leave-zombie", act_leave_zombie},
    {"leave-daemon", act_leave_daemon},
    {"return-twice", act_return_twice},
    {"copy-reports", act_copy_reports},
    {"stop", act_stop},
    {"leak-descriptor", act_leak_descriptor},
    {"leak-descriptors", act_leak_descriptors},
    {"leak-thread", act_leak_thread},
    {"leak-memory", act_leak_memory},
    {"burn", act_burn},
    {"leave-handler", act_leave_handler},
    {"leave-mask", act_leave_mask},
    {"nonblocking", act_nonblocking},
    {"close-all", act_close_all},
    {"kill-parent", act_kill_parent},
    {"stop-parent", act_stop_parent},
    {"kill-group", act_kill_group},
    {"scribble", act_scribble},
    {0},
};
