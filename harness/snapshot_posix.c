/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "check.h"
#include "finding.h"
#include "holdings.h"
#include "machine.h"
#include "sanitizers.h"
#include "signals.h"
#include "text.h"

enum { DESCRIPTORS = 65536, KEPT = 256, SIGNALS = 65 };

struct descriptor {
    int number;
    char what[96];
};

struct snapshot {
    size_t descriptor_count;
    struct descriptor descriptors[KEPT]; /* a process that has not begun its check holds few */
    int standard_flags[3];
    size_t threads;
    sigset_t mask;
    struct sigaction actions[SIGNALS];
};

struct snapshot *snapshot_take(void)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    int numbers[KEPT];
    char names[16];
    if (snapshot == NULL)
        return NULL;
    sanitizers_start_threads();
    size_t count = holdings_descriptors(numbers, KEPT);
    for (size_t i = 0; i < count; i++) {
        struct descriptor *descriptor = &snapshot->descriptors[snapshot->descriptor_count];
        descriptor->number = numbers[i];
        if (holdings_describe(numbers[i], descriptor->what, sizeof descriptor->what))
            snapshot->descriptor_count++;
    }
    for (int i = 0; i < 3; i++)
        snapshot->standard_flags[i] = fcntl(i, F_GETFL);
    snapshot->threads = holdings_threads(names, sizeof names);
    pthread_sigmask(SIG_BLOCK, NULL, &snapshot->mask);
    for (int i = 1; i < SIGNALS; i++)
        sigaction(i, NULL, &snapshot->actions[i]);
    return snapshot;
}

void snapshot_let_threads_stay(struct snapshot *snapshot)
{
    snapshot->threads = SIZE_MAX;
}

void snapshot_free(struct snapshot *snapshot)
{
    free(snapshot);
}

/* Both lists rise: what only the later has was left, what only the earlier has was closed. */
static void compare_descriptors(const struct snapshot *before, struct finding *finding)
{
    size_t room = DESCRIPTORS;
    int *numbers = malloc(room * sizeof *numbers);
    if (numbers == NULL)
        return;
    size_t count = holdings_descriptors(numbers, room);
    size_t now = 0;
    for (size_t then = 0; now < count || then < before->descriptor_count;) {
        bool has_now = now < count;
        bool has_then = then < before->descriptor_count;
        char what[96] = "";
        if (has_now && !holdings_describe(numbers[now], what, sizeof what)) {
            now++;
            continue;
        }
        if (has_now && (!has_then || numbers[now] < before->descriptors[then].number)) {
            finding_add(finding, "left descriptor %d (%s) open", numbers[now++], what);
        } else if (has_now && numbers[now] == before->descriptors[then].number) {
            if (strcmp(what, before->descriptors[then].what) != 0)
                finding_add(finding, "descriptor %d is now %s, was %s", numbers[now], what,
                            before->descriptors[then].what);
            now++;
            then++;
        } else {
            finding_add(finding, "closed descriptor %d (%s), not its own",
                        before->descriptors[then].number, before->descriptors[then].what);
            then++;
        }
    }
    free(numbers);
}

static void compare_standard_flags(const struct snapshot *before, struct finding *finding)
{
    for (int i = 0; i < 3; i++) {
        int flags = fcntl(i, F_GETFL);
        if (flags != -1 && flags != before->standard_flags[i])
            finding_add(finding, "changed the flags of descriptor %d from 0%o to 0%o", i,
                        (unsigned)before->standard_flags[i], (unsigned)flags);
    }
}

static void compare_signals(const struct snapshot *before, struct finding *finding)
{
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    for (int i = 1; i < SIGNALS; i++) {
        struct sigaction action;
        char name[32];
        signals_name(i, name, sizeof name);
        if (sigaction(i, NULL, &action) == 0 && action.sa_handler != before->actions[i].sa_handler)
            finding_add(finding, "left the disposition of %s changed", name);
        if (sigismember(&mask, i) != sigismember(&before->mask, i))
            finding_add(finding, "left %s %s", name,
                        sigismember(&mask, i) == 1 ? "blocked" : "unblocked");
    }
}

static void compare_files(const char *directory, struct finding *finding)
{
    DIR *listing = opendir(directory);
    if (listing == NULL) {
        finding_add(finding, "removed the check's directory");
        return;
    }
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        char name[128];
        text_escape(name, sizeof name, entry->d_name, strlen(entry->d_name));
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            finding_add(finding, "left the file %s", name);
    }
    closedir(listing);
}

enum children { NO_CHILD, CHILD_RUNS, CHILD_ENDED };

static enum children look_for_children(int *ended)
{
    siginfo_t information;
    memset(&information, 0, sizeof information);
    if (waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT) != 0)
        return NO_CHILD;
    *ended = (int)information.si_pid;
    return information.si_pid == 0 ? CHILD_RUNS : CHILD_ENDED;
}

static void compare_children(struct finding *finding)
{
    char names[256];
    int ended = 0;
    enum children children = look_for_children(&ended);
    holdings_children(names, sizeof names);
    if (children == CHILD_ENDED)
        finding_add(finding, "left the ended child process %d unreaped", ended);
    else if (children == CHILD_RUNS)
        finding_add(finding, "left a child process running: %s", names);
}

static void compare_threads(const struct snapshot *before, struct finding *finding)
{
    char names[256];
    size_t threads = holdings_threads(names, sizeof names);
    if (threads > before->threads)
        finding_add(finding, "left %zu thread%s running (%s)", threads - before->threads,
                    threads - before->threads == 1 ? "" : "s", names);
}

/* Threads that were told to end, and children that were killed, need their time. */
static void await_endings(const struct snapshot *before, int64_t deadline)
{
    char names[16];
    int ended;
    while (check_now() < deadline && (holdings_threads(names, sizeof names) > before->threads ||
                                      look_for_children(&ended) == CHILD_RUNS))
        check_block(MILLISECONDS(1));
}

/* A thread that may stay, or was there before, may also be at work yet, with descriptors that it
 * closes again. */
static void await_descriptors(const struct snapshot *before, int64_t deadline,
                              struct finding *finding)
{
    compare_descriptors(before, finding);
    while (finding->count > 0 && before->threads > 1 && check_now() < deadline) {
        check_block(MILLISECONDS(1));
        finding->count = 0;
        finding->text[0] = '\0';
        compare_descriptors(before, finding);
    }
}

void snapshot_compare(const struct snapshot *before, const char *directory, int64_t deadline,
                      char *text, size_t size)
{
    struct finding finding = finding_begin(text, size);
    await_endings(before, deadline);
    await_descriptors(before, deadline, &finding);
    compare_standard_flags(before, &finding);
    compare_threads(before, &finding);
    compare_children(&finding);
    compare_signals(before, &finding);
    compare_files(directory, &finding);
    finding_end(&finding);
}
