/* SPDX-License-Identifier: MIT
 *
 * The toy loop, spoilt: each variant misbehaves in one way, most of them when a timer is added. The
 * runner must survive each and say which it was. */
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

#include "loop_abi.h"

/* toy_loop.c, compiled under another name of its function. */
const struct loop_api *toy_api_v1(void);

static const struct loop_operations *toy;
static void (*act)(void); /* of the variant that was opened last */

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

static void sleep_for_ever(void)
{
    for (;;)
        pause();
}

static void act_leave_child(void)
{
    if (fork() == 0)
        sleep_for_ever();
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
            sleep_for_ever();
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
    sleep_for_ever();
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
    sleep_for_ever();
}

static void act_stop_parent(void)
{
    kill(getppid(), SIGSTOP);
    sleep_for_ever();
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

static void act_nothing(void)
{
}

struct misdeed {
    const char *name;
    void (*act)(void);
    struct loop_operations operations;
    struct loop_variant variant;
};

static struct misdeed misdeeds[] = {
    {"honest", act_nothing, {0}, {0}},
    {"sigsegv", act_sigsegv, {0}, {0}},
    {"sigbus", act_sigbus, {0}, {0}},
    {"sigfpe", act_sigfpe, {0}, {0}},
    {"abort", act_abort, {0}, {0}},
    {"exit", act_exit, {0}, {0}},
    {"exit-at-once", act_exit_at_once, {0}, {0}},
    {"spin", act_spin, {0}, {0}},
    {"hang", act_hang, {0}, {0}},
    {"close-stdout", act_close_stdout, {0}, {0}},
    {"print", act_print, {0}, {0}},
    {"flood", act_flood, {0}, {0}},
    {"flood-stderr", act_flood_stderr, {0}, {0}},
    {"leave-child", act_leave_child, {0}, {0}},
    {"leave-zombie", act_leave_zombie, {0}, {0}},
    {"leave-daemon", act_leave_daemon, {0}, {0}},
    {"return-twice", act_return_twice, {0}, {0}},
    {"copy-reports", act_copy_reports, {0}, {0}},
    {"stop", act_stop, {0}, {0}},
    {"leak-descriptor", act_leak_descriptor, {0}, {0}},
    {"leak-descriptors", act_leak_descriptors, {0}, {0}},
    {"leak-thread", act_leak_thread, {0}, {0}},
    {"leak-memory", act_leak_memory, {0}, {0}},
    {"burn", act_burn, {0}, {0}},
    {"leave-handler", act_leave_handler, {0}, {0}},
    {"leave-mask", act_leave_mask, {0}, {0}},
    {"nonblocking", act_nonblocking, {0}, {0}},
    {"close-all", act_close_all, {0}, {0}},
    {"kill-parent", act_kill_parent, {0}, {0}},
    {"stop-parent", act_stop_parent, {0}, {0}},
    {"kill-group", act_kill_group, {0}, {0}},
    {"scribble", act_scribble, {0}, {0}},
    {"busy-wait", act_nothing, {0}, {0}},
    {"open-fails", act_nothing, {0}, {0}},
    {"open-crashes", act_nothing, {0}, {0}},
    {"close-fails", act_nothing, {0}, {0}},
    {"close-hangs", act_nothing, {0}, {0}},
    {"returns-early", act_nothing, {0}, {0}},
};

enum { MISDEEDS = sizeof misdeeds / sizeof *misdeeds };

/* ---- operations */

static loop_status hostile_open(const struct loop_variant *variant,
                                const struct loop_open_options *options, struct loop **loop)
{
    for (size_t i = 0; i < MISDEEDS; i++) {
        if (variant == &misdeeds[i].variant)
            act = misdeeds[i].act;
    }
    return toy->open(variant, options, loop);
}

static loop_status hostile_call_later(struct loop *loop, int64_t delay, loop_callback callback,
                                      void *arg, struct loop_handle **handle)
{
    act();
    return toy->call_later(loop, delay, callback, arg, handle);
}

static loop_status open_fails(const struct loop_variant *variant,
                              const struct loop_open_options *options, struct loop **loop)
{
    (void)variant;
    (void)options;
    (void)loop;
    return LOOP_MFILE;
}

static loop_status open_crashes(const struct loop_variant *variant,
                                const struct loop_open_options *options, struct loop **loop)
{
    act_sigsegv();
    return open_fails(variant, options, loop);
}

static loop_status close_fails(struct loop *loop)
{
    toy->close(loop);
    return LOOP_IO;
}

static loop_status close_hangs(struct loop *loop)
{
    sleep_for_ever();
    return toy->close(loop);
}

static int never_closed(struct loop *loop)
{
    (void)loop;
    return 0;
}

static loop_status returns_early(struct loop *loop)
{
    struct loop_handle *none = NULL;
    toy->call_later(loop, 0, (loop_callback)(void (*)(void))toy->stop, loop, &none);
    return toy->run_forever(loop);
}

static void wait_busily(void *arg)
{
    struct loop *loop = arg;
    toy->call_later(loop, 0, wait_busily, loop, NULL);
}

static loop_status busy_call_later(struct loop *loop, int64_t delay, loop_callback callback,
                                   void *arg, struct loop_handle **handle)
{
    wait_busily(loop);
    return toy->call_later(loop, delay, callback, arg, handle);
}

static void make_variant(struct misdeed *misdeed)
{
    struct loop_operations *operations = &misdeed->operations;
    *operations = *toy;
    operations->open = hostile_open;
    operations->call_later = hostile_call_later;
    misdeed->variant = *toy_api_v1()->variants[0];
    misdeed->variant.name = misdeed->name;
    misdeed->variant.operations = operations;
    if (strcmp(misdeed->name, "open-fails") == 0)
        operations->open = open_fails;
    if (strcmp(misdeed->name, "open-crashes") == 0)
        operations->open = open_crashes;
    if (strcmp(misdeed->name, "close-fails") == 0)
        operations->close = close_fails;
    if (strcmp(misdeed->name, "close-hangs") == 0)
        operations->close = close_hangs;
    if (strcmp(misdeed->name, "returns-early") == 0)
        operations->run_forever = returns_early;
    if (strcmp(misdeed->name, "busy-wait") == 0)
        operations->call_later = busy_call_later;
    operations->is_closed = never_closed;
}

const struct loop_api *loop_api_v1(void)
{
    static const struct loop_variant *variants[MISDEEDS];
    static struct loop_api api = {.size = sizeof api,
                                  .abi_version = LOOP_ABI_VERSION,
                                  .name = "hostile",
                                  .version = "1",
                                  .variant_count = MISDEEDS,
                                  .variants = variants};
    toy = toy_api_v1()->variants[0]->operations;
    for (size_t i = 0; i < MISDEEDS; i++) {
        make_variant(&misdeeds[i]);
        variants[i] = &misdeeds[i].variant;
    }
    return &api;
}
