/* SPDX-License-Identifier: MIT
 *
 * What snapshot_posix.c asks of one kind of Unix: descriptors and threads of this process. */
#ifndef LOOPCHECK_HOLDINGS_H
#define LOOPCHECK_HOLDINGS_H

#include <stdbool.h>
#include <stddef.h>

/* The open descriptors in rising order, at most `room` of them; their number. */
size_t holdings_descriptors(int *numbers, size_t room);

/* What a descriptor refers to, such that another thing has another text; false if it is not open,
 * as one may be that another thread has closed since it was listed. */
bool holdings_describe(int descriptor, char *text, size_t size);

/* The threads of this process; 1 where the system does not tell. The names of all but the first,
 * where it does, with ", " between. */
size_t holdings_threads(char *names, size_t size);

/* The children of this process, as "12 (sleep), 13 (cat)" where the system tells, else empty. */
void holdings_children(char *names, size_t size);

/* The process numbers of the children, at most `room`; 0 where the system does not tell. */
size_t holdings_child_numbers(int *numbers, size_t room);

#endif
