/* SPDX-License-Identifier: MIT
 *
 * What endpoints send, receive and compare. */
#include <stdio.h>
#include <string.h>

#include "endpoint.h"

void keep_address(void *arg, const struct loop_address *address)
{
    struct kept_address *kept = arg;

    kept->calls++;
    kept->address = *address;
    if (address->host != NULL) {
        snprintf(kept->host, sizeof kept->host, "%s", address->host);
        kept->address.host = kept->host;
    }
    if (address->path != NULL) {
        size_t length = address->path_length < sizeof kept->path - 1 ? address->path_length
                                                                     : sizeof kept->path - 1;

        memcpy(kept->path, address->path, length);
        kept->path[length] = '\0';
        kept->address.path = kept->path;
        kept->address.path_length = length;
    }
}

unsigned char pattern_byte(size_t offset)
{
    return (unsigned char)(offset + offset / 251 * 7 + offset / 65521 * 31);
}

void pattern_fill(unsigned char *bytes, size_t offset, size_t length)
{
    for (size_t i = 0; i < length; i++)
        bytes[i] = pattern_byte(offset + i);
}

size_t pattern_mismatch(const unsigned char *bytes, size_t length)
{
    size_t i = 0;

    while (i < length && bytes[i] == pattern_byte(i))
        i++;
    return i;
}

unsigned char *pattern_new(struct check *c, size_t length)
{
    unsigned char *bytes = check_alloc(c, length);

    pattern_fill(bytes, 0, length);
    return bytes;
}

void endpoint_expect_pattern(struct endpoint *e, const char *file, int line, size_t length)
{
    size_t right = e->bytes == 0 ? 0 : pattern_mismatch(e->data, e->bytes);

    check_expect_int(e->check, file, line, "bytes received", (int64_t)e->bytes, (int64_t)length);
    check_expect_int(e->check, file, line, "bytes received as they were sent", (int64_t)right,
                     (int64_t)length);
}

void endpoint_expect_text(struct endpoint *e, const char *file, int line, const char *text)
{
    size_t length = strlen(text);

    check_expect_int(e->check, file, line, "bytes received", (int64_t)e->bytes, (int64_t)length);
    if (length > 0 && memcmp(e->data, text, length) != 0)
        check_fail(e->check, file, line, "what is sent is what is received",
                   "%s received other bytes than \"%s\"", e->name, text);
}
