/* SPDX-License-Identifier: MIT
 *
 * Systems that are not asked for threads and children. */
#include "holdings.h"

#include "text.h"

size_t holdings_threads(char *names, size_t size)
{
    text_copy(names, size, "");
    return 1;
}

void holdings_children(char *names, size_t size)
{
    text_copy(names, size, "");
}

size_t holdings_child_numbers(int *numbers, size_t room)
{
    (void)numbers;
    (void)room;
    return 0;
}
