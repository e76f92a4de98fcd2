/* SPDX-License-Identifier: MIT
 *
 * loopcheck-child FILE [ARGUMENT...]: writes to FILE what this process was started with. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

enum { DESCRIPTORS = 1024, SIGNALS = 65 };

static struct stat open_files[DESCRIPTORS];
static int is_open[DESCRIPTORS];

/* Before this program opens any. */
static void look_at_descriptors(void)
{
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        is_open[fd] = fstat(fd, &open_files[fd]) == 0;
}

static void write_descriptors(FILE *report)
{
    for (int fd = 0; fd < DESCRIPTORS; fd++) {
        if (is_open[fd])
            fprintf(report, "fd %d %llu %llu\n", fd, (unsigned long long)open_files[fd].st_dev,
                    (unsigned long long)open_files[fd].st_ino);
    }
}

static void write_signals(FILE *report)
{
    sigset_t mask;

    sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int signum = 1; signum < SIGNALS; signum++) {
        struct sigaction action;

        if (sigismember(&mask, signum) == 1)
            fprintf(report, "blocked %d\n", signum);
        if (sigaction(signum, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
            fprintf(report, "ignored %d\n", signum);
    }
}

static void write_texts(FILE *report, char **arguments)
{
    char directory[4096];

    for (; *arguments != NULL; arguments++)
        fprintf(report, "arg %zu [%s]\n", strlen(*arguments), *arguments);
    for (char **variable = environ; *variable != NULL; variable++)
        fprintf(report, "env [%s]\n", *variable);
    if (getcwd(directory, sizeof directory) != NULL)
        fprintf(report, "cwd [%s]\n", directory);
    fprintf(report, "session %ld %ld\n", (long)getsid(0), (long)getpid());
}

int main(int argc, char **argv)
{
    FILE *report;

    if (argc < 2) {
        fprintf(stderr, "loopcheck-child: usage: loopcheck-child FILE [ARGUMENT...]\n");
        return 2;
    }
    look_at_descriptors();
    report = fopen(argv[1], "we");
    if (report == NULL)
        return 3;
    write_descriptors(report);
    write_signals(report);
    write_texts(report, argv + 2);
    return fclose(report) == 0 ? 0 : 3;
}
