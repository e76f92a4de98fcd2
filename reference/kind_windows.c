/* SPDX-License-Identifier: MIT */
#include "system.h"

#include "internet.h"

int kind_of(loop_fd fd, enum kind *kind)
{
    int type, length = sizeof type;

    if (getsockopt((SOCKET)fd, SOL_SOCKET, SO_TYPE, (char *)&type, &length) == 0) {
        *kind = KIND_SOCKET;
        return 0;
    }
    SetLastError(NO_ERROR);
    switch (GetFileType((HANDLE)fd)) {
    case FILE_TYPE_DISK:
        *kind = KIND_FILE;
        return 0;
    case FILE_TYPE_CHAR:
        *kind = KIND_CHARACTER_DEVICE;
        return 0;
    case FILE_TYPE_UNKNOWN:
        *kind = KIND_OTHER;
        return (int)GetLastError();
    default:
        *kind = KIND_OTHER;
        return 0;
    }
}

/* None is watched here. */
bool device_can_wait(loop_fd fd)
{
    (void)fd;
    return true;
}
