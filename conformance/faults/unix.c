/* SPDX-License-Identifier: MIT
 *
 * Loops that begin, carry and end connections over Unix sockets badly. */
#include "unix.h"

static loop_status pass_write(struct wire *w, const void *data, size_t length)
{
    return wire_inner->transport_write(w->transport, data, length);
}

static loop_status lose_answer(struct wire *w, const void *data, size_t length)
{
    bool answer = w->accepted && w->pieces > 0 && w->inside == NULL;

    return answer ? LOOP_OK : pass_write(w, data, length);
}
UNIX_FAULT(spoil_answer, .write = lose_answer)

static const char *connected_to;

static loop_status note_path(struct wire_operation *o, struct loop_connection_options *options)
{
    (void)o;
    connected_to = unix_keep(&options->remote);
    return LOOP_OK;
}

static void unlink_and_close(struct wire *w)
{
    if (!w->accepted && connected_to != NULL)
        os_unlink(connected_to);
    wire_inner->transport_close(w->transport);
}
UNIX_FAULT(spoil_client_close, .connect = note_path, .close = unlink_and_close)

static void unless_gone(struct wire *w, const void *data, size_t length)
{
    if (!w->accepted || !os_hung_up(wire_fd(w)))
        wire_data(w, data, length);
}
UNIX_FAULT(spoil_last_words, .data = unless_gone)

static bool abstract;

static loop_status note_abstract(struct wire_operation *o, struct loop_server_options *options)
{
    (void)o;
    abstract = unix_is_abstract(&options->local);
    return LOOP_OK;
}

static void close_unless_abstract(struct loop_server *server)
{
    if (!abstract)
        wire_inner->server_close(server);
}
UNIX_FAULT_OF(spoil_abstract_close, server_close, close_unless_abstract, .serve = note_abstract)

static void strip(struct loop_address *address)
{
    if (unix_is_abstract(address)) {
        while (address->path_length > 1 && address->path[address->path_length - 1] == '\0')
            address->path_length--;
    }
}

static loop_status strip_remote(struct wire_operation *o, struct loop_connection_options *options)
{
    (void)o;
    strip(&options->remote);
    return LOOP_OK;
}

static loop_status strip_local(struct wire_operation *o, struct loop_server_options *options)
{
    (void)o;
    strip(&options->local);
    return LOOP_OK;
}
UNIX_FAULT(spoil_bytes, .connect = strip_remote, .serve = strip_local)

static void rename_in_use(struct wire_operation *o, loop_status status, struct loop_server *server)
{
    wire_serving(o, abstract && status == LOOP_ADDRINUSE ? LOOP_EXIST : status, server);
}
UNIX_FAULT(spoil_in_use, .serve = note_abstract, .serving = rename_in_use)

static void lose_given(struct wire *w, const void *data, size_t length)
{
    if (w->accepted || w->operation->sock == LOOP_NO_FD)
        wire_data(w, data, length);
}
UNIX_FAULT(spoil_taken, .data = lose_given)

static void stop_given(struct wire_operation *o, loop_status status, struct loop_server *server)
{
    if (server != NULL && o->sock != LOOP_NO_FD)
        wire_inner->server_close(server);
    wire_serving(o, status, server);
}
UNIX_FAULT(spoil_given, .serving = stop_given)

struct receiver {
    void (*receive)(void *arg, const struct loop_address *);
    void *arg;
};

static void shorten(void *arg, const struct loop_address *address)
{
    const struct receiver *receiver = arg;
    struct loop_address shorter = *address;

    if (shorter.path_length > 0)
        shorter.path_length--;
    receiver->receive(receiver->arg, &shorter);
}

static loop_status short_peername(struct loop_transport *transport,
                                  void (*receive)(void *arg, const struct loop_address *),
                                  void *arg)
{
    struct receiver receiver = {receive, arg};

    return wire_inner->transport_get_peername(transport, shorten, &receiver);
}
UNIX_FAULT_OF(spoil_names, transport_get_peername, short_peername, .made = NULL)

static loop_status close_at_eof(struct wire *w)
{
    wire_inner->transport_close(w->transport);
    return LOOP_OK;
}
UNIX_FAULT(spoil_half_close, .write_eof = close_at_eof)

static int silent_eof(struct wire *w)
{
    return !w->accepted && w->writes == 0 ? 0 : wire_eof(w);
}
UNIX_FAULT(spoil_eof, .eof = silent_eof)

static void flip_byte(struct wire *w, const void *data, size_t length)
{
    wire_data_damaged(w, (size_t)2 << 20, data, length);
}
UNIX_FAULT(spoil_byte, .data = flip_byte)

static void close_hard(struct wire *w)
{
    if (wire_buffered(w) > 0)
        wire_inner->transport_abort(w->transport);
    else
        wire_inner->transport_close(w->transport);
}
UNIX_FAULT(spoil_close, .close = close_hard)

static void abort_softly(struct wire *w)
{
    wire_inner->transport_close(w->transport);
}
UNIX_FAULT(spoil_abort, .abort = abort_softly)

static void die_of_it(struct wire *w, loop_status why)
{
    if (why != LOOP_OK)
        os_break_pipe();
    wire_lost(w, why);
}
UNIX_FAULT(spoil_pipe, .lost = die_of_it)

static loop_status lose_late(struct wire *w, const void *data, size_t length)
{
    return w->number > 90 ? LOOP_OK : pass_write(w, data, length);
}
UNIX_FAULT(spoil_crowd, .write = lose_late)

static void close_all(struct loop_server *server)
{
    wire_inner->server_close(server);
    for (struct wire *w = wire_first; w != NULL; w = w->next) {
        if (w->accepted && w->transport != NULL && !w->lost)
            wire_inner->transport_abort(w->transport);
    }
}
UNIX_FAULT_OF(spoil_server_close, server_close, close_all, .made = NULL)

static void leak(struct wire *w, loop_status why)
{
    unix_leak_one();
    wire_lost(w, why);
}

static void spoil_descriptors(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    static const struct wire_hooks hooks = {.lost = leak};

    unix_spoil(spoilt, inner, &hooks);
    unix_leak_descriptor(spoilt, inner);
}

const struct fault unix_faults[] = {
    {.id = "unix.answer-lost",
     .summary = "What an accepted end writes after it has received something is lost",
     .checks = {"unix.af-unix"},
     .spoil = spoil_answer},
    {.id = "unix.client-unlinks",
     .summary = "A client that closes its connection removes the server's file",
     .checks = {"unix.connects"},
     .spoil = spoil_client_close},
    {.id = "unix.last-words-lost",
     .summary = "What a peer that has gone wrote before is lost",
     .checks = {"unix.serves"},
     .spoil = spoil_last_words},
    {.id = "unix.abstract-not-closed",
     .summary = "A server at an abstract name goes on after it was closed",
     .checks = {"unix.abstract"},
     .spoil = spoil_abstract_close},
    {.id = "unix.abstract-stripped",
     .summary = "NULs at the end of an abstract name are left out",
     .checks = {"unix.abstract-bytes"},
     .spoil = spoil_bytes},
    {.id = "unix.abstract-in-use-other-status",
     .summary = "An abstract name that is in use is refused with EXIST",
     .checks = {"unix.abstract-in-use"},
     .spoil = spoil_in_use},
    {.id = "unix.taken-over-deaf",
     .summary = "A socket that was taken over receives nothing",
     .checks = {"unix.takes-over-socket"},
     .spoil = spoil_taken},
    {.id = "unix.given-not-served",
     .summary = "A server with a socket that was given to it has stopped before it began",
     .checks = {"unix.serves-given-socket"},
     .spoil = spoil_given},
    {.id = "unix.names-cut",
     .summary = "A peer's name lacks its last byte",
     .checks = {"unix.names"},
     .spoil = spoil_names},
    {.id = "unix.eof-closes",
     .summary = "write_eof closes the connection in both directions",
     .checks = {"unix.half-close"},
     .spoil = spoil_half_close},
    {.id = "unix.eof-not-told",
     .summary = "A client that only listens is not told of the EOF",
     .checks = {"unix.peer-closes"},
     .spoil = spoil_eof},
    {.id = "unix.byte-flipped",
     .summary = "One bit in two megabytes is wrong",
     .checks = {"unix.megabytes"},
     .spoil = spoil_byte},
    {.id = "unix.close-drops",
     .summary = "A close drops what is buffered",
     .checks = {"unix.close-flushes"},
     .spoil = spoil_close},
    {.id = "unix.abort-flushes",
     .summary = "An abort waits until all is sent",
     .checks = {"unix.abort-drops"},
     .spoil = spoil_abort},
    {.id = "unix.sigpipe",
     .summary = "Writing to a peer that has gone raises SIGPIPE",
     .checks = {"unix.peer-gone"},
     .spoil = spoil_pipe},
    {.id = "unix.late-clients-ignored",
     .summary = "The last of a hundred clients are accepted and never hear a thing",
     .checks = {"unix.hundred-clients"},
     .spoil = spoil_crowd},
    {.id = "unix.server-close-aborts",
     .summary = "Closing a server aborts its connections",
     .checks = {"unix.server-close"},
     .spoil = spoil_server_close},
    {.id = "unix.descriptor-kept",
     .summary = "Every connection leaves a descriptor behind until the loop is closed",
     .checks = {"unix.descriptors-return"},
     .spoil = spoil_descriptors},
    {.id = NULL},
};
