/* SPDX-License-Identifier: MIT
 *
 * Transports of one direction, over whatever is read and written like a pipe. */
#ifndef REFERENCE_PIPE_H
#define REFERENCE_PIPE_H

#include "transport.h"

/* They take over `fd`, which is non-blocking; on failure (NULL: no memory) they do not. */
struct loop_transport *pipe_reader_make(struct loop *loop, loop_fd fd,
                                        const struct loop_protocol *protocol);
struct loop_transport *pipe_writer_make(struct loop *loop, loop_fd fd,
                                        const struct loop_protocol *protocol);

/* ---- pipe_*.c: what is asked of the system. 0, or its error. */

enum pipe_sort { PIPE_FIFO, PIPE_SOCKET, PIPE_DEVICE, PIPE_NEITHER };

int pipe_sort(loop_fd fd, enum pipe_sort *sort);
int pipe_set_nonblocking(loop_fd fd);
int pipe_read(loop_fd fd, void *data, size_t length, size_t *count);
int pipe_write(loop_fd fd, const void *data, size_t length, size_t *count); /* raises no signal */
/* Whether nobody can ever read what is written to `fd`, of which the system says that it can be
 * read. */
bool pipe_reader_gone(loop_fd fd);

#endif
