/* SPDX-License-Identifier: MIT
 *
 * A connection to oneself, for select takes nothing but sockets. When it is full the loop is awake
 * already, so that a byte more says nothing. */
#include "system.h"

#include <string.h>

#include "internet.h"
#include "socket.h"

static int listen_here(loop_fd listener, struct address *name)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct address nobody = {.length = 0};
    int error;

    name->length = sizeof in;
    memcpy(name->bytes, &in, sizeof in);
    error = socket_bind(listener, name);
    if (error == 0)
        error = socket_listen(listener, 1);
    socket_names(listener, name, &nobody);
    return error;
}

/* Another program may have been quicker to connect. */
static int verify(loop_fd sender, loop_fd receiver)
{
    struct address name = {.length = 0}, peer = {.length = 0}, other = {.length = 0};

    socket_names(sender, &name, &other);
    socket_names(receiver, &other, &peer);
    return name.length > 0 && address_equal(&name, &peer) ? 0 : WSAECONNABORTED;
}

/* They are non-blocking: what is connected to waits, and select waits for it. */
static int accept_soon(loop_fd listener, loop_fd *accepted)
{
    fd_set waiting = {.fd_count = 1, .fd_array = {(SOCKET)listener}};

    if (select(0, &waiting, NULL, NULL, NULL) == SOCKET_ERROR)
        return WSAGetLastError();
    return socket_accept(listener, accepted);
}

static int connect_pair(struct wakeup *wakeup, loop_fd listener)
{
    struct address name;
    bool pending;
    int error = listen_here(listener, &name);

    if (error == 0)
        error = socket_connect(wakeup->sender, &name, &pending);
    if (error == 0)
        error = accept_soon(listener, &wakeup->receiver);
    if (error == 0)
        error = verify(wakeup->sender, wakeup->receiver);
    if (error == 0)
        error = socket_set_no_delay(wakeup->sender);
    return error;
}

int wakeup_open(struct wakeup *wakeup)
{
    loop_fd listener = LOOP_NO_FD;
    int error = socket_open(LOOP_ADDRESS_INET, false, &listener);

    *wakeup = (struct wakeup){LOOP_NO_FD, LOOP_NO_FD};
    if (error == 0)
        error = socket_open(LOOP_ADDRESS_INET, false, &wakeup->sender);
    if (error == 0)
        error = connect_pair(wakeup, listener);
    if (error != 0)
        wakeup_close(wakeup);
    if (listener != LOOP_NO_FD)
        descriptor_close(listener);
    return error;
}

void wakeup_close(struct wakeup *wakeup)
{
    if (wakeup->receiver != LOOP_NO_FD)
        descriptor_close(wakeup->receiver);
    if (wakeup->sender != LOOP_NO_FD)
        descriptor_close(wakeup->sender);
}

void wakeup_send(loop_fd sender)
{
    send((SOCKET)sender, "", 1, 0);
}

void wakeup_receive(struct wakeup *wakeup)
{
    char bytes[1024];

    while (recv((SOCKET)wakeup->receiver, bytes, sizeof bytes, 0) == (int)sizeof bytes)
        continue;
}
