/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void mark_cut(char *to, size_t size)
{
    if (size > 4)
        memcpy(to + size - 4, "...", 4);
}

void text_print_list(char *to, size_t size, const char *format, va_list arguments)
{
    int length = vsnprintf(to, size, format, arguments);
    if (length < 0)
        to[0] = '\0';
    else if ((size_t)length >= size)
        mark_cut(to, size);
}

void text_print(char *to, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_print_list(to, size, format, arguments);
    va_end(arguments);
}

void text_copy(char *to, size_t size, const char *from)
{
    text_print(to, size, "%s", from == NULL ? "" : from);
}

void text_append(char *to, size_t size, const char *format, ...)
{
    size_t used = strlen(to);
    va_list arguments;
    va_start(arguments, format);
    text_print_list(to + used, size - used, format, arguments);
    va_end(arguments);
}

/* Reads the set that begins after '[': sets *next behind its ']', or to NULL if it has none. */
static bool in_set(const char *set, char wanted, const char **next)
{
    bool negated = *set == '!';
    bool found = false;
    const char *at = set + (negated ? 1 : 0);
    for (const char *first = at; *at != '\0' && (*at != ']' || at == first); at++) {
        if (at[1] == '-' && at[2] != ']' && at[2] != '\0') {
            found = found || (*at <= wanted && wanted <= at[2]);
            at += 2;
        } else {
            found = found || *at == wanted;
        }
    }
    *next = *at == ']' ? at + 1 : NULL;
    return found != negated;
}

bool text_matches(const char *glob, const char *text)
{
    for (; *glob != '\0'; text++) {
        if (*glob == '*') {
            while (*glob == '*')
                glob++;
            for (; *text != '\0'; text++) {
                if (text_matches(glob, text))
                    return true;
            }
            return *glob == '\0';
        }
        if (*text == '\0')
            return false;
        const char *next = glob + 1;
        if (*glob == '[') {
            if (!in_set(glob + 1, *text, &next) || next == NULL)
                return false;
        } else if (*glob != '?' && *glob != *text) {
            return false;
        }
        glob = next;
    }
    return *text == '\0';
}

const char *text_short_path(const char *path)
{
    const char *shortened = path;
    const char *last = path;
    for (const char *at = path; *at != '\0'; at++) {
        if (*at == '/' || *at == '\\') {
            shortened = last;
            last = at + 1;
        }
    }
    return shortened;
}

size_t text_character(const char *text, size_t left)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = bytes[0] < 0x80                        ? 1
                    : bytes[0] >= 0xC2 && bytes[0] <= 0xDF ? 2
                    : bytes[0] >= 0xE0 && bytes[0] <= 0xEF ? 3
                    : bytes[0] >= 0xF0 && bytes[0] <= 0xF4 ? 4
                                                           : 0;
    if (length == 0 || length > left)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    }
    /* Overlong forms, surrogates and what lies beyond U+10FFFF. */
    if ((bytes[0] == 0xE0 && bytes[1] < 0xA0) || (bytes[0] == 0xED && bytes[1] > 0x9F) ||
        (bytes[0] == 0xF0 && bytes[1] < 0x90) || (bytes[0] == 0xF4 && bytes[1] > 0x8F))
        return 0;
    return length;
}

static bool is_printable(const char *at, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)at;
    if (length == 1)
        return bytes[0] >= 0x20 && bytes[0] < 0x7F;
    bool control = bytes[0] == 0xC2 && bytes[1] < 0xA0;
    bool separator = bytes[0] == 0xE2 && bytes[1] == 0x80 && (bytes[2] == 0xA8 || bytes[2] == 0xA9);
    bool not_a_character = bytes[0] == 0xEF && (bytes[1] == 0xBB || bytes[1] == 0xBF);
    return length > 1 && !control && !separator && !not_a_character;
}

void text_escape(char *to, size_t size, const void *bytes, size_t length)
{
    const char *from = bytes;
    size_t used = 0;
    for (size_t i = 0; i < length;) {
        size_t character = text_character(from + i, length - i);
        bool printable = is_printable(from + i, character);
        size_t takes = printable ? character : from[i] == '\n' ? 2 : 4;
        if (used + takes + 4 > size) {
            text_copy(to + used, size - used, "...");
            return;
        }
        if (printable)
            memcpy(to + used, from + i, character);
        else if (takes == 2)
            memcpy(to + used, "\\n", 2);
        else
            snprintf(to + used, size - used, "\\x%02x", (unsigned)(unsigned char)from[i]);
        used += takes;
        i += printable ? character : 1;
    }
    to[used] = '\0';
}

void text_duration(char *to, size_t size, long long nanoseconds)
{
    if (nanoseconds >= 1000000000)
        text_print(to, size, "%.3g s", (double)nanoseconds / 1e9);
    else if (nanoseconds >= 1000000)
        text_print(to, size, "%.3g ms", (double)nanoseconds / 1e6);
    else
        text_print(to, size, "%.3g us", (double)nanoseconds / 1e3);
}
