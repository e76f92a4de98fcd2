/* SPDX-License-Identifier: MIT
 *
 * Windows has no signals that a loop could take: the rules say with what they are refused. */
#include "loop.h"

void signals_due(struct loop *loop)
{
    (void)loop;
}

void signals_close(struct loop *loop)
{
    (void)loop;
}

loop_status loop_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                    void *arg)
{
    (void)signum, (void)callback, (void)arg;
    return loop->limits.add_signal != LOOP_OK ? loop->limits.add_signal : LOOP_NOT_IMPLEMENTED;
}

loop_status loop_remove_signal_handler(struct loop *loop, int signum)
{
    (void)signum;
    return loop->limits.remove_signal != LOOP_OK ? loop->limits.remove_signal
                                                 : LOOP_NOT_IMPLEMENTED;
}
