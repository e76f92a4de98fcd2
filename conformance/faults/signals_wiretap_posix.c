/* SPDX-License-Identifier: MIT */
#include "signals_wiretap.h"

#include <stdlib.h>

enum { SLOTS = 128, SIGNALS = 65 };

static const struct loop_operations *inner;
static const struct wiretap *wiretap;
static struct tapped slots[SLOTS];
static struct sigaction beneath[SIGNALS]; /* what the wiretap passes signals on to */
static _Thread_local bool calling;
static atomic_int running;

const struct loop_operations *wiretap_inner(void)
{
    return inner;
}

bool wiretap_calling(void)
{
    return calling;
}

bool wiretap_running(void)
{
    return atomic_load(&running) > 0;
}

void wiretap_each(void (*visit)(struct tapped *t))
{
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].active)
            visit(&slots[i]);
    }
}

struct tapped *wiretap_find(const struct loop *loop, int signum)
{
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].active && slots[i].signum == signum && (loop == NULL || slots[i].loop == loop))
            return &slots[i];
    }
    return NULL;
}

/* ---- from the OS */

static void tapped_signal(int signum, siginfo_t *info, void *context)
{
    const struct sigaction *action = &beneath[signum];
    struct tapped *t = wiretap_find(NULL, signum);

    if (t != NULL)
        atomic_fetch_add(&t->raised, 1);
    if (wiretap->pass != NULL && !wiretap->pass(t, info))
        return;
    if (action->sa_flags & SA_SIGINFO)
        action->sa_sigaction(signum, info, context);
    else if (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN)
        action->sa_handler(signum);
}

void wiretap_foreign(int signum)
{
    struct sigaction action;

    if (sigaction(signum, NULL, &action) != 0 || action.sa_sigaction == tapped_signal ||
        action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN)
        return;
    beneath[signum] = action;
    action.sa_sigaction = tapped_signal;
    action.sa_flags = (action.sa_flags | SA_SIGINFO) & ~wiretap->without_flags;
    sigaction(signum, &action, NULL);
}

/* ---- from the loop */

static void tapped_call(void *arg)
{
    struct tapped *t = arg;

    atomic_fetch_add(&t->called, 1);
    atomic_store(&t->raised, 0);
    if (t->dead)
        return;
    calling = true;
    if (wiretap->call != NULL)
        wiretap->call(t);
    else
        wiretap_call(t);
    calling = false;
}

void wiretap_call(struct tapped *t)
{
    t->callback(t->arg);
}

/* ---- from the user */

static struct tapped *slot_for(struct loop *loop, int signum)
{
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].loop == NULL || (slots[i].loop == loop && slots[i].signum == signum))
            return &slots[i];
    }
    abort();
}

loop_status wiretap_add(struct tapped *t, loop_callback callback, void *arg)
{
    loop_status status = inner->add_signal_handler(t->loop, t->signum, tapped_call, t);

    if (status != LOOP_OK)
        return status;
    t->callback = callback;
    t->arg = arg;
    t->thread = pthread_self();
    t->added++;
    t->active = true;
    wiretap_foreign(t->signum);
    return LOOP_OK;
}

loop_status wiretap_remove(struct tapped *t)
{
    loop_status status = inner->remove_signal_handler(t->loop, t->signum);

    if (status == LOOP_OK)
        t->active = false;
    return status;
}

static loop_status add(struct loop *loop, int signum, loop_callback callback, void *arg)
{
    struct tapped *t = slot_for(loop, signum);

    t->loop = loop;
    t->signum = signum;
    if (!t->active) {
        atomic_store(&t->raised, 0);
        atomic_store(&t->called, 0);
    }
    return wiretap->add != NULL ? wiretap->add(t, callback, arg) : wiretap_add(t, callback, arg);
}

static loop_status remove_handler(struct loop *loop, int signum)
{
    struct tapped *t = wiretap_find(loop, signum);

    if (t == NULL)
        return inner->remove_signal_handler(loop, signum);
    return wiretap->remove != NULL ? wiretap->remove(t) : wiretap_remove(t);
}

loop_status wiretap_close(struct loop *loop)
{
    loop_status status = inner->close(loop);

    for (int i = 0; i < SLOTS && status == LOOP_OK; i++) {
        if (slots[i].loop == loop)
            slots[i].active = false;
    }
    return status;
}

loop_status wiretap_run(struct loop *loop)
{
    loop_status status;

    atomic_fetch_add(&running, 1);
    status = inner->run_forever(loop);
    atomic_fetch_sub(&running, 1);
    return status;
}

void wiretap_spoil(const struct wiretap *wanted, struct loop_operations *spoilt,
                   const struct loop_operations *own)
{
    wiretap = wanted;
    inner = own;
    spoilt->add_signal_handler = add;
    spoilt->remove_signal_handler = remove_handler;
    spoilt->close = wiretap_close;
    spoilt->run_forever = wiretap_run;
}
