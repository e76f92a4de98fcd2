/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <signal.h>

#include "text.h"

struct named_signal {
    int number;
    const char *name;
};

#define NAMED(signal)                                                                              \
    {                                                                                              \
        signal, #signal                                                                            \
    }

static const struct named_signal named[] = {
    NAMED(SIGABRT), NAMED(SIGALRM), NAMED(SIGBUS),  NAMED(SIGCHLD),  NAMED(SIGCONT),
    NAMED(SIGFPE),  NAMED(SIGHUP),  NAMED(SIGILL),  NAMED(SIGINT),   NAMED(SIGKILL),
    NAMED(SIGPIPE), NAMED(SIGPROF), NAMED(SIGQUIT), NAMED(SIGSEGV),  NAMED(SIGSTOP),
    NAMED(SIGSYS),  NAMED(SIGTERM), NAMED(SIGTRAP), NAMED(SIGTSTP),  NAMED(SIGTTIN),
    NAMED(SIGTTOU), NAMED(SIGURG),  NAMED(SIGUSR1), NAMED(SIGUSR2),  NAMED(SIGVTALRM),
    NAMED(SIGXCPU), NAMED(SIGXFSZ), NAMED(SIGIO),   NAMED(SIGWINCH),
};

void signals_name(int number, char *name, size_t size)
{
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (named[i].number == number) {
            text_copy(name, size, named[i].name);
            return;
        }
    }
    text_print(name, size, "signal %d", number);
}

void signals_reset(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    const int handled[] = {SIGHUP, SIGINT, SIGTERM, SIGCHLD, SIGPIPE};
    sigset_t nothing;
    sigemptyset(&action.sa_mask);
    for (int i = 1; i < SIGNALS_END; i++) {
        struct sigaction current;
        /* Only what is ignored or handled by the harness: a sanitizer needs its own handlers. */
        if (sigaction(i, NULL, &current) == 0 && current.sa_handler == SIG_IGN)
            sigaction(i, &action, NULL);
    }
    for (size_t i = 0; i < sizeof handled / sizeof *handled; i++)
        sigaction(handled[i], &action, NULL);
    sigemptyset(&nothing);
    sigprocmask(SIG_SETMASK, &nothing, NULL);
}

static struct sigaction kept[SIGNALS_END];

void signals_keep(void)
{
    for (int i = 1; i < SIGNALS_END; i++)
        sigaction(i, NULL, &kept[i]);
}

void signals_restore(void)
{
    sigset_t nothing;
    for (int i = 1; i < SIGNALS_END; i++)
        sigaction(i, &kept[i], NULL);
    sigemptyset(&nothing);
    sigprocmask(SIG_SETMASK, &nothing, NULL);
}
