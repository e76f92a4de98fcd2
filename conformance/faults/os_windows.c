/* SPDX-License-Identifier: MIT
 *
 * What faults need of the OS. */
#include <winsock2.h>

#include "fault.h"

void fault_close_descriptor(loop_fd fd)
{
    if (closesocket((SOCKET)fd) != 0)
        CloseHandle((HANDLE)fd);
}

int fault_descriptor_is_open(loop_fd fd)
{
    DWORD flags;

    return GetHandleInformation((HANDLE)fd, &flags);
}

void fault_inherit_descriptors(void)
{
    for (loop_fd handle = 4; handle < 4096; handle += 4)
        SetHandleInformation((HANDLE)handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
}

void fault_at_fork(void (*in_parent)(void), void (*in_child)(void))
{
    /* Windows has no fork. */
    (void)in_parent;
    (void)in_child;
}
