/* SPDX-License-Identifier: MIT
 *
 * Loops that refuse what they should watch, and take, or choke on, what they cannot. */
#include <stddef.h>

#include "descriptors_watch.h"

static loop_status spin_for(struct watch *w, bool concerned)
{
    if (!concerned)
        return watch_register(w);
    watch_spin(w->loop);
    return LOOP_PERM;
}

static loop_status spin_for_regular(struct watch *w)
{
    return spin_for(w, os_kind_of(w->fd) == OS_REGULAR);
}
WATCH_FAULT(spoil_regular, .add = spin_for_regular)

static loop_status take_regular(struct watch *w)
{
    return os_kind_of(w->fd) == OS_REGULAR ? LOOP_OK : watch_register(w);
}
WATCH_FAULT(spoil_regular_taken, .add = take_regular)

static loop_status spin_for_odd(struct watch *w)
{
    enum os_kind kind = os_kind_of(w->fd);

    return spin_for(w, kind == OS_DIRECTORY || kind == OS_DEVICE);
}
WATCH_FAULT(spoil_odd, .add = spin_for_odd)

static void unless_pipe_ends(struct watch *w)
{
    if (w->writer || os_kind_of(w->fd) != OS_PIPE || os_unread(w->fd) > 0)
        watch_deliver(w);
}
WATCH_FAULT(spoil_pipe, .call = unless_pipe_ends)

static loop_status refuse_named_pipe(struct watch *w)
{
    return os_kind_of(w->fd) == OS_NAMED_PIPE ? LOOP_PERM : watch_register(w);
}
WATCH_FAULT(spoil_fifo, .add = refuse_named_pipe)

static loop_status refuse_terminal(struct watch *w)
{
    return os_kind_of(w->fd) == OS_TERMINAL ? LOOP_PERM : watch_register(w);
}
WATCH_FAULT(spoil_terminal, .add = refuse_terminal)

static loop_status take_terminal(struct watch *w)
{
    return os_kind_of(w->fd) == OS_TERMINAL ? LOOP_OK : watch_register(w);
}
WATCH_FAULT(spoil_terminal_taken, .add = take_terminal)

static loop_status take_pipe_reader(struct watch *w)
{
    return !w->writer && os_kind_of(w->fd) == OS_PIPE ? LOOP_OK : watch_register(w);
}
WATCH_FAULT(spoil_pipe_reader, .add = take_pipe_reader)

static loop_status take_pipe_writer(struct watch *w)
{
    return w->writer && os_kind_of(w->fd) == OS_PIPE ? LOOP_OK : watch_register(w);
}
WATCH_FAULT(spoil_pipe_writer, .add = take_pipe_writer)

static loop_status refuse_and_call_reader(struct watch *w)
{
    if (!w->writer)
        watch_soon(w->loop, w->callback, w->arg);
    return watch_register(w);
}

static loop_status take_writer(struct watch *w)
{
    return w->writer ? LOOP_OK : watch_register(w);
}
WATCH_FAULT(spoil_proactor_reader, .add = refuse_and_call_reader)
WATCH_FAULT(spoil_proactor_writer, .add = take_writer)

static loop_status remove_reader_anyway(struct loop *loop, loop_fd fd, bool writer)
{
    return writer ? watch_unregister(loop, fd, writer) : LOOP_OK;
}

static loop_status remove_writer_anyway(struct loop *loop, loop_fd fd, bool writer)
{
    return writer ? LOOP_OK : watch_unregister(loop, fd, writer);
}
WATCH_FAULT(spoil_proactor_no_reader, .remove = remove_reader_anyway)
WATCH_FAULT(spoil_proactor_no_writer, .remove = remove_writer_anyway)

const struct fault descriptors_objects_faults[] = {
    {
        .id = "descriptors.file-spins",
        .summary = "A regular file is refused, and the loop spins ever after",
        .checks = {"descriptors.regular-file-survived"},
        .spoil = spoil_regular,
    },
    {
        .id = "descriptors.file-taken",
        .summary = "A regular file is taken, and its callbacks are never called",
        .checks = {"descriptors.regular-file-refused"},
        .spoil = spoil_regular_taken,
    },
    {
        .id = "descriptors.directory-spins",
        .summary = "A directory or device is refused, and the loop spins ever after",
        .checks = {"descriptors.odd-files-survived"},
        .spoil = spoil_odd,
    },
    {
        .id = "descriptors.pipe-without-end",
        .summary = "A pipe's reader is not called when the writing end is closed",
        .checks = {"descriptors.pipe"},
        .spoil = spoil_pipe,
    },
    {
        .id = "descriptors.fifo-refused",
        .summary = "A named pipe is refused",
        .checks = {"descriptors.fifo"},
        .spoil = spoil_fifo,
    },
    {
        .id = "descriptors.terminal-refused",
        .summary = "A terminal is refused",
        .checks = {"descriptors.terminal"},
        .spoil = spoil_terminal,
    },
    {
        .id = "descriptors.terminal-taken",
        .summary = "kqueue takes a terminal on an old macOS, and never calls back",
        .checks = {"descriptors.terminal"},
        .on = "macos-10.8-kqueue",
        .spoil = spoil_terminal_taken,
    },
    {
        .id = "descriptors.pipe-reader-taken",
        .summary = "A Windows selector takes a pipe's reader, and never calls back",
        .checks = {"descriptors.pipe-reader-refused"},
        .on = "windows-selector",
        .spoil = spoil_pipe_reader,
    },
    {
        .id = "descriptors.pipe-writer-taken",
        .summary = "A Windows selector takes a pipe's writer, and never calls back",
        .checks = {"descriptors.pipe-writer-refused"},
        .on = "windows-selector",
        .spoil = spoil_pipe_writer,
    },
    {
        .id = "descriptors.file-taken-for-socket",
        .summary = "A Windows selector takes a regular file, and never calls back",
        .checks = {"descriptors.file-is-no-socket"},
        .on = "windows-selector",
        .spoil = spoil_regular_taken,
    },
    {
        .id = "descriptors.console-taken-for-socket",
        .summary = "A Windows selector takes a console, and never calls back",
        .checks = {"descriptors.console-is-no-socket"},
        .on = "windows-selector",
        .spoil = spoil_terminal_taken,
    },
    {
        .id = "descriptors.proactor-calls-refused-reader",
        .summary = "A proactor refuses a reader, and calls it all the same",
        .checks = {"descriptors.add-reader-on-proactor"},
        .on = "windows-proactor",
        .spoil = spoil_proactor_reader,
    },
    {
        .id = "descriptors.proactor-takes-writer",
        .summary = "A proactor takes a writer, and never calls it",
        .checks = {"descriptors.add-writer-on-proactor"},
        .on = "windows-proactor",
        .spoil = spoil_proactor_writer,
    },
    {
        .id = "descriptors.proactor-removes-reader",
        .summary = "A proactor removes a reader that it never had",
        .checks = {"descriptors.remove-reader-on-proactor"},
        .on = "windows-proactor",
        .spoil = spoil_proactor_no_reader,
    },
    {
        .id = "descriptors.proactor-removes-writer",
        .summary = "A proactor removes a writer that it never had",
        .checks = {"descriptors.remove-writer-on-proactor"},
        .on = "windows-proactor",
        .spoil = spoil_proactor_no_writer,
    },
    {.id = NULL},
};
