/* SPDX-License-Identifier: MIT
 *
 * What went wrong, in the words of the ABI. Tcl tells it by an errno, by the error code of an
 * interpreter, or by the text of a channel's option. */
#include <string.h>

#include "adapter.h"
#include "loop_errno.h"

loop_status failure(struct loop *loop, int os_error)
{
    loop->last_error = os_error;
    return os_error == 0 ? LOOP_FAILED : loop_status_of_errno(os_error);
}

/* Tcl_PosixError leaves the list POSIX, name, message. What getaddrinfo says is a message alone. */
loop_status failure_of_call(struct loop *loop)
{
    int os_error = Tcl_GetErrno();
    Tcl_Obj *options = Tcl_GetReturnOptions(interpreter(loop), TCL_ERROR);
    Tcl_Obj *key = Tcl_NewStringObj("-errorcode", -1), *code = NULL;

    Tcl_IncrRefCount(options);
    Tcl_IncrRefCount(key);
    Tcl_DictObjGet(NULL, options, key, &code);
    int posix = code != NULL && strncmp(Tcl_GetString(code), "POSIX ", 6) == 0;
    Tcl_DecrRefCount(key);
    Tcl_DecrRefCount(options);
    return posix ? failure(loop, os_error) : LOOP_NAME_NOT_RESOLVED;
}

/* The text is Tcl_ErrnoMsg's. */
loop_status status_of_channel(struct loop *loop, Tcl_Channel channel)
{
    Tcl_DString text;
    int os_error = 0;

    Tcl_DStringInit(&text);
    Tcl_GetChannelOption(NULL, channel, "-error", &text);
    if (Tcl_DStringLength(&text) > 0)
        for (os_error = 1; os_error < 4096; os_error++)
            if (strcmp(Tcl_ErrnoMsg(os_error), Tcl_DStringValue(&text)) == 0)
                break;
    Tcl_DStringFree(&text);
    return os_error == 0 ? LOOP_OK : failure(loop, os_error);
}

int64_t tcl_last_os_error(struct loop *loop)
{
    return loop->last_error;
}
