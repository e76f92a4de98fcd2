/* SPDX-License-Identifier: MIT
 *
 * An I/O completion port: it is not asked what is ready, but tells what has been done. */
#include "iocp_windows.h"

#include <stdlib.h>

#define PACKETS 64 /* taken from the port at once */

struct state {
    HANDLE port;
    struct request *under_way;
};

static loop_status open_iocp(struct loop *loop)
{
    struct state *state = calloc(1, sizeof *state);

    if (!state)
        return LOOP_NO_MEMORY;
    state->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (!state->port) {
        free(state);
        return loop_fail(loop, (int)GetLastError());
    }
    loop->backend_state = state;
    return LOOP_OK;
}

int iocp_adopt(struct loop *loop, loop_fd fd)
{
    struct state *state = loop->backend_state;

    return CreateIoCompletionPort((HANDLE)fd, state->port, 0, 0) ? 0 : (int)GetLastError();
}

/* A packet without a request. */
void iocp_wake(struct loop *loop)
{
    struct state *state = loop->backend_state;

    PostQueuedCompletionStatus(state->port, 0, 0, NULL);
}

/* ---- requests */

struct request *request_make(struct loop *loop, loop_fd fd, struct loop_handle *done, size_t room)
{
    struct request *r = calloc(1, sizeof *r + room);

    if (!r)
        return NULL;
    r->loop = loop;
    r->fd = fd;
    r->accepted = LOOP_NO_FD;
    r->done = done;
    done->references++;
    return r;
}

static void release(struct request *r)
{
    if (r->accepted != LOOP_NO_FD)
        descriptor_close(r->accepted);
    handle_drop(r->done);
    free(r);
}

int request_begun(struct request *r, int error)
{
    struct state *state = r->loop->backend_state;

    if (error != 0 && error != ERROR_IO_PENDING)
        return error;
    r->under_way = true;
    r->after = state->under_way;
    if (r->after)
        r->after->before = r;
    state->under_way = r;
    return 0;
}

void request_fail(struct request *r, int error)
{
    r->error = error;
    ready_push(r->loop, r->done);
}

void request_leave(struct request **request)
{
    struct request *r = *request;

    *request = NULL;
    handle_drop(r->done);
    r->done = NULL;
}

void request_give_up(struct request **request)
{
    struct request *r = *request;

    if (!r)
        return;
    if (r->under_way) {
        request_leave(request);
        CancelIoEx((HANDLE)r->fd, &r->overlapped);
    } else {
        *request = NULL;
        release(r);
    }
}

static void finish(struct state *state, struct request *r)
{
    if (r->before)
        r->before->after = r->after;
    else
        state->under_way = r->after;
    if (r->after)
        r->after->before = r->before;
    r->under_way = false;
    if (!r->done) {
        release(r);
        return;
    }
    if (!GetOverlappedResult((HANDLE)r->fd, &r->overlapped, &r->count, FALSE))
        r->error = (int)GetLastError();
    if (!r->loop->closed)
        ready_push(r->loop, r->done);
}

/* ---- waiting */

static int take_packets(struct state *state, DWORD milliseconds)
{
    OVERLAPPED_ENTRY packets[PACKETS];
    ULONG count = 0;

    if (!GetQueuedCompletionStatusEx(state->port, packets, PACKETS, &count, milliseconds, FALSE)) {
        DWORD error = GetLastError();

        return error == WAIT_TIMEOUT ? 0 : (int)error;
    }
    for (ULONG i = 0; i < count; i++)
        if (packets[i].lpOverlapped)
            finish(state, (struct request *)packets[i].lpOverlapped);
    return 0;
}

static loop_status wait_iocp(struct loop *loop, int64_t timeout)
{
    int milliseconds = milliseconds_of(timeout);
    int error =
        take_packets(loop->backend_state, milliseconds < 0 ? INFINITE : (DWORD)milliseconds);

    return error == 0 ? LOOP_OK : loop_fail(loop, error);
}

/* What is cancelled still completes, and only then is its memory ours again. */
static void close_iocp(struct loop *loop)
{
    struct state *state = loop->backend_state;

    for (struct request *r = state->under_way; r; r = r->after)
        CancelIoEx((HANDLE)r->fd, &r->overlapped);
    while (state->under_way && take_packets(state, INFINITE) == 0)
        continue;
    CloseHandle(state->port);
    free(state);
    loop->backend_state = NULL;
}

/* Nobody watches a descriptor of this loop. */
static loop_status watch(struct loop *loop, loop_fd fd, unsigned had, unsigned wanted)
{
    (void)loop, (void)fd, (void)had, (void)wanted;
    return LOOP_NOT_IMPLEMENTED;
}

const struct backend backend_iocp = {open_iocp, close_iocp, watch, wait_iocp};
