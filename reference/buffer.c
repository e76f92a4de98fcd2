/* SPDX-License-Identifier: MIT
 *
 * Which bytes wait to be written? One block, to whose end they are added and from whose start they
 * are taken. */
#include "transport.h"

#include <stdlib.h>
#include <string.h>

/* Room for `length` bytes behind those that are there. They move to a block of twice their size at
 * least, so that as many come or go before they move again, and no byte is moved often. */
static bool make_room(struct buffer *buffer, size_t length)
{
    size_t room = buffer->room ? buffer->room : 4096;
    unsigned char *block;

    if (length > SIZE_MAX / 4 || buffer->length > SIZE_MAX / 4)
        return false;
    while (room < buffer->length + length || room < 2 * buffer->length)
        room *= 2;
    block = malloc(room);
    if (!block)
        return false;
    if (buffer->length > 0)
        memcpy(block, buffer->block + buffer->start, buffer->length);
    free(buffer->block);
    *buffer = (struct buffer){.block = block, .length = buffer->length, .room = room};
    return true;
}

bool buffer_add(struct buffer *buffer, const void *bytes, size_t length)
{
    size_t end = buffer->start + buffer->length;

    if (length > buffer->room - end) {
        if (!make_room(buffer, length))
            return false;
        end = buffer->start + buffer->length;
    }
    memcpy(buffer->block + end, bytes, length);
    buffer->length += length;
    return true;
}

void buffer_take(struct buffer *buffer, size_t length)
{
    buffer->start += length;
    buffer->length -= length;
    if (buffer->length == 0)
        buffer_clear(buffer);
}

void buffer_clear(struct buffer *buffer)
{
    free(buffer->block);
    *buffer = (struct buffer){0};
}
