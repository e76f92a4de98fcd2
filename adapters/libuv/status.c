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
    {UV_ENOTDIR, LOOP_NOTDIR},
    {UV_EISDIR, LOOP_ISDIR},
    {UV_EINVAL, LOOP_INVAL},
    {UV_ENFILE, LOOP_NFILE},
    {UV_EMFILE, LOOP_MFILE},
    {UV_ENOSPC, LOOP_NOSPC},
    {UV_EPIPE, LOOP_PIPE},
    {UV_ENAMETOOLONG, LOOP_NAMETOOLONG},
    {UV_ENOTSOCK, LOOP_NOTSOCK},
    {UV_EDESTADDRREQ, LOOP_DESTADDRREQ},
    {UV_EMSGSIZE, LOOP_MSGSIZE},
    {UV_ENOTSUP, LOOP_NOTSUP},
    {UV_EAFNOSUPPORT, LOOP_AFNOSUPPORT},
    {UV_EADDRINUSE, LOOP_ADDRINUSE},
    {UV_EADDRNOTAVAIL, LOOP_ADDRNOTAVAIL},
    {UV_ENETUNREACH, LOOP_NETUNREACH},
    {UV_ECONNABORTED, LOOP_CONNABORTED},
    {UV_ECONNRESET, LOOP_CONNRESET},
    {UV_ENOBUFS, LOOP_NOBUFS},
    {UV_EISCONN, LOOP_ISCONN},
    {UV_ENOTCONN, LOOP_NOTCONN},
    {UV_ETIMEDOUT, LOOP_TIMEDOUT},
    {UV_ECONNREFUSED, LOOP_CONNREFUSED},
    {UV_EHOSTUNREACH, LOOP_HOSTUNREACH},
    {UV_EAI_ADDRFAMILY, LOOP_NAME_NOT_RESOLVED},
    {UV_EAI_AGAIN, LOOP_NAME_NOT_RESOLVED},
    {UV_EAI_BADFLAGS, LOOP_NAME_NOT_RESOLVED},
    {UV_EAI_BADHINTS, LOOP_NAME_NOT_RESOLVED},
    {UV_EAI_CANCELED, LOOP_CANCELLED},
    {UV_EAI_FAIL, LOOP_NAME_NOT_RESOLVED},
    {UV_EAI_FAMILY, LOOP_NAME_NOT_RESOLVED},
    {UV_EAI_MEMORY, LOOP_NO_MEMORY},
    {UV_EAI_NODATA, LOOP_NAME_NOT_RESOLVED},
    {UV_EAI_NONAME, LOOP_NAME_NOT_RESOLVED},
    {UV_EAI_OVERFLOW, LOOP_NAME_NOT_RESOLVED},
    {UV_EAI_PROTOCOL, LOOP_NAME_NOT_RESOLVED},
    {UV_EAI_SERVICE, LOOP_NAME_NOT_RESOLVED},
    {UV_EAI_SOCKTYPE, LOOP_NAME_NOT_RESOLVED},
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

loop_status libuv_set_exception_handler(struct loop *loop, loop_exception_handler handler,
                                        void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    loop->handler = handler;
    loop->handler_arg = arg;
    return LOOP_OK;
}

void report(struct loop *loop, int error)
{
    struct loop_exception_context context = {
        .size = sizeof context, .status = status_of(loop, error), .message = uv_strerror(error)};
    if (loop->handler != NULL)
        loop->handler(loop->handler_arg, &context);
}

void free_closed(uv_handle_t *handle)
{
    free(handle->data);
}
