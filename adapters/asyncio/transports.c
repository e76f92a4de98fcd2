/* SPDX-License-Identifier: MIT */
#include "bridge.h"

loop_status bridge_transport_write(struct loop_transport *transport, const void *data,
                                   size_t length)
{
    PyGILState_STATE state = interpreter_enter();
    loop_status status =
        call_status(transport, "write", "(N)", PyBytes_FromStringAndSize(data, (Py_ssize_t)length));
    interpreter_leave(state);
    return status;
}

loop_status bridge_transport_write_eof(struct loop_transport *transport)
{
    return call_status(transport, "write_eof", "()");
}

int bridge_transport_can_write_eof(struct loop_transport *transport)
{
    return call_number(transport, "can_write_eof", 0) != 0;
}

void bridge_transport_close(struct loop_transport *transport)
{
    call_plain(transport, "close");
}

void bridge_transport_abort(struct loop_transport *transport)
{
    call_plain(transport, "abort");
}

int bridge_transport_is_closing(struct loop_transport *transport)
{
    return call_number(transport, "is_closing", 0) != 0;
}

void bridge_transport_pause_reading(struct loop_transport *transport)
{
    call_plain(transport, "pause_reading");
}

void bridge_transport_resume_reading(struct loop_transport *transport)
{
    call_plain(transport, "resume_reading");
}

loop_status bridge_transport_set_write_buffer_limits(struct loop_transport *transport, int64_t high,
                                                     int64_t low)
{
    return call_status(transport, "set_write_buffer_limits", "(LL)", (long long)high,
                       (long long)low);
}

size_t bridge_transport_get_write_buffer_size(struct loop_transport *transport)
{
    return (size_t)call_number(transport, "get_write_buffer_size", 0);
}

loop_status bridge_transport_sendto(struct loop_transport *transport, const void *data,
                                    size_t length, const struct loop_address *to)
{
    PyGILState_STATE state = interpreter_enter();
    loop_status status =
        call_status(transport, "sendto", "(NN)",
                    PyBytes_FromStringAndSize(data, (Py_ssize_t)length), address_to_python(to));
    interpreter_leave(state);
    return status;
}

loop_status bridge_transport_get_sockname(struct loop_transport *transport,
                                          void (*receive)(void *arg, const struct loop_address *),
                                          void *arg)
{
    return call_status(transport, "get_sockname", "(KK)", FUNCTION(receive), as_number(arg));
}

loop_status bridge_transport_get_peername(struct loop_transport *transport,
                                          void (*receive)(void *arg, const struct loop_address *),
                                          void *arg)
{
    return call_status(transport, "get_peername", "(KK)", FUNCTION(receive), as_number(arg));
}

loop_fd bridge_transport_get_fd(struct loop_transport *transport)
{
    return (loop_fd)call_number(transport, "get_fd", LOOP_NO_FD);
}

void bridge_transport_release(struct loop_transport *transport)
{
    call_plain(transport, "release");
    release_object(transport);
}

/* ---- a child's */

int64_t bridge_transport_get_pid(struct loop_transport *transport)
{
    return call_number(transport, "get_pid", 0);
}

loop_status bridge_transport_get_returncode(struct loop_transport *transport, int *code)
{
    int64_t found = 0;
    loop_status status = call_telling(transport, "get_returncode", &found, "()");
    if (status == LOOP_OK)
        *code = (int)found;
    return status;
}

/* The child's transport keeps those of its pipes. */
struct loop_transport *bridge_transport_get_pipe_transport(struct loop_transport *transport,
                                                           int child_fd)
{
    void *pipe = NULL;
    if (call_making(transport, "get_pipe_transport", &pipe, "(i)", child_fd) != LOOP_OK)
        return NULL;
    if (pipe != NULL)
        release_object(pipe);
    return pipe;
}

loop_status bridge_transport_send_signal(struct loop_transport *transport, int signum)
{
    return call_status(transport, "send_signal", "(i)", signum);
}

loop_status bridge_transport_terminate(struct loop_transport *transport)
{
    return call_status(transport, "terminate", "()");
}

loop_status bridge_transport_kill(struct loop_transport *transport)
{
    return call_status(transport, "kill", "()");
}
