/* SPDX-License-Identifier: MIT
 *
 * A list of what was left behind that stays short: "a; b; and 9 more". */
#ifndef LOOPCHECK_FINDING_H
#define LOOPCHECK_FINDING_H

#include "text.h"

struct finding {
    char *text;
    size_t size;
    size_t count;
};

/* A list without entries, to be written into `text`. */
struct finding finding_begin(char *text, size_t size);
void finding_add(struct finding *finding, const char *format, ...) TEXT_PRINTF(2, 3);
/* How many more there were than are named. */
void finding_end(struct finding *finding);

#endif
