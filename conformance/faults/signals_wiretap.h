/* SPDX-License-Identifier: MIT
 *
 * A wiretap on signals: between the OS and the loop's own handler of a signal, and between the loop
 * and the handler that was added. Every fault that loses, delays or misdirects signals is written
 * with this. A loop that takes signals without a handler (signalfd) goes past the first. */
#ifndef LOOPCHECK_SIGNALS_WIRETAP_H
#define LOOPCHECK_SIGNALS_WIRETAP_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "fault.h"

/* One handler of one loop; a slot is used again when the handler is added again. */
struct tapped {
    struct loop *loop;
    int signum;
    loop_callback callback;
    void *arg;
    bool active;       /* added and not removed */
    bool dead;         /* never called again */
    int added;         /* times */
    atomic_int raised; /* signals that came since the last call */
    atomic_int called; /* calls by the loop since it was added */
    pthread_t thread;  /* that added it */
};

/* What a fault changes; NULL members change nothing. */
struct wiretap {
    /* In signal context: whether the loop may know of this signal. */
    bool (*pass)(struct tapped *t, const siginfo_t *info);
    /* The loop calls the handler. */
    void (*call)(struct tapped *t);
    /* Instead of wiretap_add and wiretap_remove. */
    loop_status (*add)(struct tapped *t, loop_callback callback, void *arg);
    loop_status (*remove)(struct tapped *t);
    int without_flags; /* taken from the flags of the loop's own handlers */
};

/* Puts the wiretap in: add_signal_handler, remove_signal_handler, close and run_forever. A fault
 * that replaces one of these afterwards goes on with the wiretap's. */
void wiretap_spoil(const struct wiretap *wanted, struct loop_operations *spoilt,
                   const struct loop_operations *own);
const struct loop_operations *wiretap_inner(void);

loop_status wiretap_add(struct tapped *t, loop_callback callback, void *arg);
loop_status wiretap_remove(struct tapped *t);
loop_status wiretap_close(struct loop *loop);
loop_status wiretap_run(struct loop *loop);
void wiretap_call(struct tapped *t);
/* Taps a handler that is not the loop's. */
void wiretap_foreign(int signum);

/* Whether the loop calls a handler, in this thread, right now; and whether it runs, anywhere. */
bool wiretap_calling(void);
bool wiretap_running(void);

/* Calls `visit` for every active slot. */
void wiretap_each(void (*visit)(struct tapped *t));
/* The active slot of that loop (NULL: of any), or NULL. */
struct tapped *wiretap_find(const struct loop *loop, int signum);

/* Defines spoil_NAME, which only puts a wiretap in: WIRETAP_SPOIL(deaf, .pass = pass_nothing). */
#define WIRETAP_SPOIL(name, ...)                                                                   \
    static const struct wiretap wiretap_of_##name = {__VA_ARGS__};                                 \
    static void spoil_##name(struct loop_operations *spoilt, const struct loop_operations *own)    \
    {                                                                                              \
        wiretap_spoil(&wiretap_of_##name, spoilt, own);                                            \
    }

#endif
