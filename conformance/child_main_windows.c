/* SPDX-License-Identifier: MIT
 *
 * loopcheck-child COMMAND [ARGUMENT...]: does what a check asks of a child process, one word after
 * the other:
 *
 *   exit N      ends with that code
 *   print TEXT  writes it to standard output, as it is
 *   error TEXT  the same to standard error
 *   zeros N     writes that many bytes of 0 to standard output
 *   cat         copies standard input to standard output, to its end
 *   count       reads standard input to its end and prints how many bytes there were
 *   wait        does not end by itself
 */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(DWORD stream, const char *bytes, size_t length)
{
    HANDLE to = GetStdHandle(stream);

    while (length > 0) {
        DWORD written = 0;

        if (!WriteFile(to, bytes, (DWORD)length, &written, NULL))
            ExitProcess(90);
        bytes += written;
        length -= written;
    }
}

/* The next piece of standard input; 0 at its end. */
static size_t take(char *bytes, size_t room)
{
    DWORD got = 0;

    return ReadFile(GetStdHandle(STD_INPUT_HANDLE), bytes, (DWORD)room, &got, NULL) ? got : 0;
}

static void copy(void)
{
    static char bytes[65536];
    size_t length;

    while ((length = take(bytes, sizeof bytes)) > 0)
        put(STD_OUTPUT_HANDLE, bytes, length);
}

static void count(void)
{
    static char bytes[65536];
    char text[32];
    unsigned long total = 0;
    size_t length;

    while ((length = take(bytes, sizeof bytes)) > 0)
        total += (unsigned long)length;
    snprintf(text, sizeof text, "%lu", total);
    put(STD_OUTPUT_HANDLE, text, strlen(text));
}

static void zeros(size_t length)
{
    static const char bytes[65536];

    for (; length > sizeof bytes; length -= sizeof bytes)
        put(STD_OUTPUT_HANDLE, bytes, sizeof bytes);
    put(STD_OUTPUT_HANDLE, bytes, length);
}

/* Whether the word took its argument along. */
static int obey(const char *word, const char *argument)
{
    if (strcmp(word, "exit") == 0)
        ExitProcess((UINT)strtoul(argument, NULL, 10));
    if (strcmp(word, "print") == 0)
        put(STD_OUTPUT_HANDLE, argument, strlen(argument));
    else if (strcmp(word, "error") == 0)
        put(STD_ERROR_HANDLE, argument, strlen(argument));
    else if (strcmp(word, "zeros") == 0)
        zeros((size_t)strtoul(argument, NULL, 10));
    else
        return 0;
    return 1;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "cat") == 0)
            copy();
        else if (strcmp(argv[i], "count") == 0)
            count();
        else if (strcmp(argv[i], "wait") == 0)
            Sleep(INFINITE);
        else if (i + 1 == argc || !obey(argv[i], argv[i + 1])) {
            fprintf(stderr, "loopcheck-child: what is '%s'?\n", argv[i]);
            return 2;
        } else {
            i++;
        }
    }
    return 0;
}
