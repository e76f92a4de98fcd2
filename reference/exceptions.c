/* SPDX-License-Identifier: MIT
 *
 * Where do errors go that no call and no completion can carry? To the user's handler, or else to
 * the standard error stream. */
#include "loop.h"

#include <stdio.h>

void loop_report(struct loop *loop, loop_status status, const char *message)
{
    struct loop_exception_context context = {
        .size = sizeof context, .status = status, .message = message};

    if (loop->exception_handler)
        loop->exception_handler(loop->exception_arg, &context);
    else
        fprintf(stderr, "event loop: %s (status %d)\n", message, (int)status);
}

loop_status loop_set_exception_handler(struct loop *loop, loop_exception_handler handler, void *arg)
{
    loop->exception_handler = handler;
    loop->exception_arg = arg;
    return LOOP_OK;
}
