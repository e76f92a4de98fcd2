/* SPDX-License-Identifier: MIT
 *
 * The things a check watches: sockets, pipes, terminals, files, threads, signals. Each function
 * fails the check if the machine refuses (a terminal or a path that it lacks skips it). What is
 * opened here is closed at the end of the check, after the loop, unless scene_close did it before.
 * Descriptors are non-blocking. */
#ifndef LOOPCHECK_SCENE_H
#define LOOPCHECK_SCENE_H

#include "check.h"

/* Two ends that are connected: what is written to `peer` can be read from `end`. */
struct scene_pair {
    loop_fd end;
    loop_fd peer;
};

/* Stream sockets, both directions; what one writes the other can read at once. */
struct scene_pair scene_sockets(struct check *c);
struct scene_pair scene_tcp(struct check *c); /* the same over TCP, where delivery takes its time */
struct scene_pair scene_pipe(struct check *c);     /* end reads, peer writes */
struct scene_pair scene_terminal(struct check *c); /* end is the terminal, peer its master */
loop_fd scene_datagram_socket(struct check *c);    /* bound to loopback, writable, silent */
loop_fd scene_listener(struct check *c, struct loop_address *address, char host[64]);
loop_fd scene_file(struct check *c, const char *contents); /* a regular file, read and write */
loop_fd scene_open(struct check *c, const char *path);     /* read and write; a device, say */
loop_fd scene_directory(struct check *c);
loop_fd scene_dup(struct check *c, loop_fd fd);
/* Moves what `fd` refers to onto the number `target`, as dup2 does; `target` is closed at the end.
 */
void scene_dup_onto(struct check *c, loop_fd fd, loop_fd target);

/* One read or write as far as it goes at once: the bytes; 0 at the end; -1 if nothing goes now, or
 * never. */
int64_t scene_read_now(loop_fd fd, void *bytes, size_t room);
int64_t scene_write_now(loop_fd fd, const void *bytes, size_t length);

void scene_send(struct check *c, loop_fd fd, const char *text); /* all of it, or the check fails */
size_t scene_drain(struct check *c, loop_fd fd);                /* reads all there is; bytes */
size_t scene_fill(struct check *c, loop_fd fd);       /* writes until it would block; bytes */
bool scene_readable_now(struct check *c, loop_fd fd); /* asks the OS, not the loop */
void scene_shutdown_write(struct check *c, loop_fd fd);
void scene_close(struct check *c, loop_fd fd);
/* A socket or another thing that the check opened itself is the scene's from now on; returns it. */
loop_fd scene_own(struct check *c, loop_fd fd);
/* `fd` belongs to the loop now: the scene does not close it. */
void scene_forget(struct check *c, loop_fd fd);
bool scene_is_open(struct check *c, loop_fd fd);
/* Closes a socket of scene_sockets or scene_tcp so that the peer sees a reset. */
void scene_reset(struct check *c, loop_fd fd);

/* A thread; joined at the end unless scene_join did it. At most 64 a check. */
struct scene_thread;
struct scene_thread *scene_start(struct check *c, void (*body)(void *arg), void *arg);
void scene_join(struct check *c, struct scene_thread *thread);

void scene_signal_self(struct check *c, int signum);
/* Runs `body` in a forked child and returns its exit code, or minus the signal that ended it. */
int scene_in_child(struct check *c, int (*body)(void *arg), void *arg);

/* Raises the limit of open descriptors to `count` or skips the check. */
void scene_need_descriptors(struct check *c, int count);

#endif
