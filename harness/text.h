/* SPDX-License-Identifier: MIT
 *
 * Bounded strings: every text of the harness fits its buffer or ends in "...". */
#ifndef LOOPCHECK_TEXT_H
#define LOOPCHECK_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#if defined(__MINGW32__) && !defined(__clang__)
#define TEXT_PRINTF(string, first) __attribute__((format(gnu_printf, string, first)))
#elif defined(__GNUC__)
#define TEXT_PRINTF(string, first) __attribute__((format(printf, string, first)))
#else
#define TEXT_PRINTF(string, first)
#endif

void text_copy(char *to, size_t size, const char *from);
void text_print(char *to, size_t size, const char *format, ...) TEXT_PRINTF(3, 4);
void text_print_list(char *to, size_t size, const char *format, va_list arguments)
    TEXT_PRINTF(3, 0);
void text_append(char *to, size_t size, const char *format, ...) TEXT_PRINTF(3, 4);

/* Whether all of `text` matches `glob`: '*', '?' and '[abc]', '[a-z]', '[!a]'. */
bool text_matches(const char *glob, const char *text);

/* The last two parts of a path: enough to find a source file, and no machine's own path. */
const char *text_short_path(const char *path);

/* Writes `length` bytes as one printable line for people: control characters and what is no UTF-8
 * as \xNN. To do it twice changes nothing more. */
void text_escape(char *to, size_t size, const void *bytes, size_t length);

/* The bytes of the valid UTF-8 character at `text`, no longer than `left`; 0 if there is none. */
size_t text_character(const char *text, size_t left);

/* "1.5 s", "12 ms", "340 us": for people. */
void text_duration(char *to, size_t size, long long nanoseconds);

#endif
