/* SPDX-License-Identifier: MIT
 *
 * loop_errno.h - what errno means in the words of loop_abi.h, for loops that stand on POSIX. */
#ifndef LOOPCHECK_LOOP_ERRNO_H
#define LOOPCHECK_LOOP_ERRNO_H

#include <errno.h>

#include "loop_abi.h"

/* The LOOP_* of an errno; LOOP_FAILED for one that has no name there. 0 is no error: LOOP_OK. */
static inline loop_status loop_status_of_errno(int os_error)
{
    switch (os_error) {
    case 0:
        return LOOP_OK;
    case EPERM:
        return LOOP_PERM;
    case ENOENT:
        return LOOP_NOENT;
    case ESRCH:
        return LOOP_SRCH;
    case EIO:
        return LOOP_IO;
    case EBADF:
        return LOOP_BADF;
    case ECHILD:
        return LOOP_CHILD;
    case EAGAIN:
        return LOOP_AGAIN;
    case EACCES:
        return LOOP_ACCES;
    case EEXIST:
        return LOOP_EXIST;
    case ENOTDIR:
        return LOOP_NOTDIR;
    case EISDIR:
        return LOOP_ISDIR;
    case EINVAL:
        return LOOP_INVAL;
    case ENFILE:
        return LOOP_NFILE;
    case EMFILE:
        return LOOP_MFILE;
    case ENOSPC:
        return LOOP_NOSPC;
    case EPIPE:
        return LOOP_PIPE;
    case ENAMETOOLONG:
        return LOOP_NAMETOOLONG;
    case ENOTSOCK:
        return LOOP_NOTSOCK;
    case EDESTADDRREQ:
        return LOOP_DESTADDRREQ;
    case EMSGSIZE:
        return LOOP_MSGSIZE;
    case ENOTSUP:
        return LOOP_NOTSUP;
    case EAFNOSUPPORT:
        return LOOP_AFNOSUPPORT;
    case EADDRINUSE:
        return LOOP_ADDRINUSE;
    case EADDRNOTAVAIL:
        return LOOP_ADDRNOTAVAIL;
    case ENETUNREACH:
        return LOOP_NETUNREACH;
    case ECONNABORTED:
        return LOOP_CONNABORTED;
    case ECONNRESET:
        return LOOP_CONNRESET;
    case ENOBUFS:
        return LOOP_NOBUFS;
    case EISCONN:
        return LOOP_ISCONN;
    case ENOTCONN:
        return LOOP_NOTCONN;
    case ETIMEDOUT:
        return LOOP_TIMEDOUT;
    case ECONNREFUSED:
        return LOOP_CONNREFUSED;
    case EHOSTUNREACH:
        return LOOP_HOSTUNREACH;
    case ENOMEM:
        return LOOP_NO_MEMORY;
    default:
        return LOOP_FAILED;
    }
}

#endif
