/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "adapter.h"

static const struct {
    int error;
    loop_status status;
} meanings[] = {
    {UV_ENOSYS, LOOP_NOT_IMPLEMENTED},
    {UV_ECANCELED, LOOP_CANCELLED},
    {UV_ENOMEM, LOOP_NO_MEMORY},
    {UV_EPERM, LOOP_PERM},
    {UV_ENOENT, LOOP_NOENT},
    {UV_ESRCH, LOOP_SRCH},
    {UV_EIO, LOOP_IO},
    {UV_EBADF, LOOP_BADF},
    {UV_EAGAIN, LOOP_AGAIN},
    {UV_EACCES, LOOP_ACCES},
    {UV_EEXIST, LOOP_EXIST},
    {UV_EINVAL, LOOP_INVAL},
    {UV_ENFILE, LOOP_NFILE},
    {UV_EMFILE, LOOP_MFILE},
    {UV_ENOSPC, LOOP_NOSPC},
    {UV_EPIPE, LOOP_PIPE},
    {UV_ENOTSOCK, LOOP_NOTSOCK},
    {UV_ENOTSUP, LOOP_NOTSUP},
};

loop_status status_of(struct loop *loop, int error)
{
    if (error >= 0)
        return LOOP_OK;
    loop->last_error = error;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].error == error)
            return meanings[i].status;
    return LOOP_FAILED;
}

void free_closed(uv_handle_t *handle)
{
    free(handle->data);
}
