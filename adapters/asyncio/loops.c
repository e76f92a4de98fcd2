/* SPDX-License-Identifier: MIT
 *
 * A loop's life, its callbacks, descriptors and signals. */
#include "bridge.h"

loop_status bridge_close(struct loop *loop)
{
    return call_status(loop, "close", "()");
}

void bridge_free(struct loop *loop)
{
    call_plain(loop, "free");
    release_object(loop);
}

loop_status bridge_run_forever(struct loop *loop)
{
    return call_status(loop, "run_forever", "()");
}

void bridge_stop(struct loop *loop)
{
    call_plain(loop, "stop");
}

int bridge_is_running(struct loop *loop)
{
    return call_number(loop, "is_running", 0) != 0;
}

int bridge_is_closed(struct loop *loop)
{
    return call_number(loop, "is_closed", 0) != 0;
}

int64_t bridge_last_os_error(struct loop *loop)
{
    return call_number(loop, "last_os_error", 0);
}

loop_status bridge_set_exception_handler(struct loop *loop, loop_exception_handler handler,
                                         void *arg)
{
    return call_status(loop, "set_exception_handler", "(KK)", FUNCTION(handler), as_number(arg));
}

int64_t bridge_time(struct loop *loop)
{
    return call_number(loop, "time", 0);
}

int64_t bridge_clock_resolution(struct loop *loop)
{
    return call_number(loop, "clock_resolution", 0);
}

/* ---- callbacks */

loop_status bridge_call_soon(struct loop *loop, loop_callback callback, void *arg,
                             struct loop_handle **handle)
{
    return call_making(loop, "call_soon", (void **)handle, "(KK)", FUNCTION(callback),
                       as_number(arg));
}

loop_status bridge_call_soon_threadsafe(struct loop *loop, loop_callback callback, void *arg,
                                        struct loop_handle **handle)
{
    return call_making(loop, "call_soon_threadsafe", (void **)handle, "(KK)", FUNCTION(callback),
                       as_number(arg));
}

loop_status bridge_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                              struct loop_handle **handle)
{
    return call_making(loop, "call_later", (void **)handle, "(LKK)", (long long)delay,
                       FUNCTION(callback), as_number(arg));
}

loop_status bridge_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                           struct loop_handle **handle)
{
    return call_making(loop, "call_at", (void **)handle, "(LKK)", (long long)when,
                       FUNCTION(callback), as_number(arg));
}

void bridge_handle_cancel(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    call_plain(handle, "cancel");
}

int bridge_handle_cancelled(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    return call_number(handle, "cancelled", 0) != 0;
}

loop_status bridge_handle_when(struct loop *loop, struct loop_handle *handle, int64_t *when)
{
    return call_telling(loop, "handle_when", when, "(O)", handle);
}

void bridge_handle_release(struct loop *loop, struct loop_handle *handle)
{
    (void)loop;
    release_object(handle);
}

/* ---- descriptors and signals */

loop_status bridge_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return call_status(loop, "add_reader", "(LKK)", (long long)fd, FUNCTION(callback),
                       as_number(arg));
}

loop_status bridge_remove_reader(struct loop *loop, loop_fd fd)
{
    return call_status(loop, "remove_reader", "(L)", (long long)fd);
}

loop_status bridge_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return call_status(loop, "add_writer", "(LKK)", (long long)fd, FUNCTION(callback),
                       as_number(arg));
}

loop_status bridge_remove_writer(struct loop *loop, loop_fd fd)
{
    return call_status(loop, "remove_writer", "(L)", (long long)fd);
}

loop_status bridge_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                      void *arg)
{
    return call_status(loop, "add_signal_handler", "(iKK)", signum, FUNCTION(callback),
                       as_number(arg));
}

loop_status bridge_remove_signal_handler(struct loop *loop, int signum)
{
    return call_status(loop, "remove_signal_handler", "(i)", signum);
}
