/* SPDX-License-Identifier: MIT
 *
 * TAP version 14 on stdout, and YAML blocks that stay valid whatever is put into them. */
#ifndef LOOPCHECK_TAP_H
#define LOOPCHECK_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

void tap_begin(void);
void tap_comment(const char *format, ...) TEXT_PRINTF(1, 2);

/* `reason` NULL: no directive. Without any test the plan itself is the skip. */
void tap_plan(size_t count, const char *reason);
void tap_bail_out(const char *reason);

/* directive is "SKIP", "TODO" or NULL. */
void tap_result(bool ok, size_t number, const char *name, const char *directive,
                const char *reason);

/* A YAML block below the last result: a mapping of keys that the harness chooses. */
void tap_block_begin(void);
void tap_block_end(void);
void tap_text(const char *key, const char *text);
void tap_number(const char *key, int64_t value);
/* That many bytes, at least one, as a list of lines: the readers of Perl know no literal blocks. */
void tap_lines(const char *key, const char *bytes, size_t length);
/* Opens a list or mapping; what follows belongs to it until tap_close. */
void tap_open(const char *key);
void tap_close(void);
void tap_item(const char *text);

/* Whether all of it was written: flushes. */
bool tap_flush(void);

#endif
