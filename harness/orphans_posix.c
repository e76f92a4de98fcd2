/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/wait.h>

#include "check.h"
#include "holdings.h"
#include "server.h"

enum { CHILDREN = 1024 };

/* Reaps what has ended; false when there is no child at all any more. */
static bool reap_ended(void)
{
    for (;;) {
        int process = (int)waitpid(-1, NULL, WNOHANG);
        if (process == 0)
            return true;
        if (process < 0)
            return false;
    }
}

static bool is_kept(int process, const int *kept, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (kept[i] == process)
            return true;
    }
    return false;
}

void orphans_end(int64_t deadline, char *names, size_t size)
{
    names[0] = '\0';
    int64_t pause = MILLISECONDS(1) / 5;
    while (reap_ended()) {
        if (check_now() >= deadline) {
            if (names[0] == '\0')
                holdings_children(names, size);
            orphans_kill_others(NULL, 0);
            /* A process that the kernel cannot end must not hold up the run for ever. */
            if (check_now() >= deadline + SECONDS(2))
                return;
        }
        check_block(pause);
        pause = pause < MILLISECONDS(10) ? pause * 2 : pause;
    }
}

void orphans_kill_others(const int *kept, size_t count)
{
    int numbers[CHILDREN];
    size_t found = holdings_child_numbers(numbers, CHILDREN);
    for (size_t i = 0; i < found; i++) {
        if (!is_kept(numbers[i], kept, count)) {
            kill(numbers[i], SIGKILL);
            waitpid(numbers[i], NULL, 0);
        }
    }
}
