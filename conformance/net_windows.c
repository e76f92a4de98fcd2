/* SPDX-License-Identifier: MIT */
#include "net.h"

#include "peer.h"
#include "scene_windows.h"

const char *net_text(int error)
{
    return windows_text((DWORD)error);
}

#undef socket

SOCKET net_open(int family, int type, int protocol)
{
    static bool started;
    WSADATA data;

    if (!started)
        started = WSAStartup(MAKEWORD(2, 2), &data) == 0;
    return WSASocketW(family, type, protocol, NULL, 0,
                      WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
}

loop_status net_status(int error)
{
    switch (error) {
    case 0:
        return LOOP_OK;
    case WSAECONNREFUSED:
        return LOOP_CONNREFUSED;
    case WSAECONNRESET:
        return LOOP_CONNRESET;
    case WSAECONNABORTED:
        return LOOP_CONNABORTED;
    case WSAETIMEDOUT:
        return LOOP_TIMEDOUT;
    default:
        return LOOP_FAILED;
    }
}

bool peer_inherited(struct check *c, loop_fd fd)
{
    DWORD flags = 0;

    WINDOWS_MUST(c, GetHandleInformation((HANDLE)fd, &flags), "GetHandleInformation");
    return (flags & HANDLE_FLAG_INHERIT) != 0;
}
