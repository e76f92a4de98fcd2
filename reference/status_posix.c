/* SPDX-License-Identifier: MIT */
#include "system.h"

#include <errno.h>

static const struct {
    int os_error;
    loop_status status;
} names[] = {
    {EPERM, LOOP_PERM},
    {ENOENT, LOOP_NOENT},
    {ESRCH, LOOP_SRCH},
    {EIO, LOOP_IO},
    {EBADF, LOOP_BADF},
    {ECHILD, LOOP_CHILD},
    {EAGAIN, LOOP_AGAIN},
    {EACCES, LOOP_ACCES},
    {EEXIST, LOOP_EXIST},
    {ENOTDIR, LOOP_NOTDIR},
    {EISDIR, LOOP_ISDIR},
    {EINVAL, LOOP_INVAL},
    {ENFILE, LOOP_NFILE},
    {EMFILE, LOOP_MFILE},
    {ENOSPC, LOOP_NOSPC},
    {EPIPE, LOOP_PIPE},
    {ENAMETOOLONG, LOOP_NAMETOOLONG},
    {ENOTSOCK, LOOP_NOTSOCK},
    {EDESTADDRREQ, LOOP_DESTADDRREQ},
    {EMSGSIZE, LOOP_MSGSIZE},
    {ENOTSUP, LOOP_NOTSUP},
    {EAFNOSUPPORT, LOOP_AFNOSUPPORT},
    {EADDRINUSE, LOOP_ADDRINUSE},
    {EADDRNOTAVAIL, LOOP_ADDRNOTAVAIL},
    {ENETUNREACH, LOOP_NETUNREACH},
    {ECONNABORTED, LOOP_CONNABORTED},
    {ECONNRESET, LOOP_CONNRESET},
    {ENOBUFS, LOOP_NOBUFS},
    {EISCONN, LOOP_ISCONN},
    {ENOTCONN, LOOP_NOTCONN},
    {ETIMEDOUT, LOOP_TIMEDOUT},
    {ECONNREFUSED, LOOP_CONNREFUSED},
    {EHOSTUNREACH, LOOP_HOSTUNREACH},
    {ENOMEM, LOOP_NO_MEMORY},
};

loop_status status_of(int os_error)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].os_error == os_error)
            return names[i].status;
    return LOOP_FAILED;
}
