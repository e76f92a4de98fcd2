/* SPDX-License-Identifier: MIT
 *
 * More for a check of descriptors to watch, besides scene.h and by the same terms. */
#ifndef LOOPCHECK_SCENE_DESCRIPTORS_H
#define LOOPCHECK_SCENE_DESCRIPTORS_H

#include "check.h"
#include "scene.h"

/* Reads up to `count` bytes of what is there, and returns how many it got. */
size_t scene_take(struct check *c, loop_fd fd, size_t count);

/* Returns once the OS says that something can be read from `fd`. */
void scene_await_readable(struct check *c, loop_fd fd);

/* A TCP socket that is being connected to a listener; with `port` 0 to a port that refuses. */
loop_fd scene_connecting(struct check *c, uint32_t port);

/* Accepts the connection that waits at `listener` and closes it. */
void scene_turn_away(struct check *c, loop_fd listener);

/* A datagram socket whose peer does not take what it sends, so that an error is pending;
 * scene_datagram_back sends to it from that peer. */
struct scene_datagrams {
    loop_fd fd;
    loop_fd peer;
};
struct scene_datagrams scene_refused_datagram(struct check *c);
void scene_datagram_back(struct check *c, const struct scene_datagrams *datagrams);
/* Takes the pending error of a socket away, which is what a read would return. */
void scene_take_error(struct check *c, loop_fd fd);

/* Sends a datagram from a socket of scene_datagram_socket to itself. */
void scene_poke(struct check *c, loop_fd fd);

struct scene_pair scene_fifo(struct check *c); /* end reads, peer writes; without a name any more */

/* The plain sort, as a program has for its standard input: end reads, peer writes, and both wait; on
 * Windows they are not for overlapped operations. */
struct scene_pair scene_waiting_pipe(struct check *c);

/* A number that refers to no open file; the same each time. */
loop_fd scene_closed_number(struct check *c);

/* Puts a duplicate of `fd` at number 0 until the end of the check. */
void scene_borrow_zero(struct check *c, loop_fd fd);

void scene_set_blocking(struct check *c, loop_fd fd, bool blocking);
/* The descriptor's and the file's flags in one number, to be compared with another of its kind. */
int64_t scene_flags(struct check *c, loop_fd fd);

#endif
