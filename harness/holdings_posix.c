/* SPDX-License-Identifier: MIT */
#include "holdings.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

size_t holdings_descriptors(int *numbers, size_t room)
{
    size_t count = 0;
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0 || limit > 65536)
        limit = 65536;
    for (int number = 0; number < (int)limit && count < room; number++) {
        if (fcntl(number, F_GETFD) != -1)
            numbers[count++] = number;
    }
    return count;
}

bool holdings_describe(int descriptor, char *text, size_t size)
{
    struct stat status;
    text[0] = '\0';
    if (fstat(descriptor, &status) != 0)
        return errno != EBADF;
    const char *sort = S_ISSOCK(status.st_mode)   ? "socket"
                       : S_ISFIFO(status.st_mode) ? "pipe"
                       : S_ISREG(status.st_mode)  ? "file"
                       : S_ISDIR(status.st_mode)  ? "directory"
                       : S_ISCHR(status.st_mode)  ? "character device"
                                                  : "kernel object";
    text_print(text, size, "%s %llu:%llu", sort, (unsigned long long)status.st_dev,
               (unsigned long long)status.st_ino);
    return true;
}
