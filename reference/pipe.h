/* SPDX-License-Identifier: MIT
 *
 * Transports of one direction, over whatever is read and written like a pipe. */
#ifndef REFERENCE_PIPE_H
#define REFERENCE_PIPE_H

#include "transport.h"

/* They take over `fd`, which was adopted; on failure (NULL: no memory) they do not. */
struct loop_transport *pipe_reader_make(struct loop *loop, loop_fd fd,
                                        const struct loop_protocol *protocol);
struct loop_transport *pipe_writer_make(struct loop *loop, loop_fd fd,
                                        const struct loop_protocol *protocol);

/* ---- pipe_*.c: what is asked of the system. 0, or its error. */

enum pipe_sort { PIPE_FIFO, PIPE_SOCKET, PIPE_DEVICE, PIPE_NEITHER };

int pipe_sort(loop_fd fd, enum pipe_sort *sort);
/* It was opened for overlapped I/O, as far as can be told before pipe_adopt. */
bool pipe_overlaps(loop_fd fd);
int pipe_adopt(struct loop *loop, loop_fd fd); /* makes it what the loop's carrier takes */
extern const struct carrier pipe_carrier;      /* raises no signal */
/* Whether the end of what reads from `fd` can be heard of by watching as if to read from it. */
bool pipe_tells_of_reader(loop_fd fd);
/* When that was called: whether nobody can ever read what is written. */
bool pipe_reader_gone(struct loop_transport *transport);

#endif
