/* SPDX-License-Identifier: MIT
 *
 * Named pipes, and the ends of nameless ones that are named pipes inside: a proactor takes those that
 * were opened for overlapped I/O, and the port refuses all others. */
#include "pipe.h"

#include "iocp_windows.h"

int pipe_sort(loop_fd fd, enum pipe_sort *sort)
{
    enum kind kind;
    int error = kind_of(fd, &kind);

    *sort = kind == KIND_SOCKET ? PIPE_SOCKET : kind == KIND_OTHER ? PIPE_FIFO : PIPE_NEITHER;
    return error;
}

/* The port finds out when it adopts the pipe. */
bool pipe_overlaps(loop_fd fd)
{
    (void)fd;
    return true;
}

int pipe_adopt(struct loop *loop, loop_fd fd)
{
    return iocp_adopt(loop, fd);
}

static int failure(BOOL succeeded)
{
    return succeeded ? 0 : (int)GetLastError();
}

/* ---- the carrier */

/* What the pipe takes at once need not be waited for, though its completion still comes. */
static int send_some(struct loop_transport *t, const void *data, size_t length, size_t *count)
{
    struct request *r;
    DWORD written = 0;
    int error;

    if (t->requests[WRITER])
        return iocp_take_sent(t, count);
    r = iocp_sending(t, data, length);
    if (!r)
        return ERROR_NOT_ENOUGH_MEMORY;
    error = failure(WriteFile((HANDLE)t->fd, r->bytes, r->count, &written, &r->overlapped));
    if (request_begun(r, error) != 0) {
        request_give_up(&t->requests[WRITER]);
        return error;
    }
    if (error == ERROR_IO_PENDING)
        return WSAEWOULDBLOCK;
    request_leave(&t->requests[WRITER]);
    *count = written;
    return 0;
}

/* A pipe of messages gives the first part of one, and then the rest. */
static int receive(struct loop_transport *t, void *data, size_t length, size_t *count)
{
    int error = iocp_take_received(t, data, length, count);

    if (error == ERROR_BROKEN_PIPE || error == ERROR_PIPE_NOT_CONNECTED)
        *count = 0; /* the end */
    else if (error != ERROR_MORE_DATA)
        return error;
    return 0;
}

static void begin_to_receive(struct request *r)
{
    int error =
        failure(ReadFile((HANDLE)r->fd, r->bytes, (DWORD)REQUEST_SIZE, NULL, &r->overlapped));

    error = request_begun(r, error);
    if (error != 0)
        request_fail(r, error);
}

static loop_status proceed(struct loop_transport *t, enum direction direction)
{
    return iocp_proceed(t, direction, begin_to_receive);
}

const struct carrier pipe_carrier = {.send = send_some, .receive = receive, .proceed = proceed};

/* ---- the reader of what is written */

/* A writing end that may not read hears of it only when it writes. */
bool pipe_tells_of_reader(loop_fd fd)
{
    return PeekNamedPipe((HANDLE)fd, NULL, 0, NULL, NULL, NULL) ||
           GetLastError() != ERROR_ACCESS_DENIED;
}

bool pipe_reader_gone(struct loop_transport *t)
{
    size_t count = 0;
    char byte;

    return receive(t, &byte, sizeof byte, &count) == 0 && count == 0;
}
