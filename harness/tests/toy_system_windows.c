/* SPDX-License-Identifier: MIT */
#include <windows.h>
#include <winsock2.h>

#include "toy_system.h"

int64_t toy_now(void)
{
    LARGE_INTEGER frequency;
    LARGE_INTEGER now;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&now);
    return now.QuadPart / frequency.QuadPart * 1000000000 +
           now.QuadPart % frequency.QuadPart * 1000000000 / frequency.QuadPart;
}

/* WSAPoll takes no empty list. Sleep(0) gives the processor away, which would hide a loop that
 * spins. */
int toy_wait(struct toy_watch *watches, size_t count, int milliseconds)
{
    static WSAPOLLFD polled[TOY_READERS];
    if (count == 0) {
        if (milliseconds > 0)
            Sleep((DWORD)milliseconds);
        return 1;
    }
    for (size_t i = 0; i < count; i++)
        polled[i] = (WSAPOLLFD){.fd = (SOCKET)watches[i].fd, .events = POLLIN};
    int ready = WSAPoll(polled, (ULONG)count, milliseconds);
    for (size_t i = 0; i < count; i++)
        watches[i].ready = ready > 0 && polled[i].revents != 0;
    return ready >= 0;
}
