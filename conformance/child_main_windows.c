/* SPDX-License-Identifier: MIT
 *
 * loopcheck-child -c SCRIPT: as much of a shell as the checks of child processes need, so that they
 * are the same everywhere. Commands, with "; " between: exit N, echo WORD, printf WORD, either with
 * " >&2", cat, read line, exec sleep N, exec 0<&-, and zeros N, which writes that many bytes.
 * WORD may be $line, which was read, or $$, the process's number. */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char line[4096];

static void put(DWORD stream, const char *bytes, size_t length)
{
    HANDLE to = GetStdHandle(stream);

    while (length > 0) {
        DWORD written = 0;
        DWORD piece = length > 65536 ? 65536 : (DWORD)length;

        if (!WriteFile(to, bytes, piece, &written, NULL))
            ExitProcess(90);
        bytes += written;
        length -= written;
    }
}

/* The next piece of standard input; 0 at its end. */
static size_t take(char *bytes, DWORD room)
{
    DWORD got = 0;

    return ReadFile(GetStdHandle(STD_INPUT_HANDLE), bytes, room, &got, NULL) ? got : 0;
}

static void copy(void)
{
    static char bytes[65536];
    size_t length;

    while ((length = take(bytes, sizeof bytes)) > 0)
        put(STD_OUTPUT_HANDLE, bytes, length);
}

static void read_line(void)
{
    size_t length = 0;

    while (length + 1 < sizeof line && take(line + length, 1) == 1 && line[length] != '\n')
        length++;
    line[length] = '\0';
}

static void print(const char *word, const char *end, DWORD stream)
{
    char text[4200];

    if (strcmp(word, "$line") == 0)
        snprintf(text, sizeof text, "%s%s", line, end);
    else if (strcmp(word, "$$") == 0)
        snprintf(text, sizeof text, "%lu%s", (unsigned long)GetCurrentProcessId(), end);
    else
        snprintf(text, sizeof text, "%s%s", word, end);
    put(stream, text, strlen(text));
}

static void zeros(size_t length)
{
    static const char bytes[65536];

    for (; length > sizeof bytes; length -= sizeof bytes)
        put(STD_OUTPUT_HANDLE, bytes, sizeof bytes);
    put(STD_OUTPUT_HANDLE, bytes, length);
}

/* Whether the command begins with that word; *rest is what follows. */
static int is(const char *command, const char *word, const char **rest)
{
    size_t length = strlen(word);

    *rest = command + length;
    return strncmp(command, word, length) == 0;
}

static void obey(char *command)
{
    static const char to_error[] = " >&2";
    size_t length = strlen(command), ending = sizeof to_error - 1;
    DWORD stream = STD_OUTPUT_HANDLE;
    const char *rest;

    if (length > ending && strcmp(command + length - ending, to_error) == 0) {
        command[length - ending] = '\0';
        stream = STD_ERROR_HANDLE;
    }
    if (is(command, "exit ", &rest)) {
        ExitProcess((UINT)strtoul(rest, NULL, 10));
    } else if (is(command, "echo ", &rest)) {
        print(rest, "\n", stream);
    } else if (is(command, "printf ", &rest)) {
        print(rest, "", stream);
    } else if (is(command, "zeros ", &rest)) {
        zeros((size_t)strtoul(rest, NULL, 10));
    } else if (is(command, "exec sleep ", &rest)) {
        Sleep((DWORD)strtoul(rest, NULL, 10) * 1000);
    } else if (is(command, "exec 0<&-", &rest)) {
        CloseHandle(GetStdHandle(STD_INPUT_HANDLE));
    } else if (is(command, "read line", &rest)) {
        read_line();
    } else if (is(command, "cat", &rest)) {
        copy();
    } else {
        fprintf(stderr, "loopcheck-child: what is '%s'?\n", command);
        ExitProcess(127);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3 || strcmp(argv[1], "-c") != 0) {
        fprintf(stderr, "loopcheck-child: usage: loopcheck-child -c SCRIPT\n");
        return 2;
    }
    for (char *command = argv[2]; command != NULL;) {
        char *next = strstr(command, "; ");

        if (next != NULL)
            *next = '\0';
        obey(command);
        command = next == NULL ? NULL : next + 2;
    }
    return 0;
}
