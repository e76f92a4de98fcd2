/* SPDX-License-Identifier: MIT
 *
 * Loops that take the wrong files for theirs, or the wrong names for good. */
#include "unix.h"

#include <string.h>

static loop_status stale_in_use(struct wire_operation *o, struct loop_server_options *options)
{
    const char *path = unix_keep(&options->local);

    (void)o;
    return os_at(path) == OS_AT_SOCKET && !os_serves(path) ? LOOP_ADDRINUSE : LOOP_OK;
}
UNIX_FAULT(spoil_stale, .serve = stale_in_use)

static loop_status live_in_use(struct wire_operation *o, struct loop_server_options *options)
{
    const char *path = unix_keep(&options->local);

    (void)o;
    return os_at(path) == OS_AT_SOCKET && os_serves(path) ? LOOP_ADDRINUSE : LOOP_OK;
}
UNIX_FAULT(spoil_live, .serve = live_in_use)

static loop_status replace_file(struct wire_operation *o, struct loop_server_options *options)
{
    const char *path = unix_keep(&options->local);

    (void)o;
    if (os_at(path) == OS_AT_FILE)
        os_unlink(path);
    return LOOP_OK;
}
UNIX_FAULT(spoil_file, .serve = replace_file)

static loop_status name_directory(struct wire_operation *o, struct loop_server_options *options)
{
    (void)o;
    return os_at(unix_keep(&options->local)) == OS_AT_DIRECTORY ? LOOP_ISDIR : LOOP_OK;
}
UNIX_FAULT(spoil_directory, .serve = name_directory)

static void deny_missing(struct wire_operation *o, loop_status status, struct loop_server *server)
{
    wire_serving(o, status == LOOP_NOENT ? LOOP_ACCES : status, server);
}
UNIX_FAULT(spoil_missing, .serving = deny_missing)

static loop_status no_longest(struct wire_operation *o, struct loop_server_options *options)
{
    (void)o;
    return options->local.path_length == os_path_room() - 1 ? LOOP_NAMETOOLONG : LOOP_OK;
}
UNIX_FAULT(spoil_longest, .serve = no_longest)

static void cut(struct loop_address *address)
{
    if (address->path_length > os_path_room())
        address->path_length = os_path_room() - 1;
}

static loop_status cut_remote(struct wire_operation *o, struct loop_connection_options *options)
{
    (void)o;
    cut(&options->remote);
    return LOOP_OK;
}

static loop_status cut_local(struct wire_operation *o, struct loop_server_options *options)
{
    (void)o;
    cut(&options->local);
    return LOOP_OK;
}
UNIX_FAULT(spoil_cut, .serve = cut_local)
UNIX_FAULT(spoil_cut_client, .connect = cut_remote)

static loop_status cut_one(struct wire_operation *o, struct loop_server_options *options)
{
    (void)o;
    if (options->local.path_length == os_path_room() && !unix_is_abstract(&options->local))
        options->local.path_length--;
    return LOOP_OK;
}
UNIX_FAULT(spoil_cut_one, .serve = cut_one)

static void cut_at_nul(struct loop_address *address)
{
    if (address->path != NULL && !unix_is_abstract(address))
        address->path_length = strlen(address->path);
}

static loop_status nul_local(struct wire_operation *o, struct loop_server_options *options)
{
    (void)o;
    cut_at_nul(&options->local);
    return LOOP_OK;
}
UNIX_FAULT(spoil_nul, .serve = nul_local)

static loop_status nul_remote(struct wire_operation *o, struct loop_connection_options *options)
{
    (void)o;
    cut_at_nul(&options->remote);
    return LOOP_OK;
}
UNIX_FAULT(spoil_nul_client, .connect = nul_remote)

static const char *remote;

static loop_status note_remote(struct wire_operation *o, struct loop_connection_options *options)
{
    (void)o;
    remote = unix_keep(&options->remote);
    return LOOP_OK;
}

static void refuse_missing(struct wire_operation *o, loop_status status,
                           struct loop_transport *transport)
{
    wire_connected(o, status == LOOP_NOENT ? LOOP_CONNREFUSED : status, transport);
}
UNIX_FAULT(spoil_nobody, .connected = refuse_missing)

static void tidy_stale(struct wire_operation *o, loop_status status,
                       struct loop_transport *transport)
{
    if (status == LOOP_CONNREFUSED && os_at(remote) == OS_AT_SOCKET)
        os_unlink(remote);
    wire_connected(o, status, transport);
}
UNIX_FAULT(spoil_tidy, .connect = note_remote, .connected = tidy_stale)

static void name_file(struct wire_operation *o, loop_status status,
                      struct loop_transport *transport)
{
    bool file = status == LOOP_CONNREFUSED && os_at(remote) == OS_AT_FILE;

    wire_connected(o, file ? LOOP_NOTSOCK : status, transport);
}
UNIX_FAULT(spoil_file_client, .connect = note_remote, .connected = name_file)

static const char *local;
static long serial;

static loop_status note_local(struct wire_operation *o, struct loop_server_options *options)
{
    (void)o;
    local = unix_keep(&options->local);
    return LOOP_OK;
}

static void note_serial(struct wire_operation *o, loop_status status, struct loop_server *server)
{
    serial = local != NULL ? os_serial_at(local) : -1;
    wire_serving(o, status, server);
}

static void close_and_unlink(struct loop_server *server)
{
    wire_inner->server_close(server);
    if (os_at(local) == OS_AT_SOCKET && os_serial_at(local) == serial)
        os_unlink(local);
}
UNIX_FAULT_OF(spoil_stays, server_close, close_and_unlink, .serve = note_local,
              .serving = note_serial)

static void close_and_keep(struct loop_server *server)
{
    os_save_file(local);
    wire_inner->server_close(server);
    os_restore_file(local);
}
UNIX_FAULT_OF(spoil_goes, server_close, close_and_keep, .serve = note_local)

static void close_and_unlink_other(struct loop_server *server)
{
    wire_inner->server_close(server);
    if (os_at(local) == OS_AT_SOCKET && os_serial_at(local) != serial)
        os_unlink(local);
}
UNIX_FAULT_OF(spoil_foreign, server_close, close_and_unlink_other, .serve = note_local,
              .serving = note_serial)

static loop_status name_nothing(struct wire_operation *o, struct loop_connection_options *options)
{
    return options->remote.path == NULL && o->sock == LOOP_NO_FD ? LOOP_TYPE : LOOP_OK;
}
UNIX_FAULT(spoil_nothing, .connect = name_nothing)

static loop_status prefer_socket(struct wire_operation *o, struct loop_server_options *options)
{
    if (o->sock != LOOP_NO_FD && options->local.path != NULL)
        options->local = (struct loop_address){.size = sizeof options->local};
    return LOOP_OK;
}
UNIX_FAULT(spoil_both, .serve = prefer_socket)

static loop_status name_inet(struct wire_operation *o, struct loop_connection_options *options)
{
    (void)options;
    return o->sock != LOOP_NO_FD && !os_is_unix(o->sock) ? LOOP_AFNOSUPPORT : LOOP_OK;
}
UNIX_FAULT(spoil_inet, .connect = name_inet)

static loop_status name_datagram(struct wire_operation *o, struct loop_server_options *options)
{
    (void)options;
    return o->sock != LOOP_NO_FD && os_is_datagram(o->sock) ? LOOP_NOTSUP : LOOP_OK;
}
UNIX_FAULT(spoil_datagram, .serve = name_datagram)

const struct fault unix_files_faults[] = {
    {.id = "unix.stale-in-use",
     .summary = "A stale socket's file is in the way of a server",
     .checks = {"unix.stale-replaced"},
     .spoil = spoil_stale},
    {.id = "unix.live-in-use",
     .summary = "The file of another server is in the way of a server",
     .checks = {"unix.live-replaced"},
     .spoil = spoil_live},
    {.id = "unix.file-removed",
     .summary = "A server removes whatever file is at its path",
     .checks = {"unix.existing-file"},
     .spoil = spoil_file},
    {.id = "unix.directory-other-status",
     .summary = "A directory at the path is refused with ISDIR",
     .checks = {"unix.existing-directory"},
     .spoil = spoil_directory},
    {.id = "unix.missing-directory-other-status",
     .summary = "A missing directory is refused with ACCES",
     .checks = {"unix.missing-directory"},
     .spoil = spoil_missing},
    {.id = "unix.longest-refused",
     .summary = "The longest path that there can be is refused",
     .checks = {"unix.longest-path"},
     .spoil = spoil_longest},
    {.id = "unix.path-cut",
     .summary = "A path that is too long is cut, and that is served",
     .checks = {"unix.too-long-path"},
     .spoil = spoil_cut},
    {.id = "unix.path-cut-by-client",
     .summary = "A path that is too long is cut, and that is connected to",
     .checks = {"unix.too-long-path"},
     .spoil = spoil_cut_client},
    {.id = "unix.path-cut-by-one",
     .summary = "A path that lacks room for its NUL loses its last byte",
     .checks = {"unix.one-byte-too-long"},
     .spoil = spoil_cut_one},
    {.id = "unix.nul-ends-path",
     .summary = "A path is served up to its first NUL",
     .checks = {"unix.nul-not-served"},
     .spoil = spoil_nul},
    {.id = "unix.nul-ends-path-of-client",
     .summary = "A path is connected to up to its first NUL",
     .checks = {"unix.nul-not-connected"},
     .spoil = spoil_nul_client},
    {.id = "unix.nobody-other-status",
     .summary = "A missing path refuses the connection with CONNREFUSED",
     .checks = {"unix.nobody-there"},
     .spoil = spoil_nobody},
    {.id = "unix.client-tidies",
     .summary = "A client removes the stale socket that refused it",
     .checks = {"unix.stale-refuses"},
     .spoil = spoil_tidy},
    {.id = "unix.file-other-status",
     .summary = "A regular file refuses the connection with NOTSOCK",
     .checks = {"unix.file-refuses"},
     .spoil = spoil_file_client},
    {.id = "unix.close-unlinks",
     .summary = "A closed server's file goes where it should stay",
     .checks = {"unix.file-stays"},
     .spoil = spoil_stays},
    {.id = "unix.close-leaves-file",
     .summary = "A closed server's file stays where it should go",
     .checks = {"unix.file-goes"},
     .asyncio = "3.13",
     .spoil = spoil_goes},
    {.id = "unix.close-unlinks-foreign",
     .summary = "A closed server removes the file that took the place of its own",
     .checks = {"unix.foreign-file-stays"},
     .spoil = spoil_foreign},
    {.id = "unix.nothing-other-status",
     .summary = "Connecting to neither path nor socket is refused with TYPE",
     .checks = {"unix.neither-path-nor-socket"},
     .spoil = spoil_nothing},
    {.id = "unix.socket-preferred",
     .summary = "A server that is given both a path and a socket takes the socket",
     .checks = {"unix.path-and-socket"},
     .spoil = spoil_both},
    {.id = "unix.inet-other-status",
     .summary = "Taking over a TCP socket is refused with AFNOSUPPORT",
     .checks = {"unix.inet-socket"},
     .spoil = spoil_inet},
    {.id = "unix.datagram-other-status",
     .summary = "Serving a datagram socket is refused with NOTSUP",
     .checks = {"unix.datagram-socket"},
     .spoil = spoil_datagram},
    {.id = NULL},
};
