/* SPDX-License-Identifier: MIT
 *
 * What is no pipe, and to whom a descriptor belongs. */
#include "kinds.h"
#include "pipes.h"
#include "scene_descriptors.h"

static void expect_loop_works(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_reader(c, pair.end);

    scene_send(c, pair.peer, "works");
    AWAIT_BYTES(e, 5);
    scene_close(c, pair.peer);
    pipes_await_loss(e, LOOP_OK);
}

/* A descriptor that was refused is the caller's if the call refused it, and closed if its
 * completion did. */
static void expect_owner(struct check *c, loop_fd fd, bool at_call)
{
    EXPECT(c, scene_is_open(c, fd) == at_call,
           at_call ? "the call refused a descriptor and closed it"
                   : "the completion refused a descriptor, which is open still");
}

static void refused_by_asyncio(struct check *c, pipe_operation connect, const char *operation,
                               loop_fd fd)
{
    loop_status status;
    bool at_call;
    struct endpoint *e = pipes_try(c, connect, operation, fd, &at_call, &status);

    EXPECT_STATUS(c, operation, status, LOOP_VALUE);
    EXPECT(c, !at_call, "it was refused at the call, not at the completion");
    EXPECT_INT(c, "calls of the protocol factory", e->factories, 1);
    EXPECT_INT(c, "calls of connection_made", e->made, 0);
    expect_owner(c, fd, at_call);
    expect_loop_works(c);
}

static void file_read(struct check *c)
{
    refused_by_asyncio(c, c->ops->connect_read_pipe, "connect_read_pipe", scene_file(c, "text"));
}

static void file_written(struct check *c)
{
    refused_by_asyncio(c, c->ops->connect_write_pipe, "connect_write_pipe", scene_file(c, ""));
}

static void directory_read(struct check *c)
{
    refused_by_asyncio(c, c->ops->connect_read_pipe, "connect_read_pipe", scene_directory(c));
}

static void files_refused(struct check *c)
{
    static const char *const operations[] = {"connect_read_pipe", "connect_write_pipe"};
    const pipe_operation connect[] = {c->ops->connect_read_pipe, c->ops->connect_write_pipe};

    for (int i = 0; i < 2; i++) {
        loop_fd fd = scene_file(c, "text");
        loop_status status;
        bool at_call;
        struct endpoint *e = pipes_try(c, connect[i], operations[i], fd, &at_call, &status);

        if (!CHECK_REFUSED(c, operations[i], "regular-file", status))
            continue;
        EXPECT_INT(c, "calls of connection_made", e->made, 0);
        expect_owner(c, fd, at_call);
    }
    expect_loop_works(c);
}

/* What is taken has to work: a loop may have a thread that waits for it. */
static void expect_both_ways(struct check *c, struct endpoint *e, struct scene_pair pair,
                             bool reads)
{
    char bytes[8];

    if (reads) {
        scene_send(c, pair.peer, "works");
        AWAIT_BYTES(e, 5);
        scene_close(c, pair.peer);
    } else {
        pipes_write(e, "works", 5);
        c->ops->transport_close(e->transport);
    }
    pipes_await_loss(e, LOOP_OK);
    if (!reads) {
        scene_await_readable(c, pair.end);
        EXPECT_INT(c, "bytes out of the pipe", scene_read_now(pair.end, bytes, sizeof bytes), 5);
    }
}

static void not_overlapped(struct check *c)
{
    static const char *const operations[] = {"connect_read_pipe", "connect_write_pipe"};
    const pipe_operation connect[] = {c->ops->connect_read_pipe, c->ops->connect_write_pipe};

    for (int i = 0; i < 2; i++) {
        struct scene_pair pair = scene_waiting_pipe(c);
        loop_fd fd = i == 0 ? pair.end : pair.peer;
        loop_status status;
        bool at_call;
        struct endpoint *e = pipes_try(c, connect[i], operations[i], fd, &at_call, &status);

        if (CHECK_REFUSED(c, operations[i], "not-overlapped", status)) {
            EXPECT_INT(c, "calls of connection_made", e->made, 0);
            expect_owner(c, fd, at_call);
        } else {
            expect_both_ways(c, e, pair, i == 0);
        }
    }
    expect_loop_works(c);
}

static void bad_number(struct check *c, loop_fd fd)
{
    const pipe_operation connect[] = {c->ops->connect_read_pipe, c->ops->connect_write_pipe};

    for (int i = 0; i < 2; i++) {
        loop_status status;
        bool at_call;
        struct endpoint *e =
            pipes_try(c, connect[i], i == 0 ? "connect_read_pipe" : "connect_write_pipe", fd,
                      &at_call, &status);

        EXPECT(c, status == LOOP_BADF || status == LOOP_VALUE,
               "number %d, which refers to nothing, came to %s", (int)fd, loop_status_name(status));
        EXPECT_INT(c, "calls of connection_made", e->made, 0);
    }
    expect_loop_works(c);
}

static void closed_number(struct check *c)
{
    bad_number(c, scene_closed_number(c));
}

static void negative_number(struct check *c)
{
    bad_number(c, -7);
}

/* Refused, or at its end at once; not silent for ever. */
static void null_device(struct check *c)
{
    loop_status status;
    bool at_call;
    struct endpoint *e = pipes_try(c, c->ops->connect_read_pipe, "connect_read_pipe",
                                   scene_open(c, "/dev/null"), &at_call, &status);

    if (status == LOOP_OK)
        RUN_UNTIL(c, endpoint_lost, e, "the end of the null device, or its refusal");
}

static void null_device_survived(struct check *c)
{
    loop_status status;
    bool at_call;
    struct endpoint *e = pipes_try(c, c->ops->connect_read_pipe, "connect_read_pipe",
                                   scene_open(c, "/dev/null"), &at_call, &status);

    expect_loop_works(c);
    RUN_IDLE(c, MILLISECONDS(50));
    if (status == LOOP_OK && e->lost == 0) {
        c->ops->transport_close(e->transport);
        pipes_await_loss(e, LOOP_OK);
    }
}

static void made_nonblocking(struct check *c)
{
    const pipe_operation connect[] = {c->ops->connect_read_pipe, c->ops->connect_write_pipe};

    for (int i = 0; i < 2; i++) {
        struct scene_pair pair = scene_pipe(c);
        loop_fd fd = i == 0 ? pair.end : pair.peer, twin;
        struct endpoint *e;
        int64_t flags;

        flags = scene_flags(c, fd);
        twin = scene_dup(c, fd);
        scene_set_blocking(c, fd, true);
        e = connect[i] == c->ops->connect_read_pipe ? pipes_reader(c, fd) : pipes_writer(c, fd);
        EXPECT(c, scene_flags(c, twin) == flags, "the descriptor of a transport still blocks");
        c->ops->transport_close(e->transport);
        pipes_await_loss(e, LOOP_OK);
    }
}

/* What a loop opens for itself when it first waits must not come to have these numbers. */
static void gives_back(struct check *c)
{
    RUN_IDLE(c, MILLISECONDS(1));
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *in = pipes_reader(c, pair.end), *out = pipes_writer(c, pair.peer);

    c->ops->transport_close(out->transport);
    pipes_await_loss(out, LOOP_OK);
    pipes_await_loss(in, LOOP_OK);
    endpoint_release(out);
    endpoint_release(in);
    RUN_ITERATIONS(c, 3);
    EXPECT(c, !scene_is_open(c, pair.end), "the reading end is open after connection_lost");
    EXPECT(c, !scene_is_open(c, pair.peer), "the writing end is open after connection_lost");
}

static void reader_closes(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_reader(c, pair.end);

    scene_send(c, pair.peer, "unread");
    c->ops->transport_close(e->transport);
    pipes_await_loss(e, LOOP_OK);
    EXPECT_INT(c, "bytes received after the close", e->bytes, 0);
    EXPECT_INT(c, "calls of eof_received after the close", e->eofs, 0);
}

static void loop_closed(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *in = pipes_reader(c, pair.end), *out = pipes_writer(c, pair.peer);

    pipes_write(out, "never read", 10);
    EXPECT_STATUS(c, "close of a loop with pipes", c->ops->close(c->loop), LOOP_OK);
    EXPECT_INT(c, "calls of connection_lost in close", in->lost + out->lost, 0);
    endpoints_release_all(c);
    EXPECT(c, !scene_is_open(c, pair.end), "the reading end is open after it was released");
    EXPECT(c, !scene_is_open(c, pair.peer), "the writing end is open after it was released");
}

static void cancelled(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = endpoint_new(c, "the pipe");

    NEED_OK(c, "connect_read_pipe", endpoint_pipe(e, c->ops->connect_read_pipe, pair.end, true));
    scene_forget(c, pair.end);
    c->ops->handle_cancel(c->loop, e->operation);
    RUN_UNTIL(c, endpoint_completed, e, "the completion of a pipe that was cancelled");
    NEED_OK(c, "connect_read_pipe", e->status == LOOP_NOT_IMPLEMENTED ? e->status : LOOP_OK);
    if (e->status == LOOP_OK) { /* it was too late */
        c->ops->transport_close(e->transport);
        pipes_await_loss(e, LOOP_OK);
        return;
    }
    EXPECT_STATUS(c, "a pipe that was cancelled", e->status, LOOP_CANCELLED);
    RUN_ITERATIONS(c, 3);
    EXPECT(c, !scene_is_open(c, pair.end), "the descriptor is open after the cancelling");
}

static void factory_refuses(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = endpoint_new(c, "the pipe");

    e->refuses = LOOP_NO_MEMORY;
    NEED_OK(c, "connect_read_pipe", endpoint_pipe(e, c->ops->connect_read_pipe, pair.end, false));
    scene_forget(c, pair.end);
    RUN_UNTIL(c, endpoint_completed, e, "the completion of a pipe whose factory fails");
    NEED_OK(c, "connect_read_pipe", e->status == LOOP_NOT_IMPLEMENTED ? e->status : LOOP_OK);
    EXPECT_STATUS(c, "a pipe whose factory failed with NO_MEMORY", e->status, LOOP_NO_MEMORY);
    EXPECT_INT(c, "calls of connection_made", e->made, 0);
    RUN_ITERATIONS(c, 3);
    expect_owner(c, pair.end, false);
}

/* If it were taken at the call, what fails later would close it under its transport. */
static void taken(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *e = pipes_reader(c, pair.end), *other = endpoint_new(c, "the second pipe");
    loop_status status = endpoint_pipe(other, c->ops->connect_read_pipe, pair.end, false);

    EXPECT(c, status == LOOP_RUNTIME || status == LOOP_EXIST,
           "taking over the pipe of a transport came to %s", loop_status_name(status));
    scene_send(c, pair.peer, "data");
    AWAIT_BYTES(e, 4);
    scene_close(c, pair.peer);
    pipes_await_loss(e, LOOP_OK);
}

static void no_names(struct check *c)
{
    struct kept_address name = {.calls = 0};
    struct endpoint *e = pipes_reader(c, scene_pipe(c).end);

    EXPECT_STATUS(c, "transport_get_sockname of a pipe",
                  c->ops->transport_get_sockname(e->transport, keep_address, &name), LOOP_NOTSOCK);
    EXPECT_STATUS(c, "transport_get_peername of a pipe",
                  c->ops->transport_get_peername(e->transport, keep_address, &name), LOOP_NOTSOCK);
    EXPECT_INT(c, "calls with a name", name.calls, 0);
}

static void other_calls(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct endpoint *in = pipes_reader(c, pair.end), *out = pipes_writer(c, pair.peer);

    kinds_expect_refused(c, in->transport, 0);
    kinds_expect_refused(c, out->transport, KIND_WRITES | KIND_ENDS);
    c->ops->transport_close(out->transport);
    pipes_await_loss(out, LOOP_OK);
    pipes_await_loss(in, LOOP_OK);
}

#define BOTH "connect_read_pipe", "connect_write_pipe", "transport_release"

static const struct check_definition definitions[] = {
    {.id = "pipes.file-read",
     .run = file_read,
     .rules = {"pipes.file-read"},
     .needs = {"connect_read_pipe", "transport_release"}},
    {.id = "pipes.file-written",
     .run = file_written,
     .rules = {"pipes.file-written"},
     .needs = {BOTH}},
    {.id = "pipes.directory-read",
     .run = directory_read,
     .rules = {"pipes.directory-read"},
     .needs = {"connect_read_pipe", "transport_release"}},
    {.id = "pipes.files-refused",
     .run = files_refused,
     .rules = {"all.pipes-not-files"},
     .needs = {BOTH}},
    {.id = "pipes.not-overlapped",
     .run = not_overlapped,
     .rules = {"windows.proactor.overlapped-pipes"},
     .needs = {BOTH, "transport_write", "transport_close"}},
    {.id = "pipes.closed-number",
     .run = closed_number,
     .rules = {"pipes.closed-number"},
     .needs = {BOTH}},
    {.id = "pipes.negative-number",
     .run = negative_number,
     .rules = {"pipes.negative-number"},
     .needs = {BOTH}},
    {.id = "pipes.null-device",
     .run = null_device,
     .rules = {"pipes.null-device"},
     .needs = {"connect_read_pipe", "transport_release"}},
    {.id = "pipes.null-device-survived",
     .run = null_device_survived,
     .rules = {"pipes.null-device-survived"},
     .needs = {"connect_read_pipe", "transport_close", "transport_release", "call_later"}},
    {.id = "pipes.made-nonblocking",
     .run = made_nonblocking,
     .rules = {"pipes.made-nonblocking"},
     .needs = {BOTH, "transport_close"}},
    {.id = "pipes.gives-back",
     .run = gives_back,
     .rules = {"pipes.gives-back"},
     .needs = {BOTH, "transport_close"}},
    {.id = "pipes.reader-closes",
     .run = reader_closes,
     .rules = {"pipes.reader-closes"},
     .needs = {"connect_read_pipe", "transport_close", "transport_release"}},
    {.id = "pipes.loop-closed",
     .run = loop_closed,
     .rules = {"pipes.loop-closed"},
     .needs = {BOTH, "transport_write"}},
    {.id = "pipes.cancelled",
     .run = cancelled,
     .rules = {"pipes.cancelled"},
     .needs = {"connect_read_pipe", "transport_close", "transport_release", "handle_cancel",
               "handle_release"}},
    {.id = "pipes.factory-refuses",
     .run = factory_refuses,
     .rules = {"pipes.factory-refuses"},
     .needs = {"connect_read_pipe"}},
    {.id = "pipes.taken",
     .run = taken,
     .rules = {"pipes.taken"},
     .needs = {"connect_read_pipe", "transport_release"}},
    {.id = "pipes.no-names",
     .run = no_names,
     .rules = {"pipes.no-names"},
     .needs = {"connect_read_pipe", "transport_get_sockname", "transport_get_peername"}},
    {.id = "pipes.other-calls",
     .run = other_calls,
     .rules = {"pipes.other-calls"},
     .needs = {BOTH, "transport_write", "transport_sendto", "transport_close"}},
};

CHECK_AREA_PART(pipes, objects, definitions);
