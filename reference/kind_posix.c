/* SPDX-License-Identifier: MIT */
#include "system.h"

#include <errno.h>
#include <sys/stat.h>

int kind_of(loop_fd fd, enum kind *kind)
{
    struct stat status;

    if (fstat((int)fd, &status) < 0)
        return errno;
    if (S_ISSOCK(status.st_mode))
        *kind = KIND_SOCKET;
    else if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
        *kind = KIND_FILE;
    else if (S_ISCHR(status.st_mode))
        *kind = KIND_CHARACTER_DEVICE;
    else
        *kind = KIND_OTHER;
    return 0;
}
