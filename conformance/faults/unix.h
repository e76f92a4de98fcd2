/* SPDX-License-Identifier: MIT
 *
 * The wire of streams_wire.h, laid through the operations of Unix sockets, and what such faults do
 * to files behind a loop's back. */
#ifndef LOOPCHECK_FAULTS_UNIX_H
#define LOOPCHECK_FAULTS_UNIX_H

#include "streams_wire.h"

void unix_spoil(struct loop_operations *spoilt, const struct loop_operations *inner,
                const struct wire_hooks *hooks);

/* Defines the function of that name for struct fault's `spoil`. */
#define UNIX_FAULT(name, ...)                                                                      \
    static void name(struct loop_operations *spoilt, const struct loop_operations *inner)          \
    {                                                                                              \
        static const struct wire_hooks hooks = {__VA_ARGS__};                                      \
        unix_spoil(spoilt, inner, &hooks);                                                         \
    }
#define UNIX_FAULT_OF(name, operation, function, ...)                                              \
    static void name(struct loop_operations *spoilt, const struct loop_operations *inner)          \
    {                                                                                              \
        static const struct wire_hooks hooks = {__VA_ARGS__};                                      \
        unix_spoil(spoilt, inner, &hooks);                                                         \
        spoilt->operation = function;                                                              \
    }

/* A copy of the path that lives on, for hooks that come later. */
const char *unix_keep(const struct loop_address *address);
bool unix_is_abstract(const struct loop_address *address);

/* Descriptors that are open and nobody's, until the loop is closed. */
void unix_leak_descriptor(struct loop_operations *spoilt, const struct loop_operations *inner);
void unix_leak_one(void);

/* ---- the OS */

enum { OS_AT_NOTHING, OS_AT_SOCKET, OS_AT_FILE, OS_AT_DIRECTORY };
int os_at(const char *path);
long os_serial_at(const char *path);
bool os_serves(const char *path); /* somebody does */
void os_unlink(const char *path);
void os_save_file(const char *path);    /* gives it a second name */
void os_restore_file(const char *path); /* takes it back */
size_t os_path_room(void);
bool os_hung_up(loop_fd fd);
loop_fd os_duplicate(loop_fd fd);
bool os_is_unix(loop_fd fd);      /* a socket of that family */
bool os_is_datagram(loop_fd fd);  /* a socket of that kind */
void os_send_nothing(loop_fd fd); /* an empty datagram, to its peer */
void os_forbid_broadcast(loop_fd fd);

#endif
