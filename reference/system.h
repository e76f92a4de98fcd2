/* SPDX-License-Identifier: MIT
 *
 * What the loop asks of the operating system beside waiting. Files named *_posix.c, *_linux.c and
 * so on answer; CMake chooses one for each. */
#ifndef REFERENCE_SYSTEM_H
#define REFERENCE_SYSTEM_H

#include <stdbool.h>

#include "loop_abi.h"

/* ---- clock_*.c */

/* The clock that asyncio reads in the version `profile` (0: the newest). Nanoseconds, never negative,
 * never backwards. */
int64_t clock_now(uint32_t profile);
int64_t clock_step(uint32_t profile); /* nanoseconds by which it advances, at least 1 */

/* ---- wakeup_*.c: what another thread, or a signal, pulls to end a wait */

struct wakeup {
    loop_fd receiver; /* readable when someone has woken the loop */
    loop_fd sender;
};

int wakeup_open(struct wakeup *wakeup); /* 0, or the system's error */
void wakeup_close(struct wakeup *wakeup);
/* From any thread and from a signal handler. Never blocks; keeps nothing but the fact. */
void wakeup_send(loop_fd sender);
void wakeup_receive(struct wakeup *wakeup); /* takes back all that was sent */

/* ---- kind_*.c: what a descriptor is */

enum kind { KIND_SOCKET, KIND_FILE, KIND_CHARACTER_DEVICE, KIND_OTHER, KIND_COUNT };

int kind_of(loop_fd fd, enum kind *kind); /* 0, or the system's error */
/* Whether the system can wait for this character device: it cannot for a null device, say, which it
 * then calls ready at all times. */
bool device_can_wait(loop_fd fd);

/* ---- main_thread_*.c */

bool in_main_thread(void);

/* ---- status_*.c */

loop_status status_of(int os_error);

#endif
