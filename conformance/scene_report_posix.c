/* SPDX-License-Identifier: MIT
 *
 * What loopcheck-child reports of itself. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scene_child.h"

enum { REPORT = 65536, ARGUMENTS = 16 };

/* Beside the program that runs, unless the environment names it. */
static const char *find_program(struct check *c)
{
    const char *named = getenv("LOOPCHECK_CHILD");
    char *path = check_alloc(c, 4096);
    ssize_t length;
    char *slash;

    if (named != NULL && named[0] != '\0')
        return named;
    length = readlink("/proc/self/exe", path, 4000);
    slash = length > 0 ? strrchr(path, '/') : NULL;
    if (slash == NULL)
        check_skip(c, "where loopcheck-child is cannot be told: set LOOPCHECK_CHILD");
    strcpy(slash + 1, "loopcheck-child");
    if (access(path, X_OK) != 0)
        check_skip(c, "there is no %s: %s", path, strerror(errno));
    return path;
}

static const char *read_report(struct check *c, const char *path)
{
    char *text = check_alloc(c, REPORT);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, REPORT - 1) : -1;

    if (fd >= 0)
        close(fd);
    unlink(path);
    EXPECT(c, length > 0, "the child wrote no report");
    return text;
}

const char *child_report(struct check *c, const struct loop_subprocess_options *options,
                         const char *const *arguments, size_t count)
{
    struct loop_subprocess_options whole = *options;
    const char *argv[ARGUMENTS] = {find_program(c)};
    char *path = check_alloc(c, strlen(c->directory) + 8);
    struct endpoint *e;

    sprintf(path, "%s/report", c->directory);
    argv[1] = path;
    EXPECT(c, count + 3 <= ARGUMENTS, "a child's report takes no %zu arguments", count);
    for (size_t i = 0; i < count; i++)
        argv[i + 2] = arguments[i];
    whole.argv = argv;
    e = child_exec(c, &whole);
    child_await_end(e);
    child_expect_code(e, 0);
    return read_report(c, path);
}

bool report_has(const char *report, const char *line)
{
    size_t length = strlen(line);

    for (const char *at = report; (at = strstr(at, line)) != NULL; at++) {
        if ((at == report || at[-1] == '\n') && at[length] == '\n')
            return true;
    }
    return false;
}

int report_count(const char *report, const char *word)
{
    size_t length = strlen(word);
    int count = 0;

    for (const char *at = report; (at = strstr(at, word)) != NULL; at++)
        count += (at == report || at[-1] == '\n') && at[length] == ' ';
    return count;
}

bool report_same(struct check *c, const char *report, int child_fd, loop_fd fd)
{
    struct stat status;
    char line[100];

    EXPECT(c, fstat((int)fd, &status) == 0, "fstat: %s", strerror(errno));
    snprintf(line, sizeof line, "fd %d %llu %llu", child_fd, (unsigned long long)status.st_dev,
             (unsigned long long)status.st_ino);
    return report_has(report, line);
}
