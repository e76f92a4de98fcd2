/* SPDX-License-Identifier: MIT
 *
 * What a process holds at one moment, to be compared with a later one: descriptors, threads,
 * children, signal dispositions and mask, files of the check's directory. */
#ifndef LOOPCHECK_SNAPSHOT_H
#define LOOPCHECK_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snapshot;

/* NULL if there is no memory for it. */
struct snapshot *snapshot_take(void);
void snapshot_free(struct snapshot *snapshot);
/* Threads that are there later and not now are no finding. */
void snapshot_let_threads_stay(struct snapshot *snapshot);

/* Names what this process holds now and did not hold, or held and does not hold any more: "left
 * descriptor 7 (anon_inode:[eventpoll]) open; ...". Empty text if there is nothing. What is going
 * away by itself, such as a thread that ends, gets until `deadline` (check_now) for it. */
void snapshot_compare(const struct snapshot *before, const char *directory, int64_t deadline,
                      char *text, size_t size);

/* Runs the leak check of a sanitizer, if the program has one: whether memory leaked. */
bool snapshot_memory_leaked(void);

/* Writes what a coverage measurement has gathered, if the program has one: _exit would lose it. */
void snapshot_flush_coverage(void);

#endif
