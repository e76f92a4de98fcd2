/* SPDX-License-Identifier: MIT
 *
 * A program on Windows gets one line and splits it itself: the arguments are quoted so that Microsoft's
 * C library finds them again. */
#include "command_windows.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

/* ---- one line of arguments, in UTF-8 */

static bool wants_quotes(const char *argument)
{
    return *argument == '\0' || strpbrk(argument, " \t\n\v\"");
}

static char *repeat(char *to, char c, size_t count)
{
    memset(to, c, count);
    return to + count;
}

/* Backslashes mean themselves but before a quotation mark, where each is doubled. */
static char *quote(char *to, const char *argument)
{
    *to++ = '"';
    while (*argument) {
        size_t backslashes = strspn(argument, "\\");

        argument += backslashes;
        if (*argument == '\0' || *argument == '"')
            backslashes *= 2;
        to = repeat(to, '\\', backslashes);
        if (*argument == '"')
            *to++ = '\\';
        if (*argument)
            *to++ = *argument++;
    }
    *to++ = '"';
    return to;
}

static char *join(const char *const *argv)
{
    size_t room = 1;
    char *line, *to;

    for (size_t i = 0; argv[i]; i++)
        room += 2 * strlen(argv[i]) + 3;
    line = malloc(room);
    if (!line)
        return NULL;
    to = line;
    for (size_t i = 0; argv[i]; i++) {
        size_t length = strlen(argv[i]);

        if (i > 0)
            *to++ = ' ';
        if (wants_quotes(argv[i]))
            to = quote(to, argv[i]);
        else
            to = (char *)memcpy(to, argv[i], length) + length;
    }
    *to = '\0';
    return line;
}

/* ---- the system's characters */

/* `length` bytes of UTF-8; NULL with an error in GetLastError. */
static wchar_t *widen(const char *text, size_t length)
{
    int room = length > INT_MAX
                   ? 0
                   : MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, (int)length, NULL, 0);
    wchar_t *wide;

    if (room == 0)
        return NULL;
    wide = malloc((size_t)room * sizeof *wide);
    if (!wide)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    else
        MultiByteToWideChar(CP_UTF8, 0, text, (int)length, wide, room);
    return wide;
}

static wchar_t *widen_text(const char *text)
{
    return widen(text, strlen(text) + 1);
}

/* The shell takes the rest of the line as it is, between two quotation marks. */
static wchar_t *shell_line(const char *command)
{
    static const wchar_t before[] = L" /c \"", after[] = L"\"";
    wchar_t shell[MAX_PATH + 1] = L"cmd.exe";
    DWORD told = GetEnvironmentVariableW(L"COMSPEC", shell, MAX_PATH + 1);
    wchar_t *wide = widen_text(command), *line;

    if (!wide)
        return NULL;
    if (told == 0 || told > MAX_PATH)
        wcscpy(shell, L"cmd.exe");
    line = malloc((wcslen(shell) + wcslen(wide)) * sizeof *line + sizeof before + sizeof after);
    if (line) {
        wcscpy(line, shell);
        wcscat(line, before);
        wcscat(line, wide);
        wcscat(line, after);
    } else {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    }
    free(wide);
    return line;
}

static wchar_t *program_line(const char *const *argv)
{
    char *joined = join(argv);
    wchar_t *line = NULL;

    if (joined)
        line = widen_text(joined);
    else
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    free(joined);
    return line;
}

/* One block of all, each with its NUL, and a NUL behind the last. */
static wchar_t *environment(const char *const *env)
{
    size_t room = 2, used = 0;
    wchar_t *wide = NULL;
    char *block;

    for (size_t i = 0; env[i]; i++)
        room += strlen(env[i]) + 1;
    block = calloc(1, room);
    if (!block) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    for (size_t i = 0; env[i]; i++) {
        strcpy(block + used, env[i]);
        used += strlen(env[i]) + 1;
    }
    wide = widen(block, room);
    free(block);
    return wide;
}

int command_make(const struct spawn *spawn, struct command *command)
{
    command->line = spawn->shell ? shell_line(spawn->argv[0]) : program_line(spawn->argv);
    if (!command->line)
        return (int)GetLastError();
    if (spawn->env && !(command->env = environment(spawn->env)))
        return (int)GetLastError();
    if (spawn->cwd && !(command->cwd = widen_text(spawn->cwd)))
        return (int)GetLastError();
    return 0;
}

void command_free(struct command *command)
{
    free(command->line);
    free(command->env);
    free(command->cwd);
}
