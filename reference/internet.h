/* SPDX-License-Identifier: MIT
 *
 * The system's own headers of its sockets, for what is the same on all of them: the addresses of
 * the internet, and their names. */
#ifndef REFERENCE_INTERNET_H
#define REFERENCE_INTERNET_H

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#endif

#endif
