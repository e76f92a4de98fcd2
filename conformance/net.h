/* SPDX-License-Identifier: MIT
 *
 * Sockets as both families of systems have them, under one spelling: for the other side of a
 * connection, which owes nothing to the loop under test. */
#ifndef LOOPCHECK_NET_H
#define LOOPCHECK_NET_H

#include <stdint.h>

#if defined(_WIN32)
#include "net_windows.h"
#else
#include "net_posix.h"
#endif

#include "loop_abi.h"

/* The status of a socket's error, as far as checks tell them apart; else LOOP_FAILED. */
loop_status net_status(int error);

#define NET_MUST(c, condition, what) EXPECT(c, condition, "%s: %s", (what), net_text(net_error()))

#endif
