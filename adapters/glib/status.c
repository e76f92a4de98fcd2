/* SPDX-License-Identifier: MIT
 *
 * GError keeps no errno, so there is no last_os_error, and what has no name in GIO is a failure. */
#include "adapter.h"

struct meaning {
    int code;
    loop_status status;
};

/* ECONNRESET and EPIPE are one code of GIO's. */
static const struct meaning io[] = {
    {G_IO_ERROR_NOT_FOUND, LOOP_NOENT},
    {G_IO_ERROR_EXISTS, LOOP_EXIST},
    {G_IO_ERROR_IS_DIRECTORY, LOOP_ISDIR},
    {G_IO_ERROR_NOT_DIRECTORY, LOOP_NOTDIR},
    {G_IO_ERROR_FILENAME_TOO_LONG, LOOP_NAMETOOLONG},
    {G_IO_ERROR_NO_SPACE, LOOP_NOSPC},
    {G_IO_ERROR_INVALID_ARGUMENT, LOOP_INVAL},
    {G_IO_ERROR_PERMISSION_DENIED, LOOP_ACCES},
    {G_IO_ERROR_NOT_SUPPORTED, LOOP_NOTSUP},
    {G_IO_ERROR_CANCELLED, LOOP_CANCELLED},
    {G_IO_ERROR_PENDING, LOOP_AGAIN},
    {G_IO_ERROR_WOULD_BLOCK, LOOP_AGAIN},
    {G_IO_ERROR_TIMED_OUT, LOOP_TIMEDOUT},
    {G_IO_ERROR_HOST_NOT_FOUND, LOOP_NAME_NOT_RESOLVED},
    {G_IO_ERROR_HOST_UNREACHABLE, LOOP_HOSTUNREACH},
    {G_IO_ERROR_NETWORK_UNREACHABLE, LOOP_NETUNREACH},
    {G_IO_ERROR_ADDRESS_IN_USE, LOOP_ADDRINUSE},
    {G_IO_ERROR_TOO_MANY_OPEN_FILES, LOOP_MFILE},
    {G_IO_ERROR_CONNECTION_REFUSED, LOOP_CONNREFUSED},
    {G_IO_ERROR_CONNECTION_CLOSED, LOOP_CONNRESET},
    {G_IO_ERROR_NOT_CONNECTED, LOOP_NOTCONN},
    {G_IO_ERROR_MESSAGE_TOO_LARGE, LOOP_MSGSIZE},
};

static const struct meaning spawn[] = {
    {G_SPAWN_ERROR_ACCES, LOOP_ACCES},     {G_SPAWN_ERROR_PERM, LOOP_PERM},
    {G_SPAWN_ERROR_NOENT, LOOP_NOENT},     {G_SPAWN_ERROR_NAMETOOLONG, LOOP_NAMETOOLONG},
    {G_SPAWN_ERROR_NOMEM, LOOP_NO_MEMORY}, {G_SPAWN_ERROR_NOTDIR, LOOP_NOTDIR},
    {G_SPAWN_ERROR_IO, LOOP_IO},           {G_SPAWN_ERROR_NFILE, LOOP_NFILE},
    {G_SPAWN_ERROR_MFILE, LOOP_MFILE},     {G_SPAWN_ERROR_INVAL, LOOP_INVAL},
    {G_SPAWN_ERROR_ISDIR, LOOP_ISDIR},
};

static loop_status look_up(const struct meaning *meanings, size_t count, int code)
{
    for (size_t i = 0; i < count; i++)
        if (meanings[i].code == code)
            return meanings[i].status;
    return LOOP_FAILED;
}

loop_status status_of(GError *error)
{
    loop_status status = LOOP_FAILED;
    if (error == NULL)
        return LOOP_OK;
    if (error->domain == G_IO_ERROR)
        status = look_up(io, G_N_ELEMENTS(io), error->code);
    else if (error->domain == G_SPAWN_ERROR)
        status = look_up(spawn, G_N_ELEMENTS(spawn), error->code);
    else if (error->domain == G_RESOLVER_ERROR)
        status = LOOP_NAME_NOT_RESOLVED;
    g_error_free(error);
    return status;
}
