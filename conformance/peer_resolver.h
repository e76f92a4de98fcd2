/* SPDX-License-Identifier: MIT
 *
 * What stands before a system's resolver calls these two around each lookup, from any thread. */
#ifndef PEER_RESOLVER_H
#define PEER_RESOLVER_H

#include <stdbool.h>

/* Waits for as long as lookups are held up, if a server has to be asked: not about an address. */
void resolver_enter(bool asks_server);
void resolver_leave(void);

/* Puts it there, if it does not stand there already. */
void resolver_stand_before(void);

#endif
