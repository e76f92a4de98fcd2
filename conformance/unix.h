/* SPDX-License-Identifier: MIT
 *
 * What the checks of Unix sockets share: names, what is at them, peers, and the two ends. */
#ifndef LOOPCHECK_UNIX_H
#define LOOPCHECK_UNIX_H

#include "streams.h"

enum { UNIX_NOTHING, UNIX_SOCKET, UNIX_FILE, UNIX_DIRECTORY, UNIX_OTHER };

/* A path in the check's directory. Whatever is there at the end is removed. */
struct loop_address unix_path(struct check *c, const char *name);
/* The same with a whole path of `length` bytes; skips the check if the directory's is too long. */
struct loop_address unix_path_of(struct check *c, size_t length);
size_t unix_path_room(void); /* bytes that a socket's address has for a path and its NUL */
/* An abstract name that nobody else has: it begins with a NUL and ends with these bytes. */
struct loop_address unix_abstract(struct check *c, const void *end, size_t length);

int unix_kind(const struct loop_address *path); /* what is there */
/* That this is there: "a directory". */
#define EXPECT_KIND(c, path, kind) unix_expect_kind((c), __FILE__, __LINE__, (path), (kind))
void unix_expect_kind(struct check *c, const char *file, int line, const struct loop_address *path,
                      int kind);
int64_t unix_serial(const struct loop_address *path); /* of the file: another one has another */
void unix_remove(struct check *c, const struct loop_address *path);
/* `from` takes the place of `onto`. */
void unix_replace(struct check *c, const struct loop_address *from,
                  const struct loop_address *onto);
void unix_make_directory(struct check *c, const struct loop_address *path);
void unix_make_file(struct check *c, const struct loop_address *path, const char *contents);
bool unix_file_is(struct check *c, const struct loop_address *path, const char *contents);
int unix_entries(struct check *c); /* in the check's directory */

/* Sockets of the check's own, `datagrams` or streams. */
loop_fd unix_socket(struct check *c, bool datagrams);
loop_fd unix_bound(struct check *c, const struct loop_address *address, bool datagrams);
void unix_leave_stale(struct check *c, const struct loop_address *address, bool datagrams);
loop_fd unix_listen(struct check *c, const struct loop_address *address);
loop_fd unix_peer(struct check *c, const struct loop_address *address); /* connected */
loop_status unix_try(struct check *c, const struct loop_address *address);
int unix_descriptors(void); /* open in this process */

/* The loop connects, serves, or both. `prepare` may be NULL. */
struct endpoint *unix_connect(struct check *c, const struct loop_address *to);
struct listener *unix_serve(struct check *c, const struct loop_address *at,
                            void (*prepare)(struct endpoint *e));
struct stream_ends unix_ends(struct check *c, void (*prepare)(struct endpoint *e));
/* A peer of the check's that the listener accepts. */
struct endpoint *unix_accepted(struct check *c, struct listener *l, const struct loop_address *at,
                               loop_fd *peer);

/* What came of it, at the call or at the completion; a failure has made nothing. */
loop_status unix_connect_to(struct check *c, const struct loop_address *to);
loop_status unix_serve_at(struct check *c, const struct loop_address *at);
/* What the call returned, or what came of it. */
loop_status unix_serving(struct listener *l, loop_status status);

#endif
