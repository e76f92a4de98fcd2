/* SPDX-License-Identifier: MIT */
#include "system.h"

#include <errno.h>

static const struct {
    int os_error;
    loop_status status;
} names[] = {
    {EPERM, LOOP_PERM},       {ENOENT, LOOP_NOENT}, {EIO, LOOP_IO},       {EBADF, LOOP_BADF},
    {EAGAIN, LOOP_AGAIN},     {EACCES, LOOP_ACCES}, {EEXIST, LOOP_EXIST}, {EINVAL, LOOP_INVAL},
    {ENFILE, LOOP_NFILE},     {EMFILE, LOOP_MFILE}, {ENOSPC, LOOP_NOSPC}, {ENOTSOCK, LOOP_NOTSOCK},
    {ENOMEM, LOOP_NO_MEMORY},
};

loop_status status_of(int os_error)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].os_error == os_error)
            return names[i].status;
    return LOOP_FAILED;
}
