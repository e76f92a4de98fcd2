/* SPDX-License-Identifier: MIT
 *
 * Known deviations of a loop: the file that --expectations names. */
#ifndef LOOPCHECK_EXPECTATIONS_H
#define LOOPCHECK_EXPECTATIONS_H

#include "options.h"

struct expectation {
    char *variant; /* a glob */
    char *check;   /* a glob */
    bool always;   /* else sometimes: then a pass is fine too */
    char *only;    /* globs with "; " between: the parts of a message that it speaks of */
    char *reason;
    struct expectation *next;
};

/* Reads the file; false after a line on stderr that says where it is wrong. */
bool expectations_read(const struct options *options, struct expectation **expectations);
void expectations_free(struct expectation *expectations);

/* The first that speaks of such a failure of the check on the variant, or NULL. */
const struct expectation *expectations_of_failure(const struct expectation *expectations,
                                                  const char *variant, const char *check,
                                                  const char *message);

/* The one that a pass of the check contradicts, or NULL. */
const struct expectation *expectations_against_pass(const struct expectation *expectations,
                                                    const char *variant, const char *check);

#endif
