/* SPDX-License-Identifier: MIT
 *
 * What can be watched besides sockets, what cannot, and what becomes of a loop that was asked to.
 */
#include "descriptors.h"

static void regular_file_survived(struct check *c)
{
    expect_survived(c, scene_file(c, "contents"));
}

static void regular_file_refused(struct check *c)
{
    const struct loop_rule *rule = check_rule(c, "all.files.refused");
    loop_fd file = scene_file(c, "contents");
    struct counter calls = {.check = c};

    EXPECT_STATUS(c, "add_reader of a regular file",
                  c->ops->add_reader(c->loop, file, counter_call, &calls), rule->status);
    EXPECT_STATUS(c, "add_writer of a regular file",
                  c->ops->add_writer(c->loop, file, counter_call, &calls), rule->status);
    expect_working(c);
    EXPECT_INT(c, "calls for the refused file", calls.calls, 0);
}

/* The number of what was refused serves a socket later. */
static void expect_number_usable(struct check *c, loop_fd number)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, number);

    scene_dup_onto(c, pair.end, number);
    watch_reader(c, number, watched_drain, &reader);
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader of a socket with the same number");
    forget_reader(c, number);
}

static void odd_files_survived(struct check *c)
{
    loop_fd odd[] = {scene_directory(c), scene_open(c, "/dev/null"), scene_file(c, "contents")};

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        expect_survived(c, odd[i]);
        expect_number_usable(c, odd[i]);
    }
}

static void expect_pair_works(struct check *c, struct scene_pair pair)
{
    struct watched reader = watched_fd(c, pair.end);
    struct watched writer = watched_fd(c, pair.peer);

    watch_reader(c, pair.end, watched_drain, &reader);
    RUN_IDLE(c, MILLISECONDS(30));
    EXPECT_INT(c, "calls of the reader with nothing to read", reader.calls.calls, 0);
    watch_writer(c, pair.peer, watched_call, &writer);
    AWAIT_CALLS(c, &writer.calls, 1, "a call of the writer at the other end");
    forget_writer(c, pair.peer);
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader for data");
    EXPECT_INT(c, "bytes that the reader found", reader.bytes, 4);
    scene_close(c, pair.peer);
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader at the end");
    forget_reader(c, pair.end);
    expect_working(c);
}

static void pipe_works(struct check *c)
{
    expect_pair_works(c, scene_pipe(c));
}

static void fifo_works(struct check *c)
{
    expect_pair_works(c, scene_fifo(c));
}

static void terminal(struct check *c)
{
    struct scene_pair pair = scene_terminal(c);
    struct watched reader = watched_fd(c, pair.end);
    struct watched writer = watched_fd(c, pair.end);

    loop_status status = c->ops->add_reader(c->loop, pair.end, watched_drain, &reader);
    bool refused = CHECK_REFUSED(c, "add_reader", "character-device", status);
    status = c->ops->add_writer(c->loop, pair.end, watched_call, &writer);
    if (CHECK_REFUSED(c, "add_writer", "character-device", status) && refused) {
        expect_working(c);
        return;
    }
    AWAIT_CALLS(c, &writer.calls, 1, "a call of the terminal's writer");
    forget_writer(c, pair.end);
    EXPECT_INT(c, "calls of the terminal's reader before a key", reader.calls.calls, 0);
    scene_send(c, pair.peer, "key");
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the terminal's reader after a key");
    RUN_IDLE(c, MILLISECONDS(30));
    EXPECT_INT(c, "bytes that the reader found", reader.bytes, 3);
    scene_close(c, pair.peer);
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the terminal's reader when it is hung up");
}

/* Decides whether what is no socket is refused, at the call or when the loop runs with it. */
static bool no_socket_is_refused(struct check *c, const char *operation, loop_fd fd,
                                 loop_status status)
{
    struct trial trial = {.stopped = true};

    if (status == LOOP_OK)
        status = try_run(c, &trial, "two iterations while what is no socket is watched");
    if (status == LOOP_NOTSUP) /* the word of Wine's select for it */
        check_need_windows(c);
    if (!CHECK_REFUSED(c, operation, "not-a-socket", status))
        return false;
    forget_reader(c, fd);
    forget_writer(c, fd);
    end_trial(c, &trial, "a run after it was removed");
    expect_working(c);
    return true;
}

static void pipe_reader_refused(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct watched reader = watched_fd(c, pair.end);

    loop_status status = c->ops->add_reader(c->loop, pair.end, watched_drain, &reader);
    if (no_socket_is_refused(c, "add_reader", pair.end, status))
        return;
    scene_send(c, pair.peer, "data");
    AWAIT_CALLS(c, &reader.calls, 1, "a call of the pipe's reader");
}

static void pipe_writer_refused(struct check *c)
{
    struct scene_pair pair = scene_pipe(c);
    struct watched writer = watched_fd(c, pair.peer);

    loop_status status = c->ops->add_writer(c->loop, pair.peer, watched_call, &writer);
    if (!no_socket_is_refused(c, "add_writer", pair.peer, status))
        AWAIT_CALLS(c, &writer.calls, 1, "a call of the pipe's writer");
}

/* What is taken all the same has to be called. */
static void expect_refused_both_ways(struct check *c, loop_fd fd, bool readable)
{
    struct watched reader = watched_fd(c, fd), writer = watched_fd(c, fd);

    loop_status status = c->ops->add_reader(c->loop, fd, watched_call, &reader);
    if (!no_socket_is_refused(c, "add_reader", fd, status) && readable)
        AWAIT_CALLS(c, &reader.calls, 1, "a call of its reader");
    forget_reader(c, fd);
    status = c->ops->add_writer(c->loop, fd, watched_call, &writer);
    if (!no_socket_is_refused(c, "add_writer", fd, status))
        AWAIT_CALLS(c, &writer.calls, 1, "a call of its writer");
    forget_writer(c, fd);
}

static void file_is_no_socket(struct check *c)
{
    expect_refused_both_ways(c, scene_file(c, "text"), true);
}

static void console_is_no_socket(struct check *c)
{
    expect_refused_both_ways(c, scene_terminal(c).end, false);
}

static void add_reader_on_proactor(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched reader = watched_fd(c, pair.end);

    loop_status status = c->ops->add_reader(c->loop, pair.end, watched_drain, &reader);
    bool refused = CHECK_REFUSED(c, "add_reader", NULL, status);
    scene_send(c, pair.peer, "data");
    if (!refused)
        AWAIT_CALLS(c, &reader.calls, 1, "a call of the reader");
    expect_working(c);
    EXPECT_INT(c, "calls of the reader", reader.calls.calls, refused ? 0 : 1);
}

static void add_writer_on_proactor(struct check *c)
{
    struct scene_pair pair = scene_sockets(c);
    struct watched writer = watched_fd(c, pair.end);

    loop_status status = c->ops->add_writer(c->loop, pair.end, watched_call, &writer);
    if (!CHECK_REFUSED(c, "add_writer", NULL, status)) {
        AWAIT_CALLS(c, &writer.calls, 1, "a call of the writer");
        return;
    }
    expect_working(c);
    EXPECT_INT(c, "calls of the refused writer", writer.calls.calls, 0);
}

static void remove_reader_on_proactor(struct check *c)
{
    loop_status status = c->ops->remove_reader(c->loop, scene_sockets(c).end);

    EXPECT(c, status != LOOP_OK, "remove_reader found a reader that nobody added");
    CHECK_REFUSED(c, "remove_reader", NULL, status == LOOP_NOT_FOUND ? LOOP_OK : status);
    expect_working(c);
}

static void remove_writer_on_proactor(struct check *c)
{
    loop_status status = c->ops->remove_writer(c->loop, scene_sockets(c).end);

    EXPECT(c, status != LOOP_OK, "remove_writer found a writer that nobody added");
    CHECK_REFUSED(c, "remove_writer", NULL, status == LOOP_NOT_FOUND ? LOOP_OK : status);
    expect_working(c);
}

static const struct check_definition definitions[] = {
    {
        .id = "descriptors.regular-file-survived",
        .run = regular_file_survived,
        .rules = {"all.files.survived"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer", "call_later"},
    },
    {
        .id = "descriptors.regular-file-refused",
        .run = regular_file_refused,
        .rules = {"all.files.refused"},
        .needs = {"add_reader", "add_writer", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.odd-files-survived",
        .run = odd_files_survived,
        .rules = {"descriptors.odd-files-survived"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer", "call_later"},
    },
    {
        .id = "descriptors.pipe",
        .run = pipe_works,
        .rules = {"descriptors.pipe"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer", "call_later"},
    },
    {
        .id = "descriptors.fifo",
        .run = fifo_works,
        .rules = {"descriptors.fifo"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer", "call_later"},
    },
    {
        .id = "descriptors.terminal",
        .run = terminal,
        .rules = {"descriptors.terminal", "macos.character-devices",
                  "macos.10.8.kqueue.no-character-devices", "macos.10.8.select.character-devices",
                  "macos.10.8.poll.character-devices"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer", "call_later"},
    },
    {
        .id = "descriptors.pipe-reader-refused",
        .run = pipe_reader_refused,
        .rules = {"windows.selector.sockets-only-reader"},
        .needs = {"add_reader", "remove_reader", "remove_writer", "call_later"},
    },
    {
        .id = "descriptors.pipe-writer-refused",
        .run = pipe_writer_refused,
        .rules = {"windows.selector.sockets-only-writer"},
        .needs = {"add_writer", "add_reader", "remove_reader", "remove_writer", "call_later"},
    },
    {
        .id = "descriptors.file-is-no-socket",
        .run = file_is_no_socket,
        .rules = {"windows.selector.sockets-only-reader", "windows.selector.sockets-only-writer"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer", "call_later"},
    },
    {
        .id = "descriptors.console-is-no-socket",
        .run = console_is_no_socket,
        .rules = {"windows.selector.sockets-only-reader", "windows.selector.sockets-only-writer"},
        .needs = {"add_reader", "add_writer", "remove_reader", "remove_writer", "call_later"},
    },
    {
        .id = "descriptors.add-reader-on-proactor",
        .run = add_reader_on_proactor,
        .rules = {"windows.proactor.no-add-reader"},
        .needs = {"add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.add-writer-on-proactor",
        .run = add_writer_on_proactor,
        .rules = {"windows.proactor.no-add-writer"},
        .needs = {"add_writer", "add_reader", "remove_reader", "call_later"},
    },
    {
        .id = "descriptors.remove-reader-on-proactor",
        .run = remove_reader_on_proactor,
        .rules = {"windows.proactor.no-remove-reader"},
        .needs = {"remove_reader", "add_reader", "call_later"},
    },
    {
        .id = "descriptors.remove-writer-on-proactor",
        .run = remove_writer_on_proactor,
        .rules = {"windows.proactor.no-remove-writer"},
        .needs = {"remove_writer", "add_reader", "remove_reader", "call_later"},
    },
};

CHECK_AREA_PART(descriptors, objects, definitions);
