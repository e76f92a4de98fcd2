/* SPDX-License-Identifier: MIT */
#include "finding.h"

enum { NAMED = 6 };

struct finding finding_begin(char *text, size_t size)
{
    text[0] = '\0';
    return (struct finding){text, size, 0};
}

void finding_add(struct finding *finding, const char *format, ...)
{
    char line[256];
    va_list arguments;
    if (++finding->count > NAMED)
        return;
    va_start(arguments, format);
    text_print_list(line, sizeof line, format, arguments);
    va_end(arguments);
    text_append(finding->text, finding->size, "%s%s", finding->count == 1 ? "" : "; ", line);
}

void finding_end(struct finding *finding)
{
    if (finding->count > NAMED)
        text_append(finding->text, finding->size, "; and %zu more", finding->count - NAMED);
}
