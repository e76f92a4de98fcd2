/* SPDX-License-Identifier: MIT */
#include "tap.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static int depth; /* of open lists and mappings in the YAML block */

static void indent(void)
{
    printf("%*s", 2 + 2 * depth, "");
}

/* Perl's `prove` reads the same lines, YAML blocks included, but not this number: it sets
 * HARNESS_VERSION and takes every version above 13 for an error. */
void tap_begin(void)
{
    puts(getenv("HARNESS_VERSION") == NULL ? "TAP version 14" : "TAP version 13");
}

void tap_comment(const char *format, ...)
{
    char raw[1024];
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    text_print_list(raw, sizeof raw, format, arguments);
    va_end(arguments);
    text_escape(line, sizeof line, raw, strlen(raw));
    printf("# %s\n", line);
}

/* Text after a '#' or in a name: '#' would begin a directive, a backslash escapes both. */
static void put_escaped(const char *text)
{
    char line[4096];
    text_escape(line, sizeof line, text, strlen(text));
    for (const char *at = line; *at != '\0'; at++) {
        if (*at == '#' || *at == '\\')
            putchar('\\');
        putchar(*at);
    }
}

void tap_plan(size_t count, const char *reason)
{
    printf("1..%zu", count);
    if (reason != NULL) {
        fputs(" # SKIP ", stdout);
        put_escaped(reason);
    }
    putchar('\n');
}

void tap_bail_out(const char *reason)
{
    fputs("Bail out! ", stdout);
    put_escaped(reason);
    putchar('\n');
}

void tap_result(bool ok, size_t number, const char *name, const char *directive, const char *reason)
{
    printf("%s %zu - ", ok ? "ok" : "not ok", number);
    put_escaped(name);
    if (directive != NULL) {
        printf(" # %s ", directive);
        put_escaped(reason);
    }
    putchar('\n');
}

void tap_block_begin(void)
{
    depth = 0;
    puts("  ---");
}

void tap_block_end(void)
{
    puts("  ...");
}

/* A double-quoted scalar: the only style in which every text can be written on one line. */
static void put_quoted(const char *text)
{
    char line[8192];
    text_escape(line, sizeof line, text, strlen(text));
    putchar('"');
    for (const char *at = line; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            putchar('\\');
        putchar(*at);
    }
    putchar('"');
}

static void put_key(const char *key)
{
    indent();
    if (strspn(key, "abcdefghijklmnopqrstuvwxyz_") == strlen(key))
        fputs(key, stdout);
    else
        put_quoted(key);
    putchar(':');
}

void tap_text(const char *key, const char *text)
{
    put_key(key);
    putchar(' ');
    put_quoted(text);
    putchar('\n');
}

void tap_number(const char *key, int64_t value)
{
    put_key(key);
    printf(" %" PRId64 "\n", value);
}

void tap_lines(const char *key, const char *bytes, size_t length)
{
    tap_open(key);
    while (length > 0) {
        char line[8192];
        const char *end = memchr(bytes, '\n', length);
        size_t taken = end == NULL ? length : (size_t)(end - bytes);
        text_escape(line, sizeof line, bytes, taken);
        tap_item(line);
        taken += end == NULL ? 0 : 1;
        bytes += taken;
        length -= taken;
    }
    tap_close();
}

void tap_open(const char *key)
{
    put_key(key);
    putchar('\n');
    depth++;
}

void tap_close(void)
{
    depth--;
}

void tap_item(const char *text)
{
    indent();
    fputs("- ", stdout);
    put_quoted(text);
    putchar('\n');
}

bool tap_flush(void)
{
    return fflush(stdout) == 0 && !ferror(stdout);
}
