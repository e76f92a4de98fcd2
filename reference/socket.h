/* SPDX-License-Identifier: MIT
 *
 * What is asked of the system's sockets. Functions that return int return 0 or the system's error.
 * Every socket that they open or are given becomes non-blocking, is not inherited by programs that
 * are started, and raises no signal. */
#ifndef REFERENCE_SOCKET_H
#define REFERENCE_SOCKET_H

#include <stdbool.h>

#include "loop_abi.h"

/* ---- address.c */

/* A socket address as the system has it. */
struct address {
    _Alignas(8) unsigned char bytes[256]; /* as many as OpenBSD has in a sockaddr_storage */
    size_t length;                        /* 0 is none */
};

/* LOOP_ADDRESS_*; ANY for one that this loop does not know. */
uint32_t address_family(const struct address *address);
bool address_equal(const struct address *a, const struct address *b);
/* Calls receive(arg, the address as text). */
void address_show(const struct address *address,
                  void (*receive)(void *arg, const struct loop_address *), void *arg);
/* ---- socket_*.c */

int sockets_begin(void); /* before a loop's first socket */
void sockets_end(void);  /* after its last */

int socket_domain(uint32_t family); /* the system's number for LOOP_ADDRESS_* */
int socket_open(uint32_t family, bool datagram, loop_fd *fd);
int socket_adopt(loop_fd fd); /* one of the user's: makes it as described above */
/* What `fd` is: LOOP_ADDRESS_*, and whether it takes streams or datagrams. */
int socket_sort(loop_fd fd, uint32_t *family, bool *stream, bool *datagram);
void descriptor_close(loop_fd fd);

int socket_set_no_delay(loop_fd fd);
int socket_set_reuse_address(loop_fd fd);
int socket_set_reuse_port(loop_fd fd);
int socket_set_only_inet6(loop_fd fd);
int socket_set_broadcast(loop_fd fd);

int socket_bind(loop_fd fd, const struct address *address);
int socket_listen(loop_fd fd, uint32_t backlog);
int socket_accept(loop_fd fd, loop_fd *accepted);
/* With *pending the socket becomes writable when it is decided, and socket_error tells. */
int socket_connect(loop_fd fd, const struct address *address, bool *pending);
int socket_error(loop_fd fd);
void socket_shutdown_write(loop_fd fd);
/* Of a name that there is not, the length is 0. */
void socket_names(loop_fd fd, struct address *local, struct address *remote);

int socket_send(loop_fd fd, const void *data, size_t length, size_t *count);
int socket_receive(loop_fd fd, void *data, size_t length, size_t *count);
/* `to` NULL: to the connected peer. */
int socket_send_to(loop_fd fd, const void *data, size_t length, const struct address *to);
int socket_receive_from(loop_fd fd, void *data, size_t length, size_t *count, struct address *from);

/* ---- unix_path_*.c: the address of a unix socket, and the file behind it */

/* The address of a path: LOOP_OK, LOOP_VALUE for none or one with a NUL inside, LOOP_NAMETOOLONG.
 */
loop_status address_of_path(const struct loop_address *path, struct address *address);
/* Fills in the path of *shown, whose bytes go to `path`, with room for an address and zeroed. */
void path_show(const struct address *address, struct loop_address *shown, char *path);

/* Which file it is, to be recognized later. */
struct path_identity {
    bool known;
    uint64_t device, inode;
};

/* Before binding: a socket that is there is removed, whoever left it. */
void path_clear(const struct address *address);
void path_identify(const struct address *address, struct path_identity *identity);
/* Removes the file if it is still that one. */
void path_remove(const struct address *address, const struct path_identity *identity);

#endif
